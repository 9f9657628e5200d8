"""What the work on a complaint produces: assessment, notes, evidence, enclosures, decision."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from complaints.enums import EvidenceSource, FileState, Level, NoteKind, Outcome, RemedyKind, RestrictionKind, Track
from complaints.models.complaint import Complaint
from complaints.models.part import PartOfComplaint
from members.privacy.fields import SealedBytesField, SealedTextField

AXES = ("severity", "safety", "complexity", "impact")


class Assessment(PartOfComplaint):
    """The initial assessment on six axes (ISO 10002 7.5). A new one replaces the last; none is ever changed."""

    severity = models.CharField(max_length=8, choices=Level)
    safety = models.CharField(max_length=8, choices=Level)
    complexity = models.CharField(max_length=8, choices=Level)
    impact = models.CharField(max_length=8, choices=Level)
    immediate_action_needed = models.BooleanField()
    immediate_action_possible = models.BooleanField()
    suggested_track = models.CharField(max_length=10, choices=Track)
    track = models.CharField(max_length=10, choices=Track)
    override_reason = SealedTextField(null=True)
    assessed_by = models.UUIDField(null=True)
    assessed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="assessment_override_has_reason",
                condition=Q(track=models.F("suggested_track")) | Q(override_reason__isnull=False),
            ),
        )


class Note(PartOfComplaint):
    """A colleague's words on the case; never shown to the member."""

    kind = models.CharField(max_length=8, choices=NoteKind, default=NoteKind.NOTE)
    body = SealedTextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    author_label = models.CharField(max_length=120)
    written_at = models.DateTimeField()


class Enclosure(PartOfComplaint):
    """A file, sealed. It belongs to a draft until the draft is sent, then to the complaint.

    Its content lies in the store (complaints/files/store.py), under the row's own `key`. A row that still has `content`
    is older than the store and waits to be moved there; one whose file was removed has neither.
    """

    complaint = models.ForeignKey(Complaint, models.PROTECT, null=True, related_name="+")
    draft_id = models.UUIDField(null=True, db_index=True)
    name = SealedTextField()
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(help_text="Bytes.")
    content = SealedBytesField(purpose="file", null=True, help_text="Of files from before there was a store.")
    key = SealedBytesField(purpose="file", null=True, help_text="The file's own key; the store has its ciphertext.")
    digest = models.BinaryField(max_length=32, null=True, help_text="SHA-256 of the ciphertext in the store.")
    preview = SealedBytesField(purpose="file", null=True, help_text="A small JPEG of a picture.")
    state = models.CharField(max_length=8, choices=FileState, default=FileState.KEPT, db_default=FileState.KEPT)
    added_at = models.DateTimeField()
    missing_at = models.DateTimeField(null=True, help_text="When its content was found not to be in the store.")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="enclosure_in_one_place",
                condition=Q(complaint__isnull=True, draft_id__isnull=False)
                | Q(complaint__isnull=False, draft_id__isnull=True),
            ),
            models.CheckConstraint(
                name="enclosure_is_stored_once",
                condition=Q(state=FileState.REMOVED, content__isnull=True, key__isnull=True, preview__isnull=True)
                | (
                    Q(state__in=[FileState.KEPT, FileState.CHECKING])
                    & (
                        Q(content__isnull=True, key__isnull=False, digest__isnull=False)
                        | Q(content__isnull=False, key__isnull=True, digest__isnull=True)
                    )
                ),
            ),
        )
        indexes = (
            models.Index(fields=("added_at",), name="enclosure_to_check", condition=Q(state=FileState.CHECKING)),
            models.Index(fields=("missing_at",), name="enclosure_missing", condition=Q(missing_at__isnull=False)),
        )

    @classmethod
    def for_members(cls, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Members see what they sent."""
        return rows

    @property
    def is_served(self) -> bool:
        """Tell whether anybody may open it: it is in the store, and nothing is found or still feared in it."""
        return self.state == FileState.KEPT and self.digest is not None


class StoreSweep(models.Model):
    """What the last sweep found in the store: one row, for whoever asks how files are."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    at = models.DateTimeField()
    objects_found = models.PositiveIntegerField()
    without_row = models.PositiveIntegerField(help_text="Objects that no row names, and that still lie there.")
    is_withheld = models.BooleanField(help_text="There are too many of them: nothing was deleted.")

    class Meta:
        constraints = (models.CheckConstraint(name="store_sweep_is_one_row", condition=Q(id=1)),)

    def __str__(self) -> str:
        return f"sweep of {self.at}"


class Evidence(PartOfComplaint):
    """One piece of evidence with its provenance (ISO 10002 7.6)."""

    source = models.CharField(max_length=16, choices=EvidenceSource)
    title = SealedTextField()
    detail = SealedTextField(null=True)
    obtained_on = models.DateField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()


class Decision(PartOfComplaint):
    """The decision and what it rests on (ISO 10002 7.8)."""

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=14, choices=Outcome)
    rationale = SealedTextField()
    evidence_reviewed = SealedTextField()
    remedy_kind = models.CharField(max_length=16, choices=RemedyKind)
    remedy = SealedTextField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField()


class Restriction(PartOfComplaint):
    """Since when few may see a complaint, why, and until when. Its reasons are for those few."""

    kind = models.CharField(max_length=16, choices=RestrictionKind)
    reason = SealedTextField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lift_reason = SealedTextField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("complaint",), condition=Q(lifted_at__isnull=True), name="restriction_once_at_a_time"
            ),
            models.CheckConstraint(
                name="restriction_lifted_with_reason",
                condition=Q(lifted_at__isnull=True, lift_reason__isnull=True)
                | Q(lifted_at__isnull=False, lift_reason__isnull=False),
            ),
        )
