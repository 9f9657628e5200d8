"""Who hears from us at the moment an e-mail goes out: what somebody was allowed when it was asked for may be over."""

from datetime import datetime

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.enums import TimelineCode
from complaints.models import Complaint, TimelineEntry
from members.actors import Actor, Role
from members.models import Representation
from members.queries import actor_now

ABOUT_WORK = frozenset(
    {
        DispatchKind.CLOCK_ALERT,
        DispatchKind.HANDED_OVER,
        DispatchKind.ALERT_DIGEST,
        DispatchKind.ACCESS_REVIEW,
        DispatchKind.GLASS_BROKEN,
        DispatchKind.ROLE_CHANGED,
        DispatchKind.REVIEW_WAITS,
    }
)
"""What tells colleagues of their work, and therefore nobody who has left it meanwhile."""
TOLD_TO_ROLES = {
    DispatchKind.ACCESS_REVIEW: (Role.ADMINISTRATOR,),
    DispatchKind.ROLE_CHANGED: (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER),
    DispatchKind.REVIEW_WAITS: (Role.PRIVACY_OFFICER, Role.LEAD),
}
"""What is for holders of one of these roles alone."""


def filer_of(complaint: Complaint, *, at: datetime) -> Actor | None:
    """Return whoever filed it, with what that person may do at this moment; None for nobody with an open account.

    One query, none where it was filed without an account.
    """
    return actor_now(complaint.filed_by_id, at=at)


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


def recipient_of(complaint: Complaint, *, at: datetime) -> tuple[str, str]:
    """Return the name and the postal address on a letter, "" for none. It opens, so call it inside `phi_access`.

    They are those of whoever filed. Once that person acts for the member no longer, the letter is the member's.
    """
    name, address = complaint.complainant_name or "", complaint.postal_address or ""
    if has_lost_its_filer(complaint, filer_of(complaint, at=at)):
        return complaint.member.name, "" if has_former_address(complaint, at=at) else address
    return name, address


def has_former_address(complaint: Complaint, *, at: datetime) -> bool:
    """Tell whether the postal address is still the one of somebody who acted for the member until some day.

    Two queries. It is, until somebody records another one after that day.
    """
    rows = Representation.objects.unscoped("until when the filer acted for the member")
    rows = rows.filter(user=complaint.filed_by_id, member=complaint.member_id, confirmed_at__isnull=False)
    ends = [min(row.revoked_at or row.expires_at, row.expires_at) for row in rows.only("revoked_at", "expires_at")]
    if not ends or max(ends) > at:
        return False
    entries = TimelineEntry.objects.unscoped("whether it was recorded since").filter(complaint_id=complaint.pk)
    return not entries.filter(code=TimelineCode.ADDRESS_RECORDED, at__gte=max(ends)).exists()


def is_still_theirs(dispatch: Dispatch, complaint: Complaint | None, *, at: datetime) -> bool:
    """Tell whether an e-mail may still tell what it was asked to tell, for an hour or a day may have passed since.

    Of work only somebody who works here hears, and of a case nobody whose own it is or from whom it is hidden: one
    query, and one more for a restricted case.
    """
    if dispatch.to_user_id is None or dispatch.kind not in ABOUT_WORK:
        return True
    actor = actor_now(dispatch.to_user_id, at=at)
    if actor is None or not actor.is_staff:
        return False
    if dispatch.kind in TOLD_TO_ROLES:
        return actor.has(*TOLD_TO_ROLES[dispatch.kind])
    if complaint is None or dispatch.kind == DispatchKind.ALERT_DIGEST:
        return True
    return not (complaint.is_own_of(actor) or complaint.is_hidden_from(actor))
