"""What the nightly proof of the clocks found, kept for those who were asleep."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from members.identifiers import new_id


class FoldCheck(models.Model):
    """One finished comparison of every clock with the fold of its events. One that was cut short leaves no row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(db_default=Now())
    clocks = models.PositiveIntegerField(help_text="How many were compared.")
    misfolded = models.PositiveIntegerField(help_text="How many are not what their events say; 0, ever.")

    class Meta:
        constraints = (models.CheckConstraint(name="slas_fold_check_of_all", condition=Q(misfolded__lte=F("clocks"))),)

    def __str__(self) -> str:
        return f"{self.misfolded} of {self.clocks} clocks differ from their events"
