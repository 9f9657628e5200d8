"""What the deadline engine keeps."""

from slas.models.checks import FoldCheck
from slas.models.clocks import OPEN, Clock, ClockEvent, ClockState, EventKind
from slas.models.drafts import DraftKind, DraftState, PolicyDraft
from slas.models.effects import Firing, Outbox, Sweeper
from slas.models.matters import Matter
from slas.models.versions import CalendarVersion, PolicyVersion

__all__ = (
    "OPEN",
    "CalendarVersion",
    "Clock",
    "ClockEvent",
    "ClockState",
    "DraftKind",
    "DraftState",
    "EventKind",
    "Firing",
    "FoldCheck",
    "Matter",
    "Outbox",
    "PolicyDraft",
    "PolicyVersion",
    "Sweeper",
)
