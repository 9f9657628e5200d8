"""The tables of complaints handling."""

from complaints.models.complaint import Complaint, own_complaints_of
from complaints.models.source import Recovery, SourceRecord
from complaints.models.task import Task
from complaints.models.timeline import TimelineEntry
from complaints.models.work import AXES, Assessment, Decision, Enclosure, Evidence, Note

__all__ = (
    "AXES",
    "Assessment",
    "Complaint",
    "Decision",
    "Enclosure",
    "Evidence",
    "Note",
    "Recovery",
    "SourceRecord",
    "Task",
    "TimelineEntry",
    "own_complaints_of",
)
