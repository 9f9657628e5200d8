"""How a complainant can be reached."""

from complaints.models import Complaint
from members.models import Member


def reads_online(complaint: Complaint) -> bool:
    """Tell whether the complainant gets our notices by e-mail and can sign in to read what they are about."""
    if not complaint.has_email or complaint.member_id is None:
        return False
    accounts = Member.objects.unscoped("whether there is an account").filter(user__isnull=False)
    return accounts.filter(pk=complaint.member_id).exists()
