"""Skills and absences: what each of the people who work here can do, and when they are away."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from members.accounts.refusals import AccountRefused
from members.actors import Actor
from members.acts import Act
from members.dates import house_day
from members.models import Absence, Skill, SkillCode
from members.operations._authority import administration, lock_colleague

LATE = timedelta(days=366)
AHEAD = timedelta(days=2 * 366)
"""An absence is recorded so long after it began at most, and so long before it ends."""


def set_skills(*, actor: Actor, at: datetime, user_id: UUID, codes: Collection[SkillCode]) -> None:
    """Say all that somebody can do. Raises User.DoesNotExist, AccountRefused (not an administrator)."""
    with administration(actor=actor, at=at) as this:
        lock_colleague(this, user_id)
        held = set(Skill.objects.filter(user=user_id).values_list("code", flat=True))
        wanted = {str(code) for code in codes}
        Skill.objects.filter(user=user_id, code__in=held - wanted).delete()
        for code in sorted(wanted - held):
            this.add(Skill(user_id=user_id, code=code))
        _note_skills(this, user_id, gained=wanted - held, lost=held - wanted)


def record_absence(
    *, actor: Actor, at: datetime, user_id: UUID, first_on: date, last_on: date, stand_in_id: UUID | None
) -> Absence:
    """Say that somebody is away, and who stands in: somebody with an open account who is here all that time.

    Raises User.DoesNotExist, AccountRefused with the cure.
    """
    _demand_days(first_on, last_on, today=house_day(at))
    if stand_in_id == user_id:
        raise AccountRefused(_("Choose somebody else to stand in."))
    with administration(actor=actor, at=at) as this:
        lock_colleague(this, user_id)
        if stand_in_id is not None:
            stand_in = lock_colleague(this, stand_in_id, is_open=True)
            if Absence.objects.filter(user=stand_in, first_on__lte=last_on, last_on__gte=first_on).exists():
                raise AccountRefused(
                    _("%(name)s is away then, too. Choose somebody else to stand in.") % {"name": stand_in}
                )
        absence = Absence(user_id=user_id, first_on=first_on, last_on=last_on, stand_in_id=stand_in_id, recorded_at=at)
        this.add(absence)
        detail = {"from": first_on.isoformat(), "to": last_on.isoformat(), "stand_in": str(stand_in_id or "")}
        this.record("absence.recorded", object_type="user", object_id=user_id, detail=detail)
    return absence


def end_absence(*, actor: Actor, at: datetime, user_id: UUID, absence_id: UUID) -> None:
    """Take an absence of this person back. Raises Absence.DoesNotExist, AccountRefused (not an administrator)."""
    with administration(actor=actor, at=at) as this:
        if not Absence.objects.filter(pk=absence_id, user=user_id).delete()[0]:
            raise Absence.DoesNotExist
        this.record("absence.removed", object_type="user", object_id=user_id)


def _demand_days(first_on: date, last_on: date, *, today: date) -> None:
    """Refuse days that are mistyped. Raises AccountRefused with the cure."""
    if last_on < first_on:
        raise AccountRefused(_("The last day must not be before the first."))
    if first_on < today - LATE or last_on > today + AHEAD:
        raise AccountRefused(_("Check the years: an absence begins a year ago at most, and ends within two years."))


def _note_skills(this: Act, user_id: UUID, *, gained: set[str], lost: set[str]) -> None:
    for fact, codes in (("skill.gained", gained), ("skill.lost", lost)):
        for code in sorted(codes):
            this.record(fact, object_type="user", object_id=user_id, detail={"skill": code})
