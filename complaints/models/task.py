"""What somebody has to do about a complaint or a CAPA beside the way to its answer."""

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from complaints.enums import TaskKind
from complaints.models.complaint import Complaint, scoped
from members.actors import STAFF, Actor, Role
from members.identifiers import new_id
from members.privacy.scoping import ScopedManager
from slas.models import OPEN, Clock

NOTICE_CAUSE = "notice:"
"""What the cause of a task begins with that a notice has opened; the notice's key follows."""
ROLES = tuple((role.value, role.label) for role in Role if role in STAFF)


class Task(models.Model):
    """One thing to do, for one person or for whoever holds a role; one cause opens it once.

    A task that a clock opened stands open no longer than the clock: once what was owed is done, nothing is left to do.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("slas.Matter", models.PROTECT, related_name="+")
    complaint = models.ForeignKey(Complaint, models.PROTECT, null=True, related_name="+", help_text="Empty: a CAPA's.")
    reference = models.CharField(max_length=16, help_text="Of the complaint or the CAPA.")
    kind = models.CharField(max_length=20, choices=TaskKind)
    detail = models.JSONField(default=dict, help_text="Codes that complete its sentence.")
    cause = models.CharField(max_length=160, unique=True, help_text="What opened it, by name.")
    clock_id = models.UUIDField(null=True, help_text="The clock of the matter that opened it.")
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=20, choices=ROLES, blank=True)
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", help_text="Empty: it settled itself."
    )

    objects = ScopedManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="task_for_person_or_role",
                condition=Q(assignee__isnull=False, role="") | (Q(assignee__isnull=True) & ~Q(role="")),
            ),
            models.CheckConstraint(
                name="task_role_is_of_staff", condition=Q(role="") | Q(role__in=[role for role, _ in ROLES])
            ),
            models.CheckConstraint(
                name="task_of_its_own_complaint", condition=Q(complaint__isnull=True) | Q(complaint=F("matter"))
            ),
            models.CheckConstraint(
                name="task_done_after_opened",
                condition=Q(done_at__isnull=True, done_by__isnull=True) | Q(done_at__gte=F("opened_at")),
            ),
        )
        indexes = (
            models.Index(fields=("assignee",), name="task_open_of_person", condition=Q(done_at__isnull=True)),
            models.Index(fields=("role",), name="task_open_of_role", condition=Q(done_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.kind} on {self.reference}"

    @property
    def notice_id(self) -> UUID | None:
        """Return the notice whose sending alone ends this task, None for any other task."""
        return UUID(self.cause.removeprefix(NOTICE_CAUSE)) if self.kind == TaskKind.SEND_NOTICE else None

    @classmethod
    def scope_for(cls, actor: Actor, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Follow the complaint's own scope; members see none."""
        return scoped(actor, rows, own=lambda mine: mine.none(), prefix="complaint__")

    @classmethod
    def still_open(cls) -> Q:
        """Return the condition that there is still something to do."""
        running = Clock.objects.filter(matter_id=OuterRef("matter_id"), id=OuterRef("clock_id"), state__in=OPEN)
        return Q(done_at__isnull=True) & (Q(clock_id__isnull=True) | Exists(running))
