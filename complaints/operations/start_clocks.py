"""What is owed from receipt starts, with the complaint or, where a calendar has run out of days, once it has more."""

from datetime import datetime
from uuid import UUID

from complaints.correspondence.operations import START_CLOCKS
from complaints.models import Complaint
from complaints.obligations import bind
from members.actors import SYSTEM
from members.acts import Act, act
from slas.calendar import HorizonPassed
from slas.models import Clock, Matter
from slas.operations import latest_clock, start_clock
from slas.operations.effects import enqueue

CLOCKS = ("acknowledge", "resolve")


def start_clocks(this: Act, complaint: Complaint, matter: Matter) -> None:
    """Start the clocks of the house and of the law from receipt.

    No complaint is lost because a calendar has run out of reviewed days: then the worker tries again, and the monitor
    of deadlines shows what it waits for. Of history the refusal is passed on. Raises HorizonPassed.
    """
    try:
        _start_missing(this, complaint, matter)
    except HorizonPassed:
        if complaint.is_history:
            raise
        enqueue(this=this, matter_id=matter.pk, key=f"start:{matter.pk}", topic=START_CLOCKS, payload={})


def start_late_clocks(*, at: datetime, complaint_id: UUID) -> list[Clock]:
    """Start those clocks from receipt that could not start then. Raises HorizonPassed while they still cannot."""
    with act(actor=SYSTEM, at=at) as this:
        complaint = this.lock(Complaint, complaint_id)
        if complaint.closed_at is None:
            _start_missing(this, complaint, this.lock(Matter, complaint_id))
        started = this.added(Clock, matter_id=complaint_id)
        if started:
            kinds = sorted(clock.kind for clock in started)
            this.record("complaint.clocks_started", matter_id=complaint_id, detail={"kinds": kinds})
        return started


def _start_missing(this: Act, complaint: Complaint, matter: Matter) -> None:
    for kind in CLOCKS:
        if latest_clock(this=this, matter_id=matter.pk, kind=kind) is None:
            start_clock(
                this=this, matter=matter, obligation=kind, track=complaint.track, started_at=complaint.received_at
            )
    bind(this, complaint, matter)
