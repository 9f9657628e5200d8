"""Teams, skills and absences: how administrators organise the people who work here."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from members.accounts.models import User
from members.accounts.refusals import AccountRefused
from members.actors import Actor
from members.acts import Act, act
from members.models import Absence, Skill, SkillCode, Team, TeamMembership
from members.operations._authority import demand_administrator


def create_team(*, actor: Actor, at: datetime, name: str) -> Team:
    """Found a team. Raises AccountRefused (not an administrator, no name, name taken)."""
    demand_administrator(actor)
    if not (name := name.strip()):
        raise AccountRefused("Enter a name for the team.")
    if Team.objects.filter(name=name).exists():
        raise AccountRefused("There is a team with this name. Choose another one.")
    with act(actor=actor, at=at) as this:
        team = Team(name=name, created_at=at)
        this.add(team)
        this.record("team.created", object_type="team", object_id=team.pk)
    return team


def lead_team(*, actor: Actor, at: datetime, team_id: UUID, user_id: UUID | None) -> None:
    """Say who leads a team, None for nobody. Raises Team.DoesNotExist, User.DoesNotExist, AccountRefused."""
    demand_administrator(actor)
    with act(actor=actor, at=at) as this:
        team = this.lock(Team, team_id)
        if user_id is not None:
            this.lock(User, user_id)
        this.change(team, lead_id=user_id)
        this.record("team.led", object_type="team", object_id=team_id, detail={"user": str(user_id or "")})


def join_team(*, actor: Actor, at: datetime, user_id: UUID, team_id: UUID | None) -> None:
    """Put somebody into a team from now on, out of the team until now; None: into no team.

    Raises User.DoesNotExist, Team.DoesNotExist, AccountRefused (not an administrator).
    """
    demand_administrator(actor)
    with act(actor=actor, at=at) as this:
        this.lock(User, user_id)
        present = TeamMembership.objects.filter(user=user_id, until=None).first()
        if (present and present.team_id) == team_id:
            return
        if present:
            this.change(present, until=at)
            this.record("team.left", object_type="user", object_id=user_id, detail={"team": str(present.team_id)})
        if team_id is not None:
            this.add(TeamMembership(team=this.lock(Team, team_id), user_id=user_id, since=at))
            this.record("team.joined", object_type="user", object_id=user_id, detail={"team": str(team_id)})


def set_skills(*, actor: Actor, at: datetime, user_id: UUID, codes: Collection[SkillCode]) -> None:
    """Say all that somebody can do. Raises User.DoesNotExist, AccountRefused (not an administrator)."""
    demand_administrator(actor)
    with act(actor=actor, at=at) as this:
        this.lock(User, user_id)
        held = set(Skill.objects.filter(user=user_id).values_list("code", flat=True))
        wanted = {str(code) for code in codes}
        Skill.objects.filter(user=user_id, code__in=held - wanted).delete()
        for code in sorted(wanted - held):
            this.add(Skill(user_id=user_id, code=code))
        _note_skills(this, user_id, gained=wanted - held, lost=held - wanted)


def record_absence(
    *, actor: Actor, at: datetime, user_id: UUID, first_on: date, last_on: date, stand_in_id: UUID | None
) -> Absence:
    """Say that somebody is away, and who stands in. Raises User.DoesNotExist, AccountRefused with the cure."""
    demand_administrator(actor)
    if last_on < first_on:
        raise AccountRefused("The last day must not be before the first.")
    if stand_in_id == user_id:
        raise AccountRefused("Choose somebody else to stand in.")
    with act(actor=actor, at=at) as this:
        this.lock(User, user_id)
        absence = Absence(user_id=user_id, first_on=first_on, last_on=last_on, stand_in_id=stand_in_id, recorded_at=at)
        this.add(absence)
        detail = {"from": first_on.isoformat(), "to": last_on.isoformat(), "stand_in": str(stand_in_id or "")}
        this.record("absence.recorded", object_type="user", object_id=user_id, detail=detail)
    return absence


def end_absence(*, actor: Actor, at: datetime, absence_id: UUID) -> None:
    """Take an absence back. Raises Absence.DoesNotExist, AccountRefused (not an administrator)."""
    demand_administrator(actor)
    with act(actor=actor, at=at) as this:
        absence = this.lock(Absence, absence_id)
        Absence.objects.filter(pk=absence_id).delete()
        this.record("absence.removed", object_type="user", object_id=absence.user_id)


def _note_skills(this: Act, user_id: UUID, *, gained: set[str], lost: set[str]) -> None:
    for fact, codes in (("skill.gained", gained), ("skill.lost", lost)):
        for code in sorted(codes):
            this.record(fact, object_type="user", object_id=user_id, detail={"skill": code})
