"""Openings that nobody has answered for are asked after once more (45 CFR 164.308(a)(1)(ii)(D))."""

from datetime import datetime

from complaints.correspondence.models import Dispatch
from complaints.models import ANSWERED_WITHIN, Complaint, Opening
from complaints.operations.break_glass import tell_of_opening
from members.actors import SYSTEM
from members.acts import act


def ask_after_openings(*, at: datetime) -> int:
    """Write once more to whoever answers for openings that have waited for three days. Return how many wait so long."""
    rows = Opening.objects.unscoped("what waits for an answer for too long")
    overdue = list(rows.filter(judged_at=None, opened_at__lte=at - ANSWERED_WITHIN).order_by("opened_at"))
    for opening in overdue:
        with act(actor=SYSTEM, at=at) as this:
            held = this.lock(Opening, opening.pk)
            key = f"glass-waits:{opening.pk}"
            if held.judged_at is None and not Dispatch.objects.filter(dedupe_key__startswith=key).exists():
                case = Complaint.objects.unscoped("who may be told").get(pk=opening.complaint_id)
                tell_of_opening(this, held, case, key=key, waits=True)
                this.record("opening.asked_after", matter_id=case.pk, object_type="opening", object_id=opening.pk)
    return len(overdue)
