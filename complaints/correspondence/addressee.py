"""Who at the complainant's end hears from us: whoever filed for a member does so while that authorisation lasts."""

from datetime import datetime

from complaints.models import Complaint
from members.accounts.models import User
from members.actors import Actor


def filer_of(complaint: Complaint, *, at: datetime) -> Actor | None:
    """Return whoever filed it, with what that person may do at this moment; None for nobody with an open account.

    One query, none where it was filed without an account.
    """
    if complaint.filed_by_id is None:
        return None
    user = User.objects.with_standing().filter(pk=complaint.filed_by_id, is_active=True).first()
    return user.as_actor(at=at) if user else None


def has_lost_its_filer(complaint: Complaint, filer: Actor | None) -> bool:
    """Tell whether it was filed for a member by somebody who acts for that member no longer: `filer_of` it."""
    if complaint.filed_by_id is None or complaint.member_id is None:
        return False
    return filer is None or complaint.member_id not in filer.members()


def address_of(complaint: Complaint, *, at: datetime) -> str | None:
    """Return where e-mail to the complainant goes, None for nowhere. It opens, so call it inside `phi_access`.

    The address is that of whoever filed. Once that person acts for the member no longer, it is the member's own.
    """
    if has_lost_its_filer(complaint, filer_of(complaint, at=at)):
        return complaint.member.email
    return complaint.complainant_email
