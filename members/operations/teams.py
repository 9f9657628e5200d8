"""Teams: founded, named, led, joined, and ended. A team that has ended stays, for people were in it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from members.accounts.refusals import AccountRefused
from members.actors import Actor
from members.acts import Act
from members.models import Team, TeamMembership
from members.operations._authority import administration, lock_colleague


def create_team(*, actor: Actor, at: datetime, name: str) -> Team:
    """Found a team. Raises AccountRefused (not an administrator, no name, name taken)."""
    with administration(actor=actor, at=at) as this:
        team = Team(name=_free_name(name), created_at=at)
        this.add(team)
        this.record("team.created", object_type="team", object_id=team.pk)
    return team


def rename_team(*, actor: Actor, at: datetime, team_id: UUID, name: str) -> None:
    """Give a team another name. Raises Team.DoesNotExist, AccountRefused (as `create_team` does)."""
    with administration(actor=actor, at=at) as this:
        team = _lock(this, team_id)
        this.change(team, name=_free_name(name, team))
        this.record("team.renamed", object_type="team", object_id=team_id)


def end_team(*, actor: Actor, at: datetime, team_id: UUID) -> None:
    """End a team: nobody leads it or belongs to it any more. Raises Team.DoesNotExist, AccountRefused."""
    with administration(actor=actor, at=at) as this:
        team = _lock(this, team_id)
        this.change(team, ended_at=at, lead_id=None)
        for present in TeamMembership.objects.filter(team=team, until=None).order_by("pk"):
            _leave(this, present)
        this.record("team.ended", object_type="team", object_id=team_id)


def lead_team(*, actor: Actor, at: datetime, team_id: UUID, user_id: UUID | None) -> None:
    """Say who leads a team, None for nobody.

    Raises Team.DoesNotExist, User.DoesNotExist and AccountRefused (not an administrator, closed account).
    """
    with administration(actor=actor, at=at) as this:
        team = _lock(this, team_id)
        if user_id is not None:
            lock_colleague(this, user_id, is_open=True)
        this.change(team, lead_id=user_id)
        this.record("team.led", object_type="team", object_id=team_id, detail={"user": str(user_id or "")})


def join_team(*, actor: Actor, at: datetime, user_id: UUID, team_id: UUID | None) -> None:
    """Put somebody into a team from now on, out of the team until now; None: into no team.

    Raises User.DoesNotExist, Team.DoesNotExist, AccountRefused (not an administrator).
    """
    with administration(actor=actor, at=at) as this:
        lock_colleague(this, user_id)
        present = TeamMembership.objects.filter(user=user_id, until=None).first()
        if (present and present.team_id) == team_id:
            return
        if present:
            _leave(this, present)
        if team_id is not None:
            this.add(TeamMembership(team=_lock(this, team_id), user_id=user_id, since=at))
            this.record("team.joined", object_type="user", object_id=user_id, detail={"team": str(team_id)})


def _lock(this: Act, team_id: UUID) -> Team:
    """Return a team that has not ended, locked. Raises Team.DoesNotExist."""
    team = this.lock(Team, team_id)
    if team.ended_at is not None:
        raise Team.DoesNotExist
    return team


def _free_name(name: str, team: Team | None = None) -> str:
    """Return the name that is typed, if no other team has it. Raises AccountRefused."""
    if not (name := name.strip()):
        raise AccountRefused(_("Enter a name for the team."))
    taken = Team.objects.filter(name=name, ended_at=None).first()
    if taken and taken != team:
        raise AccountRefused(_("There is a team with this name. Choose another one."))
    return name


def _leave(this: Act, present: TeamMembership) -> None:
    this.change(present, until=this.at)
    detail = {"team": str(present.team_id)}
    this.record("team.left", object_type="user", object_id=present.user_id, detail=detail)
