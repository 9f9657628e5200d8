"""What is written here must be read by somebody."""

from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint
from complaints.queries.reach import posting_refusal, writing_refusal


def demand_reachable_online(complaint: Complaint) -> None:
    """Refuse to write into the portal for somebody who could not read it there. Raises TransitionRefused."""
    if refusal := writing_refusal(complaint):
        raise TransitionRefused(refusal)


def demand_reachable_by_post(complaint: Complaint) -> None:
    """Refuse to post a letter that has no address. Raises TransitionRefused."""
    if refusal := posting_refusal(complaint):
        raise TransitionRefused(refusal)
