"""Planning (ISO 9001 10.2.1 b): what is done by whom until when, and how we will know that it worked."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from complaints.capa.dates import house_date
from complaints.capa.enums import ActionKind
from complaints.capa.lifecycle import CapaRefused
from complaints.capa.models import Capa, CapaAction
from complaints.capa.operations._door import (
    ACTION_CLOCK,
    actions_of,
    demand_change,
    implement_if_done,
    lock_capa,
    perform,
    start_dated_clock,
)
from complaints.capa.operations._owners import check_owner
from complaints.permissions import demand
from members.actors import Actor
from members.acts import act
from members.dates import day_in_words
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from slas.operations import open_matter

MATTER_KIND = "capa_action"
LONGEST_PLAN = timedelta(days=730)


def add_action(
    *, actor: Actor, at: datetime, capa_id: UUID, kind: ActionKind, description: str, owner_id: UUID, due_on: date
) -> CapaAction:
    """Add an action: a matter of its own, whose clock is due when the day `due_on` ends.

    The same open action again, word for word, returns the one that is there, so that pressing twice adds one.
    Raises ActionForbidden, CapaRefused, Capa.DoesNotExist.
    """
    with act(actor=actor, at=at) as this:
        capa = lock_capa(this, capa_id)
        demand_change(actor, capa.owner_id)
        words = {"kind": kind, "owner_id": owner_id, "due_on": due_on, "description": description}
        with phi_access(actor=actor, purpose=Purpose.CAPA, at=at):
            for known in actions_of(this, capa_id):
                if not known.done_at and all(getattr(known, name) == value for name, value in words.items()):
                    return known
        _check_due_date(capa, due_on, house_date(at))
        check_owner(owner_id)
        matter = open_matter(
            this=this, kind=MATTER_KIND, time_zone=settings.HOUSE_TIME_ZONE, language=settings.LANGUAGE_CODE
        )
        action = CapaAction(matter=matter, capa_id=capa_id, **words, added_at=at, added_by_id=actor.user_id)
        detail = {"action": str(action.pk), "kind": kind, "due_on": str(due_on)}
        perform("add_action", this=this, capa_id=capa_id, adds=action, detail=detail)
        start_dated_clock(this, matter, ACTION_CLOCK, due_on)
    return action


def approve_plan(*, actor: Actor, at: datetime, capa_id: UUID, criterion: str, check_on: date) -> Capa:
    """Approve the plan, and fix for good how its effect will be judged and when. The owner cannot approve it.

    Meets the clock of the plan. If all actions are done by now, the CAPA is implemented at once.
    Raises ActionForbidden, CapaRefused, Capa.DoesNotExist.
    """
    demand(actor, "change_capa")
    with act(actor=actor, at=at) as this:
        lock_capa(this, capa_id)
        last_due_on = max((action.due_on for action in actions_of(this, capa_id)), default=date.min)
        if not criterion.strip():
            raise CapaRefused(_("Say how we will know that it worked."), field="criterion")
        _check_within_reach(check_on, house_date(at), field="check_on")
        if check_on <= last_due_on:
            raise CapaRefused(_("Choose a day after the last action is due."), field="check_on")
        capa = perform(
            "approve_plan",
            this=this,
            capa_id=capa_id,
            detail={"check_on": str(check_on)},
            criterion=criterion.strip(),
            check_on=check_on,
        )
        implement_if_done(this, capa_id)
    return capa


def _check_due_date(capa: Capa, due_on: date, today: date) -> None:
    _check_within_reach(due_on, today, field="due_on")
    if capa.check_on and due_on >= capa.check_on:
        words = _("The effect is checked on %(day)s. An action must be due before that day.")
        raise CapaRefused(words % {"day": day_in_words(capa.check_on)}, field="due_on")


def _check_within_reach(day: date, today: date, *, field: str) -> None:
    """Refuse a day that is past, or so far off that nobody would look for it; calendars end somewhere, too."""
    if day <= today:
        raise CapaRefused(_("Choose a day after today."), field=field)
    if day > today + LONGEST_PLAN:
        raise CapaRefused(_("Choose a day within the next 2 years."), field=field)
