"""How a complainant can be reached."""

from dataclasses import dataclass
from datetime import datetime

from complaints.correspondence.addressee import filer_of, has_former_address, has_lost_its_filer
from complaints.models import Complaint
from members.actors import Scope
from members.models import Member

NOBODY_READS = "The complainant has no account here to read it in. Call, or write by post."
NOWHERE_TO_POST = (
    "There is no postal address. Ask the complainant for it and record it on the case; then issue the letter."
)
NOT_THE_MEMBERS = (
    "The postal address is of somebody who acts for the member no longer. Record the member's own on the case; then "
    "issue the letter."
)
ONLINE = (Scope.READ, Scope.LETTERS)
"""What an authorisation must allow to read messages, and to read letters."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Who of the complainant's side gets our notices by e-mail and can sign in to read what they are about, now.

    `messages` and `letters` differ where somebody acts for the member who may not get letters. `not_by_post` says why a
    letter cannot be posted, "" if it can.
    """

    messages: bool
    letters: bool
    not_by_post: str = ""


def reach_of(complaint: Complaint, *, at: datetime) -> Reach:
    """Return how the complainant can be reached at this moment: four queries at most."""
    filer = filer_of(complaint, at=at)
    is_lost = has_lost_its_filer(complaint, filer)
    if filer is not None and not is_lost:
        messages, letters = (complaint.has_email and complaint.allows(filer, scope) for scope in ONLINE)
    else:
        messages = letters = _member_reads(complaint, by_own_address=is_lost)
    return Reach(messages, letters, _not_by_post(complaint, is_lost=is_lost, at=at))


def writing_refusal(reach: Reach) -> str | None:
    """Return why a message into the portal is of no use, or None."""
    return None if reach.messages else NOBODY_READS


def online_refusal(reach: Reach) -> str | None:
    """Return why a letter in the portal is of no use, or None."""
    return None if reach.letters else NOBODY_READS


def posting_refusal(reach: Reach) -> str | None:
    """Return why a letter cannot be posted, or None."""
    return reach.not_by_post or None


def letter_refusal(reach: Reach) -> str | None:
    """Return why no letter reaches the complainant on any way, or None."""
    return None if reach.letters else posting_refusal(reach)


def _not_by_post(complaint: Complaint, *, is_lost: bool, at: datetime) -> str:
    if not complaint.has_postal_address:
        return NOWHERE_TO_POST
    return NOT_THE_MEMBERS if is_lost and has_former_address(complaint, at=at) else ""


def _member_reads(complaint: Complaint, *, by_own_address: bool) -> bool:
    """Tell whether the member has an account, and an e-mail of ours would get there."""
    if complaint.member_id is None or not (by_own_address or complaint.has_email):
        return False
    rows = Member.objects.unscoped("whether there is an account").filter(pk=complaint.member_id, user__is_active=True)
    return rows.filter(email__isnull=False).exists() if by_own_address else rows.exists()
