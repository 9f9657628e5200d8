"""Everything that changes the deadline engine's rows on behalf of an act."""

from slas.fold import NOT_RECORDED, ClockRefused
from slas.operations.clocks import (
    cancel_clock,
    complete_clock,
    extend_clock,
    open_clock,
    pause_clock,
    replace_clock,
    resume_clock,
    start_clock,
)
from slas.operations.effects import enqueue
from slas.operations.matters import open_matter
from slas.operations.publish_policies import publish_policies
from slas.versions import PolicyMissing

__all__ = (
    "NOT_RECORDED",
    "ClockRefused",
    "PolicyMissing",
    "cancel_clock",
    "complete_clock",
    "enqueue",
    "extend_clock",
    "open_clock",
    "open_matter",
    "pause_clock",
    "publish_policies",
    "replace_clock",
    "resume_clock",
    "start_clock",
)
