"""The life of a complaint: one table. Enforcement, buttons, stages and tests all read these rows."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from django.utils.translation import gettext as _

from complaints.enums import OPEN_STATES, State, TimelineCode, Track
from complaints.permissions import SEE_RESTRICTED
from members.actors import SYSTEM, Actor, ActorKind, Role


class Row(Protocol):
    """What a guard may look at: the columns of one complaint."""

    state: str
    track: str
    owner_id: Any
    owner: Any
    informed_at: Any
    is_restricted: bool

    def is_own_of(self, actor: Actor) -> bool:
        """Tell whether the actor is the member, or filed it."""
        ...


class TransitionRefused(ValueError):
    """The complaint's state does not allow the act; the message says why, in words for the person who tried."""


Guard = Callable[[Row, Actor], str | None]


def is_owner(complaint: Row, actor: Actor) -> str | None:
    """Somebody answers for the complaint (ISO 10002 4.12), and nobody overwrites that colleague's work unknowingly.

    History does not tell who that was.
    """
    if actor.kind is ActorKind.IMPORT:
        return None
    if not complaint.owner_id:
        return _("Take the complaint first, so that somebody answers for it.")
    if actor.kind is ActorKind.USER and complaint.owner_id != actor.user_id:
        return _("%(name)s has this complaint. Take it over first, so that only one of you works on it.") % {
            "name": complaint.owner
        }
    return None


def is_owner_or_lead(complaint: Row, actor: Actor) -> str | None:
    """Which law binds is for whoever answers for the complaint, or for a lead, to say."""
    return None if actor.has(Role.LEAD) else is_owner(complaint, actor)


def is_not_about_oneself(complaint: Row, actor: Actor) -> str | None:
    """Nobody handles the own complaint (ISO 10002 4.6)."""
    if complaint.is_own_of(actor):
        return _("This is your own complaint. A colleague has to handle it.")
    return None


def is_ones_own(complaint: Row, actor: Actor) -> str | None:
    """What is the member's to say says the member, or who acts for that member; to be a member too is not enough."""
    if actor.kind is ActorKind.USER and not complaint.is_own_of(actor):
        return _("Only the member can do this, or somebody who acts for the member.")
    return None


def is_not_just_opened(complaint: Row, actor: Actor) -> str | None:
    """Who broke the glass sees the complaint for an hour; to own it would be to see it for good."""
    if complaint.is_restricted and actor.kind is ActorKind.USER and not actor.has(*SEE_RESTRICTED):
        return _("This complaint is restricted. A team lead takes it.")
    return None


def is_for_one_to_send(complaint: Row, actor: Actor) -> str | None:
    """What leaves on a consent sends whoever answers for the complaint, or who sees restricted ones; nobody the own."""
    if refusal := is_not_about_oneself(complaint, actor):
        return refusal
    unowned = is_owner(complaint, actor)
    if unowned is None or actor.has(*SEE_RESTRICTED):
        return None
    if complaint.state not in OPEN_STATES:
        return _("This complaint is over. Whoever had it sends from it, a team lead or a privacy officer.")
    return is_not_just_opened(complaint, actor) or unowned


def is_unrestricted(complaint: Row, _actor: Actor) -> str | None:
    """One restriction at a time."""
    return _("This complaint is restricted already.") if complaint.is_restricted else None


def is_restricted(complaint: Row, _actor: Actor) -> str | None:
    """Only what is restricted can be lifted."""
    return None if complaint.is_restricted else _("This complaint is not restricted.")


def is_named_to_member(complaint: Row, actor: Actor) -> str | None:
    """The expedited track promises a confirmation that names the case manager: only then is it one."""
    if complaint.track != Track.EXPEDITED or actor.kind is ActorKind.IMPORT:
        return None
    if not complaint.owner_id:
        return _("Take the complaint first: on the expedited track the confirmation names the case manager.")
    return is_owner(complaint, actor)


def is_replayed(_complaint: Row, actor: Actor) -> str | None:
    """Only a replay may leave out steps: another office's records tell of receipt and end, not of the work between."""
    return None if actor.kind is ActorKind.IMPORT else _("Assess and investigate the complaint first.")


def member_was_informed(complaint: Row, _actor: Actor) -> str | None:
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

    def refusal(self, complaint: Row, actor: Actor = SYSTEM) -> str | None:
        """Return why this act is not possible now, or None. Without an actor: whoever tries it."""
        if complaint.state not in self.sources:
            return self._out_of_turn(State(complaint.state))
        return next((reason for guard in self.guards if (reason := guard(complaint, actor))), None)

    def _out_of_turn(self, state: State) -> str:
        """Say what has to come first, or that it is too late. States are declared in the order of a complaint's way."""
        way = list(State)
        needed = min(self.sources, key=way.index)
        if way.index(state) < way.index(needed):
            return _("Not yet: the complaint has to be %(needed)s first.") % {"needed": needed.label.lower()}
        return _("This cannot be done any more: the complaint is %(state)s.") % {"state": state.label.lower()}


S, T = State, TimelineCode
_WORKED = frozenset({S.ASSESSED, S.INVESTIGATED, S.DECIDED})
_LAWFUL = frozenset(State) - {S.WITHDRAWN}  # what was granted is carried out after the end, too
_BY_STAFF: tuple[Guard, ...] = (is_not_about_oneself,)
_BY_OWNER: tuple[Guard, ...] = (*_BY_STAFF, is_owner)
_BY_OWNER_OR_LEAD: tuple[Guard, ...] = (*_BY_STAFF, is_owner_or_lead)
_CONFIRMING: tuple[Guard, ...] = (*_BY_STAFF, is_named_to_member)
_TABLE = (
    Transition(
        "acknowledge",
        frozenset({S.RECEIVED}),
        S.ACKNOWLEDGED,
        T.ACKNOWLEDGED,
        "7.4",
        "acknowledged_at",
        ("acknowledge",),
        guards=_CONFIRMING,
    ),
    Transition(
        "acknowledge_late",
        _WORKED,
        None,
        T.ACKNOWLEDGED,
        "7.4",
        "acknowledged_at",
        ("acknowledge",),
        guards=_CONFIRMING,
    ),
    Transition("take", OPEN_STATES, None, T.TAKEN, "4.12", guards=(*_BY_STAFF, is_not_just_opened)),
    Transition("restrict", frozenset(S), None, T.RESTRICTED, "4.9", guards=(*_BY_STAFF, is_unrestricted)),
    Transition("lift_restriction", frozenset(S), None, T.RESTRICTION_LIFTED, "4.9", guards=(*_BY_STAFF, is_restricted)),
    Transition(
        "assess",
        frozenset({S.RECEIVED, S.ACKNOWLEDGED, S.ASSESSED}),
        S.ASSESSED,
        T.ASSESSED,
        "7.5",
        "assessed_at",
        guards=_BY_OWNER,
    ),
    Transition("write_note", OPEN_STATES, None, T.NOTE_ADDED, "7.6", guards=_BY_STAFF),
    Transition("add_evidence", OPEN_STATES, None, T.EVIDENCE_ADDED, "7.6", guards=_BY_STAFF),
    Transition("record_address", OPEN_STATES, None, T.ADDRESS_RECORDED, "7.8", guards=_BY_STAFF),
    Transition(
        "investigate",
        frozenset({S.ASSESSED}),
        S.INVESTIGATED,
        T.INVESTIGATED,
        "7.6",
        "investigated_at",
        guards=_BY_OWNER,
    ),
    Transition("decide", frozenset({S.INVESTIGATED}), S.DECIDED, T.DECIDED, "7.8", "decided_at", guards=_BY_OWNER),
    Transition(
        "decide_as_recorded", frozenset({S.RECEIVED}), S.DECIDED, T.DECIDED, "7.8", "decided_at", guards=(is_replayed,)
    ),
    Transition("issue_letter", frozenset({S.DECIDED}), None, T.LETTER_ISSUED, "7.8", guards=_BY_OWNER),
    Transition(
        "inform", frozenset({S.DECIDED}), None, T.LETTER_SENT, "7.8", "informed_at", ("follow_up",), guards=_BY_OWNER
    ),
    Transition("extend_date", OPEN_STATES, None, T.DATE_EXTENDED, "7.3", guards=_BY_STAFF),
    Transition("start_date", _LAWFUL, None, T.DATE_STARTED, "7.3", guards=_BY_OWNER_OR_LEAD),
    Transition("meet_date", _LAWFUL, None, T.DATE_MET, "7.3", guards=_BY_OWNER_OR_LEAD),
    Transition(
        "wait_for_member",
        frozenset({S.RECEIVED, S.ACKNOWLEDGED, S.ASSESSED, S.INVESTIGATED}),
        None,
        T.CLOCK_PAUSED,
        "7.6",
        guards=_BY_OWNER,
    ),
    Transition("stop_waiting", OPEN_STATES, None, T.CLOCK_RESUMED, "7.6", guards=_BY_OWNER),
    Transition(
        "close",
        frozenset({S.DECIDED}),
        S.CLOSED,
        T.CLOSED,
        "7.9",
        "closed_at",
        ("resolve",),
        ("acknowledge",),
        (*_BY_OWNER, member_was_informed),
    ),
    Transition(
        "withdraw",
        OPEN_STATES,
        S.WITHDRAWN,
        T.WITHDRAWN,
        "7.9",
        "withdrawn_at",
        cancels=("acknowledge", "resolve", "message_reply", "follow_up"),
        guards=(is_ones_own,),
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
