"""Consents, withdrawals, disclosures and their corrections: append-only, kept so by triggers.

45 CFR 164.528 wants disclosures told for six years, 164.530(j) what proves a consent kept as long. Then they go
(complaints/retention/disclosures.py).
"""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, QuerySet

from members.actors import Actor, ActorKind, Role, Scope
from members.disclosures.vocabulary import Basis, DataClass, Purpose, Way
from members.identifiers import new_id
from members.models import Member, Representation
from members.models.representation import LONGEST
from members.privacy.blind_index import blind_token
from members.privacy.fields import SealedTextField
from members.privacy.normal_forms import folded
from members.privacy.scoping import ScopedManager


def recipient_token(name: str) -> UUID:
    """Return the token by which a recipient is found, however the name is spaced and cased."""
    return blind_token("disclosures.consent.recipient", folded(" ".join(name.split())))


class OfMember(models.Model):
    """A row about one member, which that member may see, and privacy officers at work."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    recorded_at = models.DateTimeField(db_default=models.functions.Now())

    objects = ScopedManager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.pk}"

    @classmethod
    def scope_for(cls, actor: Actor, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Members see their own, and of whom they may do everything for; privacy officers what is of neither."""
        own = Q(member_id__in=actor.members(*Scope)) if actor.has(Role.MEMBER) else Q(pk__in=[])
        if actor.has(Role.PRIVACY_OFFICER):
            return rows.filter(own | ~Q(member_id__in=actor.members()))
        return rows.filter(own)


class Consent(OfMember):
    """A member agreed that one recipient gets these classes of data for one purpose, until a day within a year."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    text = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of the words that were agreed to.")
    language = models.CharField(max_length=10)
    purpose = models.CharField(max_length=12, choices=Purpose)
    classes = ArrayField(models.CharField(max_length=10, choices=DataClass))
    recipient = SealedTextField()
    recipient_token = models.UUIDField()
    channel = models.CharField(max_length=10, choices=Way)
    evidence = SealedTextField(null=True, help_text="Of one on paper: which document, and where it is on file.")
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        indexes = (models.Index(fields=("member", "recipient_token"), name="consent_of_member"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("given_at"), ends_at__lte=F("given_at") + LONGEST),
                name="consent_lasts_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=Q(classes__contained_by=DataClass.values) & ~Q(classes=[]), name="consent_names_data"
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="consent_purpose_is_known"),
            models.CheckConstraint(
                condition=Q(channel=Way.PORTAL, evidence__isnull=True)
                | ~Q(channel=Way.PORTAL) & Q(evidence__isnull=False),
                name="consent_on_paper_is_on_file",
            ),
        )

    def is_in_force(self, at: datetime) -> bool:
        """Tell whether the moment lies within it; whether it was withdrawn is for `Withdrawal` to say."""
        return self.given_at <= at < self.ends_at


class Withdrawal(OfMember):
    """A consent was taken back. There is one at most, and from its commit on nothing leaves on that consent."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    consent = models.OneToOneField(Consent, models.PROTECT, related_name="withdrawal")
    channel = models.CharField(max_length=10, choices=Way)
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")


class Disclosure(OfMember):
    """Data of one member went to somebody: when, to whom, what, why, by whom, on which ground.

    A complaint of somebody we do not know as a member is told by its matter alone.
    """

    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    matter_id = models.UUIDField(null=True, help_text="No foreign key: the account outlives what it tells of.")
    at = models.DateTimeField(help_text="When it went; one that is recorded later went before `recorded_at`.")
    recipient = SealedTextField(null=True, help_text="Null where the authorisation names whoever acts.")
    address = SealedTextField(null=True)
    representation = models.ForeignKey(Representation, models.PROTECT, null=True, related_name="+")
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=12, choices=Purpose)
    classes = ArrayField(models.CharField(max_length=10, choices=DataClass))
    basis = models.CharField(max_length=16, choices=Basis)
    what = SealedTextField(help_text="What it was, in a few words.")
    way = models.CharField(max_length=10, choices=Way)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="The account that got it, acting for the member.",
    )
    object_id = models.UUIDField(null=True, help_text="What went: a complaint, letter, notice, file or message.")
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=120)

    class Meta:
        indexes = (models.Index(fields=("member", "-at"), name="disclosure_of_member"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(member__isnull=False) | Q(matter_id__isnull=False), name="disclosure_is_of_somebody"
            ),
            models.CheckConstraint(
                condition=Q(basis=Basis.CONSENT, consent__isnull=False) | ~Q(basis=Basis.CONSENT) & Q(consent=None),
                name="disclosure_on_consent_names_it",
            ),
            models.CheckConstraint(
                condition=Q(basis=Basis.REPRESENTATION, representation__isnull=False, recipient__isnull=True)
                | ~Q(basis=Basis.REPRESENTATION) & Q(representation=None, recipient__isnull=False),
                name="disclosure_names_its_recipient",
            ),
            models.UniqueConstraint(fields=("reader", "object_id"), name="disclosure_once_to_each_reader"),
            models.CheckConstraint(
                condition=Q(reader=None) | Q(basis=Basis.REPRESENTATION, object_id__isnull=False),
                name="disclosure_to_a_reader_names_what",
            ),
            models.CheckConstraint(
                condition=Q(classes__contained_by=DataClass.values) & ~Q(classes=[]), name="disclosure_names_data"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values, basis__in=Basis.values, way__in=Way.values),
                name="disclosure_codes_are_known",
            ),
        )


class Correction(OfMember):
    """An entry of the account should not be there: who says so, when and why. The entry stays beside it."""

    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    disclosure = models.OneToOneField(Disclosure, models.PROTECT, related_name="correction")
    reason = SealedTextField()
    corrected_at = models.DateTimeField()
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    actor_label = models.CharField(max_length=120)
