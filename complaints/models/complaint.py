"""The complaint: one expression of dissatisfaction, one row, one decision."""

from collections.abc import Callable
from typing import Self, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, QuerySet

from complaints.enums import (
    OPEN_STATES,
    Channel,
    Language,
    LineOfBusiness,
    Priority,
    Relationship,
    State,
    Topic,
    Track,
)
from complaints.models.own import involves, own_complaints_of
from complaints.models.restricted import opened_by
from complaints.permissions import READERS, SEE_RESTRICTED
from members.actors import Actor, Role, Scope
from members.privacy.fields import SealedTextField
from members.privacy.scoping import ScopedManager

RowsT = TypeVar("RowsT", bound=QuerySet)


def hidden_from(actor: Actor, prefix: str = "") -> Q:
    """Return the condition for what `Complaint.is_hidden_from` tells; it is all in the index of open work."""
    if actor.has(*SEE_RESTRICTED):
        return Q(pk__in=[])
    theirs = Q(**{f"{prefix}owner_id": actor.user_id})
    opened = Q(**{f"{prefix}pk__in": opened_by(actor).values("complaint_id")})
    return Q(**{f"{prefix}is_restricted": True}) & ~theirs & ~opened


def scoped(
    actor: Actor, rows: RowsT, *, own: Callable[[RowsT], RowsT], prefix: str = "", scope: Scope = Scope.READ
) -> RowsT:
    """Return what an actor may see: others' complaints as staff, of the own ones what `own` leaves to a member.

    Whoever acts for a member sees as much of that member's, if the authorisation has the `scope`. Whoever works here
    reads and works the own complaint as its member only (ISO 10002 4.6), and so that of a member represented. A
    restricted one is there for its owner, for leads and privacy officers, and for whoever has just broken the glass.
    """
    others = rows.none()
    if actor.has(*READERS):
        others = rows.exclude(involves(actor, prefix)).exclude(hidden_from(actor, prefix))
    if actor.has(Role.MEMBER):
        return others | own(rows.filter(own_complaints_of(actor, prefix, scope)))
    return others


class Complaint(models.Model):
    """A row reads as a timeline: each milestone has its `_at`. The primary key is that of its matter."""

    matter = models.OneToOneField("slas.Matter", models.PROTECT, primary_key=True, related_name="+")
    reference = models.CharField(max_length=16, unique=True)
    series_id = models.UUIDField(db_index=True, help_text="A complaint, its splits, appeals and reopenings share it.")
    submission_key = models.UUIDField(null=True, unique=True, help_text="The draft: one draft, one complaint.")
    member = models.ForeignKey("members.Member", models.PROTECT, null=True, related_name="+")
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="The account it was filed with: the member's own, or that of somebody who acts for the member.",
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    track = models.CharField(max_length=10, choices=Track, default=Track.STANDARD)
    priority = models.SmallIntegerField(choices=Priority, default=Priority.NORMAL)
    channel = models.CharField(max_length=16, choices=Channel, default=Channel.PORTAL)
    topic = models.CharField(max_length=16, choices=Topic, default=Topic.OTHER)
    relationship = models.CharField(max_length=14, choices=Relationship, default=Relationship.SELF)
    line_of_business = models.CharField(max_length=20, choices=LineOfBusiness, default=LineOfBusiness.UNKNOWN)
    language = models.CharField(max_length=10, choices=Language, default=Language.EN)
    harm_if_waiting = models.BooleanField(default=False)
    happened_on = models.DateField(null=True)
    is_restricted = models.BooleanField(
        db_default=False, default=False, help_text="Few may see it; why, its newest Restriction tells."
    )
    is_history = models.BooleanField(
        default=False, help_text="Replayed from another office's records, which do not tell of every step."
    )

    complainant_name = SealedTextField(null=True)
    complainant_email = SealedTextField(null=True)
    complainant_phone = SealedTextField(null=True)
    postal_address = SealedTextField(null=True)
    member_number = SealedTextField(null=True)
    surname_indexes = ArrayField(
        models.BinaryField(max_length=16), default=list, help_text="Blind indexes of what may be the surname."
    )
    narrative = SealedTextField()
    desired_outcome = SealedTextField(null=True)

    received_at = models.DateTimeField(help_text="When the insurer got it: clocks start here.")
    submitted_at = models.DateTimeField(help_text="When it was entered.")
    acknowledged_at = models.DateTimeField(null=True)
    assessed_at = models.DateTimeField(null=True)
    investigated_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    informed_at = models.DateTimeField(null=True, help_text="Proof of sending the decision.")
    closed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = ScopedManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="complaint_received_before_submitted", condition=Q(received_at__lte=F("submitted_at"))
            ),
            models.CheckConstraint(
                name="complaint_assessed_stamped",
                condition=~Q(state__in=["assessed", "investigated", "decided", "closed"])
                | Q(assessed_at__isnull=False, owner__isnull=False)
                | Q(is_history=True),
            ),
            models.CheckConstraint(
                name="complaint_investigated_stamped",
                condition=~Q(state__in=["investigated", "decided", "closed"])
                | Q(investigated_at__isnull=False)
                | Q(is_history=True),
            ),
            models.CheckConstraint(
                name="complaint_decided_stamped",
                condition=~Q(state__in=["decided", "closed"]) | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="complaint_closed_stamped",
                condition=Q(state="closed", closed_at__isnull=False, informed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="complaint_withdrawn_stamped",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
            ),
        )
        indexes = (
            # The queue's counts read this index alone; rows of complaints are wide.
            models.Index(
                fields=("owner", "priority"),
                include=("matter", "member", "filed_by", "is_restricted"),
                name="complaint_open_work",
                condition=Q(state__in=sorted(OPEN_STATES)),
            ),
            models.Index(fields=("received_at",), name="complaint_by_receipt"),
            models.Index(fields=("member",), name="complaint_by_member"),
            models.Index(fields=("filed_by",), name="complaint_by_filer"),
        )

    def __str__(self) -> str:
        return self.reference

    @classmethod
    def scope_for(cls, actor: Actor, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Staff who handle or review complaints see others'; a member sees the own ones; nobody else sees any."""
        return scoped(actor, rows, own=lambda mine: mine)

    def is_visible_to(self, actor: Actor) -> bool:
        """Tell for one row what `scope_for` tells for many."""
        if self.is_own_of(actor):
            return actor.has(Role.MEMBER) and self.allows(actor, Scope.READ)
        return actor.has(*READERS) and not self.is_hidden_from(actor)

    def is_hidden_from(self, actor: Actor) -> bool:
        """Tell whether it is restricted, and none of those it is there for is the actor."""
        if not self.is_restricted or actor.has(*SEE_RESTRICTED):
            return False
        if actor.user_id is not None and actor.user_id == self.owner_id:
            return False
        return not opened_by(actor).filter(complaint_id=self.pk).exists()

    def is_own_of(self, actor: Actor) -> bool:
        """Tell whether it is of the actor or of a member represented, or was filed with the actor's account.

        It may be out of reach all the same: whoever filed it for a member may represent that member no longer.
        """
        return self.member_id in actor.members() or self._is_filed_by(actor)

    def allows(self, actor: Actor, scope: Scope) -> bool:
        """Tell whether the actor may do this on the member's side of it.

        What was filed for nobody we know is its filer's. What was filed for a member is for that member to share:
        whoever may file for the member also follows what he or she has filed.
        """
        if self.member_id in actor.members(scope):
            return True
        if not self._is_filed_by(actor):
            return False
        return self.member_id is None or (scope == Scope.READ and self.member_id in actor.members(Scope.FILE))

    def _is_filed_by(self, actor: Actor) -> bool:
        return actor.user_id is not None and actor.user_id == self.filed_by_id

    @property
    def id(self) -> UUID:
        """The matter's key."""
        return self.matter_id

    @property
    def has_email(self) -> bool:
        """Tell whether there is an address, which stays sealed."""
        return self.__dict__.get("complainant_email") is not None

    @property
    def has_postal_address(self) -> bool:
        """Tell whether there is an address for letters, which stays sealed."""
        return self.__dict__.get("postal_address") is not None

    @property
    def is_open(self) -> bool:
        """Tell whether an answer is still owed."""
        return self.state in OPEN_STATES
