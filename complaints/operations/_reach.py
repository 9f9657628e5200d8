"""What is written here must be read by somebody."""

from datetime import datetime

from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint
from complaints.queries.reach import online_refusal, posting_refusal, reach_of, writing_refusal


def demand_reader_of_messages(complaint: Complaint, *, at: datetime) -> None:
    """Refuse to write into the portal for somebody who could not read it there. Raises TransitionRefused."""
    _demand(writing_refusal(reach_of(complaint, at=at)))


def demand_reader_of_letters(complaint: Complaint, *, at: datetime) -> None:
    """Refuse to put a letter into the portal for somebody who could not read it there. Raises TransitionRefused."""
    _demand(online_refusal(reach_of(complaint, at=at)))


def demand_reachable_by_post(complaint: Complaint, *, at: datetime) -> None:
    """Refuse to post a letter that has no address, or somebody else's. Raises TransitionRefused."""
    _demand(posting_refusal(reach_of(complaint, at=at)))


def _demand(refusal: str | None) -> None:
    if refusal:
        raise TransitionRefused(refusal)
