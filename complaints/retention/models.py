"""Legal holds, lists of what is to be erased, the ledger of what was, and the facts that stay."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, QuerySet

from complaints.models import Complaint
from complaints.permissions import ACTIONS, SEE_RESTRICTED
from complaints.retention.enums import LeftBecause, ListedState
from members.actors import Actor
from members.identifiers import new_id
from members.privacy.blind_index import blind_token
from members.privacy.fields import SealedTextField
from members.privacy.scoping import ScopedManager

CONFIRMED_WITHIN = timedelta(hours=24)
"""So long a list waits for its second person; then it is asked for anew."""


class Hold(models.Model):
    """While it is open, nothing of the complaint's series, or of any series with a complaint of the member, is erased.

    It outlives what it held, hence no foreign key to the complaint: who held it, why, and who released it is kept. The
    database lets it be released once, and be deleted never (migration 0005).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    complaint_id = models.UUIDField(null=True, db_index=True, help_text="Null: everything of the member is held.")
    member = models.ForeignKey(
        "members.Member", models.PROTECT, null=True, related_name="+", help_text="Whose record it is, if we know."
    )
    reason = SealedTextField()
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    release_reason = SealedTextField(null=True)

    objects = ScopedManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="retention_hold_holds_something",
                condition=Q(complaint_id__isnull=False) | Q(member__isnull=False),
            ),
            models.CheckConstraint(
                name="retention_hold_released_whole",
                condition=Q(released_at__isnull=True, released_by__isnull=True, release_reason__isnull=True)
                | Q(released_at__isnull=False, released_by__isnull=False, release_reason__isnull=False),
            ),
            models.CheckConstraint(
                name="retention_hold_released_by_another",
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("placed_by")),
            ),
        )

    def __str__(self) -> str:
        return f"hold {self.pk}"

    @property
    def matter_id(self) -> UUID | None:
        """Return the matter that it holds, None if it holds everything of a member."""
        return self.complaint_id

    @classmethod
    def scope_for(cls, actor: Actor, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Whoever looks after retention sees the holds, but not one on what is the own or not there for the actor.

        That goes for what is erased, too: the ledger knows whose it was, and whether it was restricted.
        """
        if not actor.has(*ACTIONS["read_retention"]):
            return rows.none()
        seen = Complaint.objects.visible_to(actor.as_staff()).values("pk")
        gone = Erasure.objects.exclude(pk__in=Erasure.hidden_from(actor)).values("complaint_id")
        of_others = Q(complaint_id__isnull=True) & ~Q(member__in=actor.members())
        return rows.filter(Q(complaint_id__in=seen) | Q(complaint_id__in=gone) | of_others)

    @property
    def of_member(self) -> bool:
        """Tell whether it holds everything of a member."""
        return self.complaint_id is None


class ErasureList(models.Model):
    """What one person asked to erase, fixed at that moment. A second one confirms it within a day, or it is over."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="retention_list_confirmed_by_another",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("asked_by"))),
            ),
            models.CheckConstraint(
                name="retention_list_confirmed_in_time",
                condition=Q(confirmed_at__isnull=True) | Q(confirmed_at__lt=F("asked_at") + CONFIRMED_WITHIN),
            ),
            models.CheckConstraint(
                name="retention_list_done_once_confirmed",
                condition=Q(done_at__isnull=True) | Q(confirmed_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"erasure list {self.pk}"

    @property
    def ends_at(self) -> datetime:
        """Return until when it can be confirmed."""
        return self.asked_at + CONFIRMED_WITHIN

    @classmethod
    def under_way(cls, at: datetime) -> QuerySet[Self]:
        """Return the list that waits for its second person or is being carried out: one at most."""
        waits = Q(confirmed_at__isnull=True, asked_at__gt=at - CONFIRMED_WITHIN)
        return cls._base_manager.filter(waits | Q(confirmed_at__isnull=False, done_at__isnull=True))


class ListedComplaint(models.Model):
    """One complaint of a list. No foreign key: the list outlives it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    on_list = models.ForeignKey(ErasureList, models.PROTECT, related_name="listed")
    complaint_id = models.UUIDField()
    rule = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=ListedState, default=ListedState.WAITING)
    left_because = models.CharField(max_length=8, choices=LeftBecause, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("on_list", "complaint_id"), name="retention_listed_once"),
            models.CheckConstraint(
                name="retention_left_for_a_reason",
                condition=Q(state=ListedState.LEFT) & ~Q(left_because="")
                | ~Q(state=ListedState.LEFT) & Q(left_because=""),
            ),
        )
        indexes = (
            models.Index(fields=("on_list",), name="retention_to_erase", condition=Q(state=ListedState.WAITING)),
        )

    def __str__(self) -> str:
        return f"complaint {self.complaint_id}, {self.state}"


def person_tokens(*keys: UUID | None) -> list[UUID]:
    """Return what stands for accounts and members in the ledger, so that no row of it leads to one."""
    return sorted(blind_token("retention.erasure.whose", str(key)) for key in keys if key)


class Erasure(models.Model):
    """One line of the ledger, added once and never changed. No name, no words, no foreign key: it outlives all.

    The database lets a complaint be deleted only if it stands here, and lets in nothing that is held, open or younger
    than six years (migration 0002).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    complaint_id = models.UUIDField(unique=True)
    reference_digest = models.BinaryField(max_length=16, help_text="Blind index: who has the reference finds the line.")
    rule = models.CharField(max_length=40)
    erased_at = models.DateTimeField()
    list_id = models.UUIDField()
    asked_by = models.UUIDField(help_text="An account's id.")
    confirmed_by = models.UUIDField(help_text="An account's id.")
    counts = models.JSONField(help_text="How many rows of which table went.")
    was_restricted = models.BooleanField(
        default=True, db_default=True, help_text="Few could see it when it went, or nobody knows any more."
    )
    whose = ArrayField(
        models.UUIDField(), default=list, db_default=[], help_text="Tokens of the member and of whoever filed it."
    )

    class Meta:
        constraints = (
            models.CheckConstraint(name="retention_erasure_by_two", condition=~Q(asked_by=F("confirmed_by"))),
        )
        indexes = (
            models.Index(fields=("complaint_id",), name="retention_few_could_see", condition=Q(was_restricted=True)),
            GinIndex(fields=("whose",), name="retention_erased_of", fastupdate=False),
        )

    def __str__(self) -> str:
        return f"erasure of {self.complaint_id}"

    def remember(self, complaint: Complaint) -> None:
        """Note from whom its trail stays hidden, as the complaint itself was until now."""
        self.was_restricted = complaint.is_restricted
        self.whose = person_tokens(complaint.member_id, complaint.filed_by_id)

    @classmethod
    def hidden_from(cls, actor: Actor) -> QuerySet[Self]:
        """Return those whose trail is not there for an actor: the own ones, and what few could see."""
        own = Q(whose__overlap=person_tokens(actor.user_id, *actor.members()))
        return cls._base_manager.filter(own if actor.has(*SEE_RESTRICTED) else own | Q(was_restricted=True))


class Fact(models.Model):
    """What stays of a complaint that was erased, and identifies nobody (45 CFR 164.514(b)(2)).

    Of dates the year alone; nothing of where somebody lives. Its key is drawn by lot, so that no order tells which
    erasure it came from.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    year = models.PositiveSmallIntegerField(help_text="Of receipt.")
    line_of_business = models.CharField(max_length=20)
    topic = models.CharField(max_length=16)
    cause = models.CharField(max_length=40, blank=True)
    verdict = models.CharField(max_length=14)
    days = models.PositiveIntegerField(help_text="From receipt to the end.")

    def __str__(self) -> str:
        return f"{self.topic} in {self.year}"
