"""What administrators see of teams, skills and absences."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet

from members.accounts.models import RoleGrant, User
from members.models import Absence, Skill, SkillCode, Team, TeamMembership


@dataclass(frozen=True, slots=True)
class Work:
    """Somebody's team, skills and absences that are not over."""

    user: User
    team_id: UUID | None
    teams: list[Team]
    skills: tuple[tuple[str, str, bool], ...]
    absences: list[Absence]
    colleagues: list[User]


def all_teams() -> QuerySet[Team]:
    """Return the teams there are by name, each with its lead and the names of its `people`: one query."""
    present = TeamMembership.objects.filter(team=OuterRef("pk"), until=None).order_by("user__display_name")
    people = ArraySubquery(present.values("user__display_name"))
    return Team.objects.filter(ended_at=None).select_related("lead").annotate(people=people).order_by("name")


def colleagues() -> QuerySet[User]:
    """Return who works here now, by name."""
    held = RoleGrant.objects.filter(user=OuterRef("pk"), revoked_at=None)
    return User.objects.filter(Exists(held), is_active=True).order_by("display_name", "pk")


def away(*, on: date) -> QuerySet[Absence]:
    """Return who of those who work here is away on this day or later, the first to go first: one query."""
    rows = Absence.objects.filter(last_on__gte=on, user__is_active=True)
    return rows.select_related("user", "stand_in").order_by("first_on", "user__display_name", "pk")


def read_work(*, user_id: UUID, on: date) -> Work | None:
    """Return how somebody stands at work, None for who never worked here: six queries."""
    ever = RoleGrant.objects.filter(user=OuterRef("pk"))
    user = User.objects.filter(Exists(ever), pk=user_id).first()
    if user is None:
        return None
    held = set(Skill.objects.filter(user=user).values_list("code", flat=True))
    absences = Absence.objects.filter(user=user, last_on__gte=on).select_related("stand_in").order_by("first_on")
    return Work(
        user=user,
        team_id=TeamMembership.objects.filter(user=user, until=None).values_list("team_id", flat=True).first(),
        teams=list(Team.objects.filter(ended_at=None).order_by("name")),
        skills=tuple((code, str(label), code in held) for code, label in SkillCode.choices),
        absences=list(absences),
        colleagues=list(colleagues().exclude(pk=user_id)),
    )
