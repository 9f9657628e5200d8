"""How a complainant can be reached: what is written here must be read by somebody."""

from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint
from complaints.queries.reach import reads_online


def demand_reachable_online(complaint: Complaint) -> None:
    """Refuse to write into the portal for somebody who could not read it there. Raises TransitionRefused."""
    if not reads_online(complaint):
        raise TransitionRefused("The complainant has no account here to read it in. Call, or write by post.")
