"""Policy packs: what is owed, by when, and what happens otherwise, read from files that lawyers can review.

Plain Python. A pack holds obligations; each names its clause and carries worked examples, which publication runs. The
limits are written in words ("15 business days", "72 hours"), and the measure follows from the words.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from slas.algebra import BREACH, Align, DayEnd, Measure, Rule, StartRule, Threshold
from slas.bindings import Conditions, read_conditions
from slas.missed import MissAction, read_miss
from slas.pack_actions import read_actions
from slas.pack_words import Mark, PackFault, read_day, read_mark, read_text

CAVEAT = "To be confirmed by counsel."
CODES = 1000
ENTRIES = frozenset({"created", "created_at", "entered", "recorded"})  # of the row: not what a limit counts from
LENGTHS = {
    **dict.fromkeys(("pack", "obligation", "calendar", "starts_on", "met_on"), 40),
    "track": 20,
    "title": 80,
    "clause": 120,
    "promise": 200,
    "url": 300,
}
LATER_FIELDS: Mapping[str, Any] = {"legal": False, "enabled": True, "on_miss": (), "applies_to": {}}
UNIT = r"(business day|business hour|business minute|calendar day|week|hour|minute|second)s?"
LIMIT = re.compile(rf"(?:(\d+) )?{UNIT}")
RELATIVE = re.compile(rf"(\d+) {UNIT} (before|after) due")
PERCENT = re.compile(r"(\d{1,3}) ?%")
UNITS: Mapping[str, tuple[Measure, int]] = {
    "business day": (Measure.BUSINESS_DAYS, 1),
    "business hour": (Measure.BUSINESS_SECONDS, 3600),
    "business minute": (Measure.BUSINESS_SECONDS, 60),
    "calendar day": (Measure.CALENDAR_DAYS, 1),
    "week": (Measure.CALENDAR_DAYS, 7),
    "hour": (Measure.ELAPSED_SECONDS, 3600),
    "minute": (Measure.ELAPSED_SECONDS, 60),
    "second": (Measure.ELAPSED_SECONDS, 1),
}


@dataclass(frozen=True, slots=True)
class Extension:
    """How often, by how much (days or seconds in total) and by whom a due date may be moved; the notice it takes.

    `rights` are stated to the member in that notice.
    """

    max_count: int
    max_units: int
    by: tuple[str, ...]
    reasons: tuple[str, ...]
    notice: str
    mark: Mark = Mark.VERIFIED
    rights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example of the pack: started at, with these pauses and extensions, due at."""

    started_at: datetime
    due_at: datetime
    budget: int | None = None
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    extended_at: datetime | None = None
    extended_by: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """One obligation of one pack for one track, in force from a date on. `budget` is in days or seconds.

    A `legal` clock never pauses. One that is not `enabled` starts only where the settings name its pack. `applies_to`
    says whom it binds; if it says nothing, only a person or an operation starts it.
    """

    pack: str
    obligation: str
    track: str
    effective_from: date
    effective_to: date | None
    title: str
    promise: str
    calendar: str
    starts_on: str
    met_on: str
    rule: Rule
    budget: int | None
    thresholds: tuple[Threshold, ...]
    actions: Mapping[int, tuple[str, ...]]
    pause_reasons: tuple[str, ...]
    extension: Extension | None
    consequence: str
    next_level: str
    clause: str
    url: str
    mark: Mark
    legal: bool = False
    enabled: bool = True
    on_miss: tuple[MissAction, ...] = ()
    applies_to: Conditions = field(default_factory=dict)
    examples: tuple[Example, ...] = field(default=(), compare=False)

    @property
    def sha256(self) -> bytes:
        """Return the digest of all but the end of its range and the examples, which do not change its meaning.

        What packs could not say at first counts only where it is said, so that older versions keep their digests.
        """
        content = asdict(self)
        del content["effective_to"], content["examples"]
        for name, unsaid in LATER_FIELDS.items():
            if content[name] == unsaid:
                del content[name]
        if self.extension and self.extension.mark is Mark.VERIFIED:
            del content["extension"]["mark"]
        if self.extension and not self.extension.rights:
            del content["extension"]["rights"]
        return hashlib.sha256(json.dumps(content, default=str, sort_keys=True, ensure_ascii=False).encode()).digest()

    @property
    def name(self) -> str:
        """Return what refusals call it."""
        return f"{self.obligation} ({self.track})" if self.track else self.obligation

    def asks_the_same_as(self, other: Policy) -> bool:
        """Tell whether both owe the same by the same date, whatever the track."""
        return replace(self, track=other.track).sha256 == other.sha256

    @property
    def caveat(self) -> str:
        """Return what stands beside its numbers wherever they are shown, or nothing."""
        marks = {self.mark, self.extension.mark} if self.extension else {self.mark}
        return CAVEAT if Mark.KNOWN in marks else ""


def read_pack(data: Mapping[str, Any], where: str) -> list[Policy]:
    """Check a pack file's content and return its obligations, one for each track. Raises PackFault."""
    pack, calendar = (read_text(data, name, where) for name in ("pack", "calendar"))
    blocks = data.get("obligation", [])
    if not (isinstance(blocks, list) and all(isinstance(block, dict) for block in blocks)):
        raise PackFault(f"{where}: write each obligation below a line [[obligation]], in two brackets")
    policies: list[Policy] = []
    for number, block in enumerate(blocks, 1):
        place = f"{where}: obligation {number} ({block.get('obligation', 'unnamed')})"
        common = {"legal": data.get("legal", False), "applies_to": data.get("applies_to", {})}
        try:
            read = list(_read_obligation(common | block, pack, calendar, place))
        except (AttributeError, KeyError, TypeError) as error:
            raise PackFault(
                f"{place}: an entry is not of the kind it should be ({error}); compare another pack"
            ) from error
        for policy in read:
            _check_law(policy, place)
            _check_lengths(policy, place)
        policies += read
    if not policies:
        raise PackFault(f"{where}: the pack holds no [[obligation]]; add one")
    _check_ranges(policies, where)
    enabled = _read_enabled(data, policies, where)
    return [replace(policy, enabled=enabled) for policy in policies]


def _read_enabled(data: Mapping[str, Any], policies: Sequence[Policy], where: str) -> bool:
    """Return whether the pack is on: by default if no number of it is still to be confirmed."""
    unsure = next((policy for policy in policies if policy.caveat), None)
    enabled = data.get("enabled", unsure is None)
    if enabled and unsure and not str(data.get("confirmed_by", "")).strip():
        raise PackFault(
            f"{where}: {unsure.name} has a number marked K; have counsel confirm it and write who did and when, "
            'as in confirmed_by = "A. Counsel, 2026-12-01", or leave out enabled = true'
        )
    return bool(enabled)


def _read_obligation(block: Mapping[str, Any], pack: str, calendar: str, where: str) -> Iterator[Policy]:
    measure, budget = read_limit(read_text(block, "limit", where), where)
    rule = Rule(measure, *_choices(block, where))
    thresholds = tuple(_read_threshold(item, measure, where) for item in block.get("threshold", ()))
    codes = [threshold.code for threshold in thresholds]
    if len(set(codes)) != len(codes):
        raise PackFault(f"{where}: two thresholds share a code; give each its own")
    if BREACH not in codes:
        raise PackFault(f'{where}: no threshold has code {BREACH}; add one with at = "due"')
    for track in block.get("tracks", [""]):
        yield Policy(
            pack=pack,
            obligation=read_text(block, "obligation", where),
            track=track,
            effective_from=read_day(block, "effective_from", where),
            effective_to=read_day(block, "effective_to", where) if "effective_to" in block else None,
            title=read_text(block, "title", where),
            promise=block.get("promise", "").format(limit=block["limit"]),
            calendar=block.get("calendar", calendar),
            starts_on=read_text(block, "starts_on", where),
            met_on=read_text(block, "met_on", where),
            rule=rule,
            budget=budget,
            thresholds=thresholds,
            actions={item["code"]: read_actions(item, where) for item in block["threshold"]},
            pause_reasons=tuple(block.get("pause_reasons", ())),
            extension=_read_extension(block["extension"], measure, where) if "extension" in block else None,
            consequence=block.get("consequence", "").strip(),
            next_level=block.get("next_level", "").strip(),
            clause=read_text(block, "clause", where),
            url=block.get("url", ""),
            mark=read_mark(block, where),
            legal=block.get("legal", False) is True,
            on_miss=tuple(read_miss(item, where) for item in block.get("on_miss", ())),
            applies_to=read_conditions(block["applies_to"], where),
            examples=tuple(_read_example(item, measure, where) for item in block.get("example", ())),
        )


def read_limit(text: str, where: str) -> tuple[Measure, int | None]:
    """Return measure and budget (days or seconds) of a limit in words; no number means: given at the start."""
    if not (found := LIMIT.fullmatch(text)):
        raise PackFault(
            f'{where}: the limit {text!r} is not understood; write for example "15 business days" or "72 hours"'
        )
    measure, factor = UNITS[found[2]]
    if found[1] is None:
        return measure, None
    if int(found[1]) < 1:
        raise PackFault(f"{where}: the limit must be 1 or more; it is {text!r}")
    return measure, int(found[1]) * factor


def _choices(block: Mapping[str, Any], where: str) -> tuple[StartRule, DayEnd]:
    try:
        return StartRule(block.get("counted_from", "instant")), DayEnd(block.get("day_end", "close"))
    except ValueError as error:
        choices = f"counted_from is one of {', '.join(StartRule)}; day_end is one of {', '.join(DayEnd)}"
        raise PackFault(f"{where}: {error}; {choices}") from None


def _read_threshold(item: Mapping[str, Any], measure: Measure, where: str) -> Threshold:
    code, text = item.get("code"), read_text(item, "at", where)
    if not (isinstance(code, int) and 0 < code < CODES):
        raise PackFault(f"{where}: threshold {text!r} needs a code from 1 to 999; below {BREACH} is a warning")
    align = Align(item.get("align", "exact"))
    if text == "due":
        return Threshold(code, align, permille=1000)
    if found := PERCENT.fullmatch(text):
        return Threshold(code, align, permille=int(found[1]) * 10)
    if not (found := RELATIVE.fullmatch(text)):
        raise PackFault(
            f'{where}: {text!r} is not understood; write "50 %", "due", or for example "4 hours before due"'
        )
    unit, factor = UNITS[found[2]]
    amount = int(found[1]) * factor * (-1 if found[3] == "before" else 1)
    if unit is measure and measure.is_days:
        return Threshold(code, align, offset_units=amount)
    if unit is Measure.ELAPSED_SECONDS:
        return Threshold(code, align, offset_seconds=amount)
    raise PackFault(
        f"{where}: {text!r} does not fit a limit in {measure.replace('_', ' ')}; use hours, or its own days"
    )


def _read_extension(item: Mapping[str, Any], measure: Measure, where: str) -> Extension:
    unit, units = read_limit(read_text(item, "max_total", where), where)
    if unit is not measure or units is None:
        raise PackFault(f"{where}: the extension's max_total must be a number in {measure.replace('_', ' ')}")
    return Extension(
        max_count=item.get("max_count", 1),
        max_units=units,
        by=tuple(item.get("by", ())),
        reasons=tuple(item.get("reasons", ())),
        notice=item.get("notice", ""),
        mark=read_mark(item, where) if "mark" in item else Mark.VERIFIED,
        rights=tuple(item.get("rights", ())),
    )


def _check_lengths(policy: Policy, where: str) -> None:
    for name, most in LENGTHS.items():
        if len(text := getattr(policy, name)) > most:
            raise PackFault(f"{where}: {name!r} has {len(text)} characters; {most} are the most")


def _check_law(policy: Policy, where: str) -> None:
    """Refuse what does not keep to the rules of law. Raises PackFault."""
    if policy.starts_on in ENTRIES:
        raise PackFault(
            f"{where}: 'starts_on' is the event that the limit counts from, such as \"received\", not entry"
        )
    if policy.legal and policy.pause_reasons:
        raise PackFault(f"{where}: a legal clock never pauses; take out 'pause_reasons' and write an extension instead")
    if not policy.on_miss and any("produce_notice" in actions for actions in policy.actions.values()):
        raise PackFault(
            f"{where}: a threshold produces a notice, but there is none; write it as [[obligation.on_miss]]"
        )
    if policy.legal and not (policy.url and policy.consequence and policy.examples):
        raise PackFault(f"{where}: a legal limit needs a url, a consequence and an example; add what is missing")
    if not policy.pause_reasons and any(example.pauses for example in policy.examples):
        raise PackFault(f"{where}: an example pauses, but the obligation has no 'pause_reasons'; take the pauses out")
    if policy.extension is None and any(example.extended_at for example in policy.examples):
        raise PackFault(f"{where}: an example is extended, but the obligation has no extension; add one or take it out")


def _read_example(item: Mapping[str, Any], measure: Measure, where: str) -> Example:
    try:
        return Example(
            started_at=_moment(item["started_at"]),
            due_at=_moment(item["due_at"]),
            budget=item.get("budget"),
            pauses=tuple((_moment(start), _moment(end)) for start, end in item.get("pauses", ())),
            extended_at=_moment(item["extended_at"]) if "extended_at" in item else None,
            extended_by=read_limit(item["extended_by"], where)[1] or 0 if "extended_by" in item else 0,
            note=item.get("note", ""),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise PackFault(
            f"{where}: an example in {measure.replace('_', ' ')} is incomplete or malformed ({error})"
        ) from error


def _moment(value: datetime) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"{value} needs a date, a time and an offset such as 2026-06-01T10:00:00-04:00")
    return value


def _check_ranges(policies: Sequence[Policy], where: str) -> None:
    """Refuse two versions of one obligation that are in force on the same day."""
    ordered = sorted(policies, key=lambda policy: (policy.obligation, policy.track, policy.effective_from))
    for earlier, later in pairwise(ordered):
        same = (earlier.obligation, earlier.track) == (later.obligation, later.track)
        if same and (earlier.effective_to is None or earlier.effective_to > later.effective_from):
            raise PackFault(
                f"{where}: two versions of {later.name} are in force on {later.effective_from}; "
                f"end the earlier one with effective_to = {later.effective_from}"
            )
