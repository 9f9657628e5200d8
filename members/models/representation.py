"""Who may act for a member, for what, and until when."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from members.actors import RECORDS_REPRESENTATION, Actor, Role, Scope
from members.identifiers import new_id
from members.models.member import Member
from members.privacy.fields import SealedTextField
from members.privacy.scoping import ScopedManager

LONGEST = timedelta(days=366)


class RepresentationKind(models.TextChoices):
    """In which capacity somebody acts for a member."""

    REPRESENTATIVE = "representative", _("Representative")
    PROVIDER = "provider", _("Doctor or provider")


class Representation(models.Model):
    """One authorisation: one account acts for one member, within its scope, from its start to its expiry.

    It counts once somebody of staff other than whoever recorded it has confirmed the document. It always ends by
    itself, after a year at most (45 CFR 164.508(c)(1)(v)). Rows are never deleted, so that it can be told who acted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="representations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="representations")
    kind = models.CharField(max_length=14, choices=RepresentationKind)
    scope = ArrayField(models.CharField(max_length=8, choices=Scope))
    name = SealedTextField(help_text="Of whoever acts for the member, as the member knows the person.")
    evidence = SealedTextField(help_text="Which document shows it, and where it is on file.")
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ScopedManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=RepresentationKind.values), name="members_representation_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(scope__contained_by=Scope.values) & ~Q(scope=[]), name="members_representation_has_scope"
            ),
            models.CheckConstraint(
                condition=~Q(scope__overlap=[Scope.WRITE, Scope.LETTERS]) | Q(scope__contains=[Scope.READ]),
                name="members_representation_reads_what_it_answers",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("starts_at"), expires_at__lte=F("starts_at") + LONGEST),
                name="members_representation_lasts_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="members_representation_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(recorded_by=F("user"))
                & (Q(confirmed_by=None) | ~Q(confirmed_by=F("user")) & ~Q(confirmed_by=F("recorded_by"))),
                name="members_representation_takes_two",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="members_representation_revoked_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"representation {self.pk}"

    @classmethod
    def scope_for(cls, actor: Actor, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Members see who may act for them, staff who record these see what `is_work_of` tells; nobody else any."""
        own = Q(member_id=actor.member_id) if actor.member_id and actor.has(Role.MEMBER) else Q(pk__in=[])
        if actor.has(*RECORDS_REPRESENTATION):
            return rows.filter(own | ~Q(user_id=actor.user_id) & ~Q(member_id__in=actor.members()))
        return rows.filter(own)

    @classmethod
    def in_force(cls, at: datetime) -> Q:
        """Return the condition that it counts at this moment: what `as_actor` reckons for one account."""
        return Q(confirmed_at__isnull=False, revoked_at=None, starts_at__lte=at, expires_at__gt=at)

    def is_own_of(self, actor: Actor) -> bool:
        """Tell whether the actor is the member, or whoever acts for the member by it."""
        is_member = actor.member_id is not None and actor.member_id == self.member_id
        return is_member or actor.user_id == self.user_id

    def is_work_of(self, actor: Actor) -> bool:
        """Tell whether it is the actor's to see to at work: nobody's who is that member, or acts for that member."""
        is_theirs = self.is_own_of(actor) or self.member_id in actor.members()
        return actor.has(*RECORDS_REPRESENTATION) and not is_theirs
