"""The life of a complaint: one table. Enforcement, buttons, stages and tests all read these rows."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from django.utils.translation import gettext as _

from complaints.enums import OPEN_STATES, State, TimelineCode


class Row(Protocol):
    """What a guard may look at: the columns of one complaint."""

    state: str
    owner_id: object
    informed_at: object


class TransitionRefused(ValueError):
    """The complaint's state does not allow the act; the message says why, in words for the person who tried."""


Guard = Callable[[Row], str | None]


def has_owner(complaint: Row) -> str | None:
    """A complaint always has somebody who answers for it (ISO 10002 4.12)."""
    return None if complaint.owner_id else _("Take the complaint first, so that somebody answers for it.")


def member_was_informed(complaint: Row) -> str | None:
    """Closure needs the written decision, and proof that it was sent (ISO 10002 7.9)."""
    return None if complaint.informed_at else _("The decision letter has not been sent yet. Send it, then close.")


@dataclass(frozen=True, slots=True)
class Transition:
    """One act on a complaint: from which states, to which milestone, what it stamps and which clocks it meets."""

    act: str
    sources: frozenset[State]
    target: State | None
    fact: TimelineCode
    clause: str
    stamps: str = ""
    meets: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()

    def refusal(self, complaint: Row) -> str | None:
        """Return why this act is not possible now, or None."""
        if complaint.state not in self.sources:
            return _("This cannot be done now: the complaint is %(state)s.") % {
                "state": State(complaint.state).label.lower()
            }
        return next((reason for guard in self.guards if (reason := guard(complaint))), None)


S, T = State, TimelineCode
_WORKED = frozenset({S.ASSESSED, S.INVESTIGATED, S.DECIDED})
_TABLE = (
    Transition(
        "acknowledge",
        frozenset({S.RECEIVED}),
        S.ACKNOWLEDGED,
        T.ACKNOWLEDGED,
        "7.4",
        "acknowledged_at",
        ("acknowledge",),
    ),
    Transition("acknowledge_late", _WORKED, None, T.ACKNOWLEDGED, "7.4", "acknowledged_at", ("acknowledge",)),
    Transition("take", OPEN_STATES, None, T.TAKEN, "4.12"),
    Transition(
        "assess",
        frozenset({S.RECEIVED, S.ACKNOWLEDGED, S.ASSESSED}),
        S.ASSESSED,
        T.ASSESSED,
        "7.5",
        "assessed_at",
        guards=(has_owner,),
    ),
    Transition("write_note", OPEN_STATES, None, T.NOTE_ADDED, "7.6"),
    Transition("add_evidence", OPEN_STATES, None, T.EVIDENCE_ADDED, "7.6"),
    Transition(
        "investigate",
        frozenset({S.ASSESSED}),
        S.INVESTIGATED,
        T.INVESTIGATED,
        "7.6",
        "investigated_at",
        guards=(has_owner,),
    ),
    Transition("decide", frozenset({S.INVESTIGATED}), S.DECIDED, T.DECIDED, "7.8", "decided_at", guards=(has_owner,)),
    Transition("issue_letter", frozenset({S.DECIDED}), None, T.LETTER_ISSUED, "7.8"),
    Transition("inform", frozenset({S.DECIDED}), None, T.LETTER_SENT, "7.8", "informed_at"),
    Transition(
        "close",
        frozenset({S.DECIDED}),
        S.CLOSED,
        T.CLOSED,
        "7.9",
        "closed_at",
        ("resolve",),
        ("acknowledge",),
        (member_was_informed,),
    ),
    Transition(
        "withdraw",
        OPEN_STATES,
        S.WITHDRAWN,
        T.WITHDRAWN,
        "7.9",
        "withdrawn_at",
        cancels=("acknowledge", "resolve", "message_reply"),
    ),
)
TRANSITIONS = MappingProxyType({row.act: row for row in _TABLE})

STAGES = (
    (S.RECEIVED, "received_at"),
    (S.ACKNOWLEDGED, "acknowledged_at"),
    (S.ASSESSED, "assessed_at"),
    (S.DECIDED, "decided_at"),
    (S.CLOSED, "closed_at"),
)
