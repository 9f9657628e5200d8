"""How the people who work here are organised: teams, what each of them can do, and who is away."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.identifiers import new_id


class SkillCode(models.TextChoices):
    """What not everybody can do: a language of the members, or a kind of case."""

    ES = "es", "Español"
    ZH = "zh-hans", "简体中文"
    VI = "vi", "Tiếng Việt"
    AR = "ar", "العربية"
    KO = "ko", "한국어"
    RU = "ru", "Русский"
    HT = "ht", "Kreyòl ayisyen"
    TL = "tl", "Tagalog"
    PT = "pt", "Português"
    CLINICAL = "clinical", _("Clinical review")
    APPEALS = "appeals", _("Appeals")


class Team(models.Model):
    """People who work on complaints together, and who leads them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("name",), condition=Q(ended_at=None), name="members_team_name_is_free"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("created_at"), lead=None),
                name="members_team_that_ended_has_no_lead",
            ),
        )

    def __str__(self) -> str:
        return self.name


class TeamMembership(models.Model):
    """Somebody belongs to a team from one moment to another. Each person is in one team at a time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="team_memberships")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user",), condition=Q(until=None), name="members_one_team_at_a_time"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="members_team_left_after_joined"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"


class Skill(models.Model):
    """Somebody can do this. Taking it away deletes the row; the audit trail keeps who could do what when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="skills")
    code = models.CharField(max_length=10, choices=SkillCode)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "code"), name="members_skill_once"),
            models.CheckConstraint(condition=Q(code__in=SkillCode.values), name="members_skill_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.code} of {self.user_id}"


class Absence(models.Model):
    """Somebody is away from the first to the last day, both included, and somebody may stand in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences")
    first_on = models.DateField()
    last_on = models.DateField()
    stand_in = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="members_absence_ends_after_it_began"),
            models.CheckConstraint(
                condition=Q(stand_in=None) | ~Q(stand_in=F("user")), name="members_nobody_stands_in_for_themselves"
            ),
        )

    def __str__(self) -> str:
        return f"absence of {self.user_id}"
