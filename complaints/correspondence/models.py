"""Messages, letters and the outbox of sends."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from complaints.enums import Language
from complaints.models import Complaint
from complaints.models.part import PartOfComplaint
from members.actors import Scope
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

    needs = Scope.LETTERS

    @classmethod
    def for_members(cls, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Members see letters once they are sent."""
        return rows.filter(sent_at__isnull=False)


class NoticeKind(models.TextChoices):
    """What we send because a date was missed or moved."""

    DELAY_LETTER = "delay_letter", "Letter of delay"
    NOTICE_TO_NEXT_BODY = "notice_to_next_body", "Notice to the next body"
    EXTERNAL_REVIEW_FILE = "external_review_file", "File for the external review"
    EXTENSION_LETTER = "extension_letter", "Letter about a later date"


TO_MEMBER = (NoticeKind.DELAY_LETTER, NoticeKind.EXTENSION_LETTER)


class Notice(PartOfComplaint):
    """A letter, notice or file of a clock, exactly as it was made: one of a kind for each epoch and addressee.

    `channel` is how a letter reaches the member; a body's notice has none, for somebody passes it on.
    """

    clock_id = models.UUIDField()
    epoch = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=NoticeKind)
    addressee = models.CharField(max_length=120, help_text='"member", or the body as the policy pack names it.')
    clause = models.CharField(max_length=120)
    channel = models.CharField(max_length=8, choices=LetterChannel, blank=True)
    media_type = models.CharField(max_length=40)
    content = SealedJSONField(help_text="The letter; of a file its first page.")
    file = SealedBytesField(purpose="file")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, help_text="Proof: accepted by the mail server, posted, or passed on.")

    needs = Scope.LETTERS

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("complaint", "clock_id", "epoch", "kind", "addressee"), name="notice_once_to_each"
            ),
            models.CheckConstraint(
                name="notice_to_member_has_a_channel",
                condition=Q(kind__in=TO_MEMBER, channel__in=LetterChannel.values)
                | (~Q(kind__in=TO_MEMBER) & Q(channel="")),
            ),
        )

    @classmethod
    def for_members(cls, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Members see their own letters once they are sent."""
        return rows.filter(kind__in=TO_MEMBER, sent_at__isnull=False)


class DispatchKind(models.TextChoices):
    """What an e-mail tells; none of them holds health data."""

    ACKNOWLEDGEMENT = "acknowledgement"
    LETTER_READY = "letter_ready"
    MESSAGE_READY = "message_ready"
    NOTICE_READY = "notice_ready"
    STATUS_LINK = "status_link"
    CLOCK_ALERT = "clock_alert"
    HANDED_OVER = "handed_over"
    ALERT_DIGEST = "alert_digest"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_LINK = "account_link"
    ACCESS_REVIEW = "access_review"
    GLASS_BROKEN = "glass_broken"
    ROLE_CHANGED = "role_changed"
    REVIEW_WAITS = "review_waits"


class Dispatch(models.Model):
    """One e-mail to send, once. It is sent outside any transaction; `sent_at` is the mail server's acceptance."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("slas.Matter", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=DispatchKind)
    dedupe_key = models.CharField(max_length=160, unique=True)
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Whoever has the account; else the complainant.",
    )
    address = SealedTextField(
        null=True, help_text="Fixed when it was asked for, where a later change must not lead it elsewhere."
    )
    detail = models.JSONField(default=dict)
    requested_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True, help_text="Given up: nobody will get it unless somebody acts.")
    told_in = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="told", help_text="The digest that tells it instead."
    )
    retried_at = models.DateTimeField(null=True, help_text="Somebody had it tried again after it was given up.")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="dispatch_sent_or_failed", condition=Q(sent_at__isnull=True) | Q(failed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="dispatch_digest_tells_staff", condition=Q(told_in__isnull=True) | Q(to_user__isnull=False)
            ),
        )
        indexes = (
            models.Index(fields=("matter",), name="dispatch_by_matter"),
            models.Index(
                fields=("to_user", "requested_at"), name="dispatch_to_staff", condition=Q(to_user__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
