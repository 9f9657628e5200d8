"""What the labels of a source mean here: one file a source, in sources/, checked when it is read."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from complaints.capa.causes import UNMAPPED, demand_cause
from complaints.enums import Channel, LineOfBusiness, Outcome, RemedyKind, Topic
from complaints.history.records import Pair, Record

FOLDER = Path(__file__).with_name("sources")
WITHDRAWN = "withdrawn"


class SourceBroken(ValueError):
    """A source's file does not hold what it must; the message says where."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one record says in our words. `outcome` is None for a withdrawn complaint; `unknown` is kind and label."""

    causes: tuple[tuple[str, str], ...]
    topic: Topic
    outcome: Outcome | None
    remedy: RemedyKind
    line_of_business: LineOfBusiness
    unknown: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One source: where and when it counts its days, and what its labels mean. Labels are stored folded."""

    name: str
    title: str
    zone: ZoneInfo
    channel: Channel
    opened_at: time
    closed_at: time
    causes: Mapping[Pair, str]
    topics: Mapping[str, Topic]
    outcomes: Mapping[str, Outcome | None]
    remedies: Mapping[str, RemedyKind]
    lines: Mapping[str, LineOfBusiness]
    product_lines: Mapping[str, LineOfBusiness]

    @property
    def file(self) -> str:
        """Where its labels are listed, for messages."""
        return f"complaints/history/sources/{self.name}.toml"

    def opening(self, day: date) -> datetime:
        """Return the instant at which a complaint opened on this day is taken to have come in."""
        return datetime.combine(day, self.opened_at, self.zone)

    def closing(self, day: date) -> datetime:
        """Return the instant at which a complaint closed on this day is taken to have ended."""
        return datetime.combine(day, self.closed_at, self.zone)

    def meaning_of(self, record: Record) -> Meaning:
        """Translate a record. Labels that the source's file does not list are named in `unknown`, and never dropped."""
        causes = tuple(
            dict.fromkeys(
                (self.causes.get((fold(reason), fold(subreason)), UNMAPPED), subreason.strip() or reason.strip())
                for reason, subreason in record.reasons
            )
        )
        return Meaning(
            causes=causes,
            topic=self.topics.get(causes[0][0], Topic.OTHER) if causes else Topic.OTHER,
            outcome=self._outcome(record.dispositions),
            remedy=self._remedy(record.conclusions),
            line_of_business=self._line_of_business(record.coverages),
            unknown=tuple(self._unknown(record)),
        )

    def _outcome(self, dispositions: Iterable[str]) -> Outcome | None:
        found = {self.outcomes.get(fold(label), Outcome.NO_FINDING) for label in dispositions} - {Outcome.NO_FINDING}
        if None in found:
            return None
        if len(found) > 1:
            return Outcome.PARTLY_UPHELD
        return found.pop() if found else Outcome.NO_FINDING

    def _remedy(self, conclusions: Iterable[str]) -> RemedyKind:
        concluded = set(map(fold, conclusions))
        return next((remedy for label, remedy in self.remedies.items() if label in concluded), RemedyKind.NONE)

    def _line_of_business(self, coverages: Iterable[Pair]) -> LineOfBusiness:
        products = {self.product_lines[key] for _, product in coverages if (key := fold(product)) in self.product_lines}
        markets = {self.lines.get(fold(market), LineOfBusiness.UNKNOWN) for market, _ in coverages}
        found = products or markets - {LineOfBusiness.UNKNOWN}
        return found.pop() if len(found) == 1 else LineOfBusiness.UNKNOWN

    def _unknown(self, record: Record) -> Iterable[Pair]:
        for reason, subreason in record.reasons:
            if (fold(reason), fold(subreason)) not in self.causes:
                yield "reason", f"{reason} / {subreason}"
        for kind, labels, known in (
            ("disposition", record.dispositions, self.outcomes),
            ("conclusion", record.conclusions, self.remedies),
            ("coverage", dict.fromkeys(market for market, _ in record.coverages), self.lines),
        ):
            yield from ((kind, label) for label in labels if fold(label) not in known)


def fold(label: str) -> str:
    """Return a label as it is looked up: case and blanks do not matter."""
    return " ".join(label.split()).casefold()


def source_names() -> list[str]:
    """Return the sources there are files for."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read_source(name: str) -> Source:
    """Return a source by the name of its file. Raises SourceBroken."""
    data = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    try:
        return Source(
            name=name,
            title=data["title"],
            zone=ZoneInfo(data["time_zone"]),
            channel=Channel(data["channel"]),
            opened_at=data["opened_at"],
            closed_at=data["closed_at"],
            causes=_causes(data["causes"]),
            topics={demand_cause(cause).code: Topic(topic) for cause, topic in data["topics"].items()},
            outcomes=_folded(data["outcomes"], lambda code: None if code == WITHDRAWN else Outcome(code)),
            remedies=_folded(data["remedies"], RemedyKind),
            lines=_folded(data["lines_of_business"], LineOfBusiness),
            product_lines=_folded(data["lines_of_business_by_product"], LineOfBusiness),
        )
    except (KeyError, ValueError) as error:
        raise SourceBroken(f"sources/{name}.toml: {error}") from error


def _causes(tables: Mapping[str, Mapping[str, str]]) -> dict[Pair, str]:
    return {
        (fold(reason), fold(subreason)): demand_cause(cause).code
        for reason, table in tables.items()
        for subreason, cause in table.items()
    }


def _folded(table: Mapping[str, str], read: Callable[[str], Any]) -> dict[str, Any]:
    return {fold(label): read(code) for label, code in table.items()}
