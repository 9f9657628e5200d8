"""Root causes, and the actions that remove them (ISO 9001 10.2)."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from complaints.capa.enums import ActionKind, CapaState
from complaints.models import Complaint
from complaints.models.complaint import scoped
from complaints.models.part import PartOfComplaint
from complaints.permissions import READERS
from members.actors import Actor
from members.identifiers import new_id
from members.privacy.fields import SealedTextField
from members.privacy.scoping import ScopedManager


class RootCause(PartOfComplaint):
    """Why a complaint arose, coded. A complaint may have several; an imported one keeps its source's own label."""

    cause = models.CharField(max_length=40, db_index=True, help_text="A code of causes.toml.")
    source_label = models.CharField(max_length=200, blank=True)
    explanation = SealedTextField(null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("complaint", "cause", "source_label"), name="root_cause_once_per_complaint"
            ),
        )


class StaffRecord(models.Model):
    """Abstract. What staff who read complaints may read, and members may not."""

    objects = ScopedManager()

    class Meta:
        abstract = True

    @classmethod
    def scope_for(cls, actor: Actor, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Staff who read complaints see them all."""
        return rows if actor.has(*READERS) else rows.none()


class Capa(StaffRecord):
    """A corrective and preventive action plan. The criterion of its effectiveness is fixed when it is approved."""

    matter = models.OneToOneField("slas.Matter", models.PROTECT, primary_key=True, related_name="+")
    reference = models.CharField(max_length=16, unique=True)
    opening_key = models.UUIDField(null=True, unique=True, help_text="The form: one form, one CAPA.")
    title = SealedTextField()
    problem = SealedTextField()
    cause = models.CharField(max_length=40, db_index=True)
    state = models.CharField(max_length=14, choices=CapaState, default=CapaState.OPENED)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    complaints = models.ManyToManyField(Complaint, through="CapaComplaint", related_name="+")
    erased_complaints = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How many more it had: their time was over, and they are erased."
    )

    criterion = SealedTextField(null=True, help_text="How we will know that it worked.")
    check_on = models.DateField(null=True)
    verdict_reason = SealedTextField(null=True)

    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    planned_at = models.DateTimeField(null=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    implemented_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="capa_planned_has_criterion",
                condition=Q(state="opened")
                | Q(planned_at__isnull=False, check_on__isnull=False, criterion__isnull=False),
            ),
            models.CheckConstraint(
                name="capa_planned_by_another",
                condition=Q(planned_by__isnull=True) | ~Q(planned_by=models.F("owner")),
            ),
            models.CheckConstraint(
                name="capa_implemented_stamped",
                condition=Q(state__in=["opened", "planned"], implemented_at__isnull=True)
                | (~Q(state__in=["opened", "planned"]) & Q(implemented_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="capa_verified_by_another",
                condition=~Q(state__in=["effective", "not_effective"])
                | (
                    Q(verified_at__isnull=False, verified_by__isnull=False, verdict_reason__isnull=False)
                    & ~Q(verified_by=models.F("owner"))
                ),
            ),
        )

    def __str__(self) -> str:
        return self.reference


class CapaNumber(models.Model):
    """The last number that was given to a CAPA in a year. Whoever takes the next one locks the row."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.last} in {self.year}"


class CapaComplaint(StaffRecord):
    """A complaint that a CAPA answers."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    capa = models.ForeignKey(Capa, models.PROTECT, related_name="+")
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("capa", "complaint"), name="capa_complaint_once"),)

    def __str__(self) -> str:
        return f"complaint {self.complaint_id} of CAPA {self.capa_id}"

    @classmethod
    def scope_for(cls, actor: Actor, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Follow the complaint's own scope: a CAPA tells nobody of a complaint that is not there for that person."""
        return scoped(actor, rows, own=lambda mine: mine.none(), prefix="complaint__")


class CapaAction(StaffRecord):
    """One thing that somebody does by a date; a matter of its own, so that a clock keeps the date."""

    matter = models.OneToOneField("slas.Matter", models.PROTECT, primary_key=True, related_name="+")
    capa = models.ForeignKey(Capa, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ActionKind)
    description = SealedTextField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_on = models.DateField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_on}"
