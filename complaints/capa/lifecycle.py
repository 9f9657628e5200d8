"""The life of a CAPA: one table, as complaints/lifecycle.py is for a complaint. Clauses are those of ISO 9001:2015."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.capa.enums import OPEN_CAPA_STATES, CapaState
from complaints.enums import State
from complaints.lifecycle import TransitionRefused

ANALYSED = frozenset({State.DECIDED, State.CLOSED})
"""The states of a complaint in which its root cause can be recorded: before, nobody knows what was decided."""


class CapaRefused(TransitionRefused):
    """The CAPA, or what it is to be made of, does not allow the act; the message says why.

    `field` names the argument that is at fault, "" when none is.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        """Take the words for the person who tried."""
        super().__init__(message)
        self.field = field


class CapaRow(Protocol):
    """What a guard may look at: the columns of one CAPA."""

    state: str
    owner_id: UUID


class ActionRow(Protocol):
    """What a guard may look at: the columns of one action."""

    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Situation:
    """A CAPA, its actions, and who wants to do something about it."""

    capa: CapaRow
    actions: Sequence[ActionRow]
    user_id: UUID | None


Guard = Callable[[Situation], str | None]


def is_not_the_owner(situation: Situation) -> str | None:
    """Nobody approves or judges the own work (ISO 19011 4 e)."""
    if situation.user_id != situation.capa.owner_id:
        return None
    return _("You own this CAPA. Somebody else has to do this.")


def has_action(situation: Situation) -> str | None:
    """A plan without an action is none."""
    return None if situation.actions else _("Add at least one action first.")


def actions_are_done(situation: Situation) -> str | None:
    """What is planned has to be done before its effect can be looked at."""
    return None if all(action.done_at for action in situation.actions) else _("Some actions are not done yet.")


@dataclass(frozen=True, slots=True)
class Transition:
    """One act on a CAPA: from which states, to which milestone, what it stamps and which clock it meets."""

    act: str
    sources: frozenset[CapaState]
    target: CapaState | None
    fact: str
    clause: str
    stamps: str = ""
    signs: str = ""
    meets: str = ""
    guards: tuple[Guard, ...] = ()

    def refusal(self, situation: Situation) -> str | None:
        """Return why this act is not possible now, or None."""
        if situation.capa.state not in self.sources:
            return _("This cannot be done now: the CAPA is %(state)s.") % {
                "state": CapaState(situation.capa.state).label.lower()
            }
        return next((reason for guard in self.guards if (reason := guard(situation))), None)


S = CapaState
_PLANNING = frozenset({S.OPENED, S.PLANNED})
_CHECK = "effectiveness_check"
_TABLE = (
    Transition("add_action", _PLANNING, None, "action_added", "10.2.1 b"),
    Transition("complete_action", _PLANNING, None, "action_completed", "10.2.1 c"),
    Transition("hand_over", OPEN_CAPA_STATES, None, "handed_over", "5.3"),
    Transition("hand_over_action", _PLANNING, None, "action_handed_over", "5.3"),
    Transition(
        "approve_plan",
        frozenset({S.OPENED}),
        S.PLANNED,
        "planned",
        "10.2.1 b",
        "planned_at",
        "planned_by_id",
        "capa_plan",
        (is_not_the_owner, has_action),
    ),
    Transition(
        "implement",
        frozenset({S.PLANNED}),
        S.IMPLEMENTED,
        "implemented",
        "10.2.1 c",
        "implemented_at",
        guards=(actions_are_done,),
    ),
    Transition(
        "verify_effective",
        frozenset({S.IMPLEMENTED}),
        S.EFFECTIVE,
        "found_effective",
        "10.2.1 d",
        "verified_at",
        "verified_by_id",
        _CHECK,
        (is_not_the_owner,),
    ),
    Transition(
        "verify_not_effective",
        frozenset({S.IMPLEMENTED}),
        S.NOT_EFFECTIVE,
        "found_not_effective",
        "10.2.1 d",
        "verified_at",
        "verified_by_id",
        _CHECK,
        (is_not_the_owner,),
    ),
)
TRANSITIONS = MappingProxyType({row.act: row for row in _TABLE})
