"""The tables of complaints handling."""

from complaints.models.complaint import Complaint
from complaints.models.own import own_complaints_of
from complaints.models.restricted import ANSWERED_WITHIN, LONGEST, Opening, opened_by
from complaints.models.source import Recovery, SourceRecord
from complaints.models.task import Task
from complaints.models.timeline import TimelineEntry
from complaints.models.work import AXES, Assessment, Decision, Enclosure, Evidence, Note, Restriction, StoreSweep

__all__ = (
    "ANSWERED_WITHIN",
    "AXES",
    "LONGEST",
    "Assessment",
    "Complaint",
    "Decision",
    "Enclosure",
    "Evidence",
    "Note",
    "Opening",
    "Recovery",
    "Restriction",
    "SourceRecord",
    "StoreSweep",
    "Task",
    "TimelineEntry",
    "opened_by",
    "own_complaints_of",
)
