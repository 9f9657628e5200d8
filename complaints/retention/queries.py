"""What is due, as the screen shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from complaints.permissions import may
from complaints.retention.due import count_due, references_due
from complaints.retention.kept import Kept, kept
from complaints.retention.list_queries import ListLine, newest_lists
from complaints.retention.rules import Rule, rules
from members.actors import Actor

LISTS = 20
REFERENCES = 50
"""So many references of a rule are shown; the list that somebody asks for names them all."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule, how much is due by it, and the first references."""

    rule: Rule
    number: int
    references: Sequence[str]


@dataclass(frozen=True, slots=True)
class Overview:
    """What is due, what else is kept, the newest lists, and whether this reader may ask for one now."""

    rules: Sequence[RuleLine]
    kept: Sequence[Kept]
    number: int
    lists: Sequence[ListLine]
    under_way: ListLine | None
    may_ask: bool


def read_overview(*, actor: Actor, at: datetime) -> Overview:
    """Return the page of retention: two queries a rule that has anything due, one for the lists."""
    lines = [
        RuleLine(each.rule, each.number, _references(each.rule, actor, at) if each.number else ())
        for each in count_due(among=rules(), at=at)
    ]
    number = sum(line.number for line in lines)
    lists = newest_lists(actor=actor, at=at, most=LISTS)
    under_way = next((line for line in lists if line.state in {"Waits", "Confirmed"}), None)
    may_ask = may(actor, "ask_erasure") and number > 0 and under_way is None
    return Overview(lines, kept(), number, lists, under_way, may_ask)


def _references(rule: Rule, actor: Actor, at: datetime) -> list[str]:
    return references_due(rule, among=rules(), actor=actor, at=at, most=REFERENCES)
