"""Drafts of policy packs and calendars: what somebody would like to be in force, until another person publishes it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.identifiers import new_id


class DraftKind(models.TextChoices):
    """What is drafted."""

    PACK = "pack", _("Policy pack")
    CALENDAR = "calendar", _("Calendar")


class DraftState(models.TextChoices):
    """How far a draft has come. Its words stand still from submission on: a change is another draft."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PolicyDraft(models.Model):
    """The text of one pack or calendar as somebody proposes it, to take effect on `effective_on`.

    Migrations 0005 and 0011 keep the words of what is submitted, and everything of what is published or withdrawn.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=DraftKind)
    name = models.CharField(max_length=40, help_text="The pack or the calendar, as the text calls it.")
    text = models.TextField(help_text="TOML, as in the files of slas/policy_packs and slas/calendars.")
    sha256 = models.BinaryField(max_length=32, help_text="Of the text: the draft that was seen is the one published.")
    note = models.TextField(help_text="Why, for the person who publishes it.")
    effective_on = models.DateField(help_text="From this day on it is in force for what starts then.")
    state = models.CharField(max_length=10, choices=DraftState, default=DraftState.DRAFT)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_on = models.DateField(null=True, help_text="The day of publication where the calendar counts.")
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    compared_with = ArrayField(
        models.UUIDField(), default=list, help_text="What was newest of its pack or calendar when it was submitted."
    )
    replay_since = models.DateField(null=True)
    replay_until = models.DateField(null=True)
    replay_asked_at = models.DateTimeField(null=True)
    replay = models.JSONField(null=True, help_text="slas.replay_figures.Figures.told(), without a word about members.")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="slas_draft_published_by_another",
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("written_by")),
            ),
            models.CheckConstraint(
                name="slas_draft_submitted_stamped",
                condition=Q(state="draft", submitted_at__isnull=True)
                | Q(state__in=["submitted", "published"], submitted_at__isnull=False)
                | Q(state="withdrawn"),
            ),
            models.CheckConstraint(
                name="slas_draft_published_stamped",
                condition=Q(
                    state="published",
                    published_by__isnull=False,
                    published_at__isnull=False,
                    published_on__isnull=False,
                )
                | (
                    ~Q(state="published")
                    & Q(published_by__isnull=True, published_at__isnull=True, published_on__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="slas_draft_withdrawn_stamped",
                condition=Q(state="withdrawn", withdrawn_by__isnull=False, withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="slas_draft_in_force_after_publication",
                condition=Q(published_on__isnull=True) | Q(effective_on__gt=F("published_on")),
            ),
            models.CheckConstraint(
                name="slas_draft_replay_was_asked", condition=Q(replay__isnull=True) | Q(replay_asked_at__isnull=False)
            ),
        )
        indexes = (models.Index(fields=("-written_at",), name="slas_draft_newest"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.name} from {self.effective_on}"

    @property
    def is_open(self) -> bool:
        """Tell whether it may still become law."""
        return self.state in {DraftState.DRAFT, DraftState.SUBMITTED}
