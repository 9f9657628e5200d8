"""Where an imported complaint came from, with the labels its source gave it."""

from django.db import models

from complaints.models.part import PartOfComplaint


class SourceRecord(PartOfComplaint):
    """One imported record. `labels` keeps the source's own words, known or unknown; nothing of them is dropped."""

    complaint = models.OneToOneField("complaints.Complaint", models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    labels = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source", "key"), name="source_record_imported_once"),)


class Recovery(PartOfComplaint):
    """Money that one company paid because of a complaint, once per company."""

    company = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("complaint", "company"), name="recovery_once_per_company"),
            models.CheckConstraint(name="recovery_not_negative", condition=models.Q(amount__gte=0)),
        )
