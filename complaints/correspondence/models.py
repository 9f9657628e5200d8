"""Messages, letters and the outbox of sends."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from complaints.enums import Language
from complaints.models import Complaint
from complaints.models.part import PartOfComplaint
from members.identifiers import new_id
from members.privacy.fields import SealedBytesField, SealedJSONField, SealedTextField


class Direction(models.TextChoices):
    """Who wrote a message."""

    FROM_MEMBER = "from_member"
    TO_MEMBER = "to_member"


class Message(PartOfComplaint):
    """A secure message between member and staff; it is read here and never travels by e-mail."""

    direction = models.CharField(max_length=12, choices=Direction)
    body = SealedTextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    author_label = models.CharField(max_length=120)
    sent_at = models.DateTimeField()

    @classmethod
    def for_members(cls, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Members see all messages on their complaints."""
        return rows


class LetterChannel(models.TextChoices):
    """How a letter reaches the member."""

    PORTAL = "portal", "Portal, with a notice by e-mail"
    POST = "post", "Post"


class Letter(PartOfComplaint):
    """A letter exactly as it went out: its structured content, and the PDF made of it."""

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, choices=Language)
    channel = models.CharField(max_length=8, choices=LetterChannel)
    content = SealedJSONField()
    pdf = SealedBytesField(purpose="file")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, help_text="Proof: the notice was accepted by the mail server, or posted.")

    @classmethod
    def for_members(cls, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Members see letters once they are sent."""
        return rows.filter(sent_at__isnull=False)


class DispatchKind(models.TextChoices):
    """What an e-mail tells; none of them holds health data."""

    ACKNOWLEDGEMENT = "acknowledgement"
    LETTER_READY = "letter_ready"
    MESSAGE_READY = "message_ready"
    STATUS_LINK = "status_link"
    CLOCK_ALERT = "clock_alert"


class Dispatch(models.Model):
    """One e-mail to send, once. It is sent outside any transaction; `sent_at` is the mail server's acceptance."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("slas.Matter", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=DispatchKind)
    dedupe_key = models.CharField(max_length=160, unique=True)
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", help_text="Staff; else the complainant."
    )
    detail = models.JSONField(default=dict)
    requested_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True, help_text="Given up: nobody will get it unless somebody acts.")
    retried_at = models.DateTimeField(null=True, help_text="Somebody had it tried again after it was given up.")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="dispatch_sent_or_failed", condition=Q(sent_at__isnull=True) | Q(failed_at__isnull=True)
            ),
        )
        indexes = (models.Index(fields=("matter",), name="dispatch_by_matter"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
