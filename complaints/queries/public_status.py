"""What somebody may know of a complaint without signing in: where it stands, and nothing about whom or what."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from complaints.models import Complaint
from complaints.queries.standing import Standing, standing_of
from slas.queries import open_clocks


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """A complaint without any personal data. `has_email`: the complainant hears from us by e-mail."""

    reference: str
    standing: Standing
    has_email: bool


def status_of(*, complaint_id: UUID, now: datetime) -> PublicStatus | None:
    """Return where a complaint stands, for whoever has proven to be its complainant; None if there is none."""
    rows = Complaint.objects.unscoped("no personal data leaves this function")
    complaint = rows.select_related("matter").filter(pk=complaint_id).first()
    if complaint is None:
        return None
    standing = standing_of(complaint, open_clocks([complaint_id]).get(complaint_id, []), now=now)
    return PublicStatus(complaint.reference, standing, complaint.has_email)
