"""How a complainant can be reached."""

from complaints.models import Complaint
from members.models import Member

NOBODY_READS = "The complainant has no account here to read it in. Call, or write by post."
NOWHERE_TO_POST = (
    "There is no postal address. Ask the complainant for it and record it on the case; then issue the letter."
)


def reads_online(complaint: Complaint) -> bool:
    """Tell whether the complainant gets our notices by e-mail and can sign in to read what they are about."""
    if not complaint.has_email:
        return False
    if complaint.filed_by_id is not None:
        return True
    accounts = Member.objects.unscoped("whether there is an account").filter(user__isnull=False)
    return complaint.member_id is not None and accounts.filter(pk=complaint.member_id).exists()


def writing_refusal(complaint: Complaint) -> str | None:
    """Return why writing into the portal is of no use, or None."""
    return None if reads_online(complaint) else NOBODY_READS


def posting_refusal(complaint: Complaint) -> str | None:
    """Return why a letter cannot be posted, or None."""
    return None if complaint.has_postal_address else NOWHERE_TO_POST


def letter_refusal(complaint: Complaint) -> str | None:
    """Return why no letter reaches the complainant on any way, or None."""
    return None if complaint.has_postal_address or reads_online(complaint) else NOWHERE_TO_POST
