"""What is true about the demonstration's complaints: facts of real ones, without names."""

import json
from dataclasses import dataclass
from pathlib import Path

from complaints.enums import LineOfBusiness, Outcome, RemedyKind, Topic

FILE = Path(__file__).with_name("facts.jsonl")
A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Fact:
    """One real complaint: opened so many days ago, decided after so many. `outcome` is None if it was withdrawn."""

    ago: int
    days: int
    label: str
    cause: str
    topic: Topic
    outcome: Outcome | None
    remedy: RemedyKind
    line: LineOfBusiness

    @property
    def is_recent(self) -> bool:
        """Tell whether it is from the last year; the older ones are told as an imported file."""
        return self.ago <= A_YEAR


def read_facts() -> list[Fact]:
    """Return all facts, the oldest first."""
    return [_fact(json.loads(line)) for line in FILE.read_text(encoding="utf-8").splitlines()]


def _fact(row: dict[str, str | int]) -> Fact:
    outcome = None if row["outcome"] == "withdrawn" else Outcome(row["outcome"])
    typed = {"topic": Topic(row["topic"]), "remedy": RemedyKind(row["remedy"]), "line": LineOfBusiness(row["line"])}
    return Fact(**row | typed | {"outcome": outcome})
