"""The dates of a law that somebody starts or meets by hand, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from complaints.models import Complaint
from complaints.obligations import is_met_by_hand, startable
from complaints.promises import due_in_full
from complaints.queries.case_head import clocks_on_show
from complaints.queries.why_packs import limit_in_words, pack_title
from slas.models import Clock, PolicyVersion
from slas.versions import policy_of, terms_of, zone_of


@dataclass(frozen=True, slots=True)
class DateToStart:
    """A date that fits a complaint and that nothing starts by itself."""

    rule: tuple[str, str, str]
    words: str

    @property
    def key(self) -> str:
        """Return what a form calls it."""
        return ":".join(self.rule)


@dataclass(frozen=True, slots=True)
class DateToMeet:
    """A running date whose end somebody has to record."""

    kind: str
    words: str


def dates_to_start(complaint: Complaint) -> list[DateToStart]:
    """Return what may be started on a complaint: one query."""
    return [DateToStart((row.pack, row.obligation, row.track), _words(row)) for row in startable(complaint)]


def _words(row: PolicyVersion) -> str:
    limit = limit_in_words(policy_of(row))
    return f"{pack_title(row.pack)}: {row.title}. {limit}, from “{row.starts_on}”. {row.clause}"


def dates_to_meet(clocks: Iterable[Clock]) -> list[DateToMeet]:
    """Return which of these clocks wait for somebody to record their end: no query."""
    found = []
    for clock in clocks:
        policy = terms_of(clock.policy_id, clock.calendar_id).policy
        if clock.is_open and is_met_by_hand(policy):
            due = due_in_full(clock.due_at, zone_of(clock))
            found.append(DateToMeet(clock.kind, f"{policy.title}: “{policy.met_on}”, due by {due}"))
    return found


def read_dates_to_meet(complaint: Complaint) -> list[DateToMeet]:
    """Return what may be recorded as done on a complaint: one query."""
    return dates_to_meet(clocks_on_show(complaint))
