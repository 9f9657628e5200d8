"""Turn a dispatch into an e-mail and hand it to the mail server. No health data goes into any e-mail."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.core.signing import TimestampSigner
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from complaints.correspondence.addressee import address_of, filer_of, is_still_theirs
from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.enums import Track
from complaints.models import Complaint
from complaints.promises import due_in_full, promise_named, promised
from members.accounts.links import make_token
from members.accounts.signals import ADDRESS_OF_LINK, LinkKind
from members.actors import SYSTEM, Role, Scope
from members.models import Member
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from members.registration_links import make_registration_token
from slas.models import Clock
from slas.queries import open_clocks
from slas.versions import zone_of

KEPT_BY_IT = frozenset({"law_acknowledge"})
"""What the confirmation itself keeps, so that it does not promise it."""
PAGES = {
    DispatchKind.ACCOUNT_CHANGED: "accounts:security",
    DispatchKind.ACCESS_REVIEW: "people:review",
    DispatchKind.REVIEW_WAITS: "oversight:reviews",
}
"""Where e-mail leads that is about no complaint and no other object."""
LINKS = {LinkKind.RESET: "accounts:reset", LinkKind.NEW_EMAIL: "accounts:confirm_email"}
STATUS_SALT = "complaints.status-link"


class NoAddress(ValueError):
    """There is nobody to send this to; trying again does not help."""


class NoLongerTheirs(ValueError):
    """Whoever it was for works here no longer, or may not know of the case any more; nobody gets it."""


def send_email(dispatch: Dispatch, *, at: datetime) -> None:
    """Send one e-mail; return only when the mail server has accepted it.

    Raises NoAddress, NoLongerTheirs, OSError, SMTPException.

    The Message-ID is made of the dispatch's id: should a worker die between sending and recording, the second copy
    carries the same id and mail programs show one.
    """
    rows = Complaint.objects.unscoped("deliver mail about it").select_related("matter", "member")
    complaint = rows.filter(pk=dispatch.matter_id).first()
    if not is_still_theirs(dispatch, complaint, at=at):
        raise NoLongerTheirs(f"dispatch {dispatch.pk} is nothing for its reader any more")
    address = _address(dispatch, complaint, at)
    language = complaint.language if complaint and not dispatch.to_user_id else settings.LANGUAGE_CODE
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        text = render_to_string(f"mail/{dispatch.kind}.txt", _context(dispatch, complaint, at))
    subject, _, body = text.partition("\n")
    host = settings.PUBLIC_URL.split("//")[-1].split(":")[0].split("/")[0]
    headers = {"Message-ID": f"<{dispatch.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    EmailMessage(subject.strip(), body.strip() + "\n", to=[address], headers=headers).send(fail_silently=False)


def _address(dispatch: Dispatch, complaint: Complaint | None, at: datetime) -> str:
    with phi_access(actor=SYSTEM, purpose=Purpose.DELIVERY, matter_id=dispatch.matter_id, at=at):
        if dispatch.address:
            address = _still_theirs(dispatch, dispatch.address)
        elif dispatch.to_user:
            address = dispatch.to_user.email
        elif member_id := dispatch.detail.get("member"):
            address = Member.objects.unscoped("deliver the link asked for").get(pk=member_id).email
        else:
            address = complaint and address_of(complaint, at=at)
    if not address:
        raise NoAddress(f"dispatch {dispatch.pk} has no address")
    return address


def _still_theirs(dispatch: Dispatch, address: str) -> str:
    """Return the address that was fixed when this was asked for. Raises NoLongerTheirs.

    A notice goes there whatever has changed since; a link only while the account still has, or wants, that address.
    """
    field = ADDRESS_OF_LINK.get(dispatch.detail.get("link", ""))
    if field and getattr(dispatch.to_user, field) != address:
        raise NoLongerTheirs(f"dispatch {dispatch.pk} has a link for an address that the account has no longer")
    return address


def _context(dispatch: Dispatch, complaint: Complaint | None, at: datetime) -> dict[str, object]:
    return {
        "detail": dispatch.detail,
        "due": _due(dispatch),
        "role": _role(dispatch),
        "about": _about(dispatch),
        "complaint": complaint,
        "case_manager": _case_manager(dispatch),
        "promises": _promises(dispatch, complaint, at)
        if complaint and dispatch.kind == DispatchKind.ACKNOWLEDGEMENT
        else [],
        "insurer": settings.INSURER_NAME,
        "phone": settings.INSURER_PHONE,
        "link": settings.PUBLIC_URL + _path(dispatch, complaint, at),
    }


def _due(dispatch: Dispatch) -> str:
    """Return the date that an alert is about, in the zone of its clock, "" for none."""
    if "due_at" not in dispatch.detail:
        return ""
    zone = ZoneInfo(dispatch.detail.get("tz", settings.HOUSE_TIME_ZONE))
    return due_in_full(datetime.fromisoformat(dispatch.detail["due_at"]), zone)


def _role(dispatch: Dispatch) -> str:
    """Return the role that a notice is about, in words, "" for none."""
    return str(Role(dispatch.detail["role"]).label) if dispatch.detail.get("role") in Role.values else ""


def _about(dispatch: Dispatch) -> str:
    """Return the name of the colleague whom a notice is about, "" for nobody."""
    user_id = dispatch.detail.get("user")
    return str(get_user_model().objects.get(pk=user_id)) if user_id else ""


def _case_manager(dispatch: Dispatch) -> str:
    """Return the name of whoever the request names, "" for nobody."""
    user_id = dispatch.detail.get("case_manager")
    return str(get_user_model().objects.get(pk=user_id)) if user_id else ""


def _promises(dispatch: Dispatch, complaint: Complaint, at: datetime) -> list[str]:
    """Return what is still owed after this acknowledgement, in sentences: on the expedited track a name, too."""
    zone = ZoneInfo(complaint.matter.time_zone)
    clocks = [clock for clock in open_clocks([complaint.pk]).get(complaint.pk, []) if clock.policy.promise]
    owes_name = complaint.track == Track.EXPEDITED and "case_manager" not in dispatch.detail
    owed = [(_promise_named(clock), clock) for clock in clocks]
    return [
        promised(
            kind,
            due_at=clock.due_at,
            now=at,
            zone=zone_of(clock) if clock.policy.legal else zone,
            to_the_minute=clock.ends_to_the_minute,
        )
        for kind, clock in owed
        if kind not in KEPT_BY_IT and (kind != "case_manager" or owes_name)
    ]


def _promise_named(clock: Clock) -> str:
    """Return the wording of what is still owed: of our own confirmation, sent now, only the name can be missing."""
    if clock.kind == "acknowledge":
        return "case_manager"
    return promise_named(clock.kind, legal=clock.policy.legal, met_on=clock.policy.met_on)


def _path(dispatch: Dispatch, complaint: Complaint | None, at: datetime) -> str:
    if dispatch.kind == DispatchKind.ALERT_DIGEST:
        chosen = dispatch.detail["list"]
        return reverse("quality:capa_list") if chosen == "capas" else f"{reverse('desk:queue')}?view={chosen}"
    if complaint is None:
        return _path_without_complaint(dispatch, at)
    if dispatch.to_user_id:
        return _path_of_colleague(dispatch, complaint)
    if dispatch.kind == DispatchKind.STATUS_LINK:
        return reverse("public:status_of", args=[TimestampSigner(salt=STATUS_SALT).sign(complaint.pk.hex)])
    filer = filer_of(complaint, at=at)
    if (complaint.member and complaint.member.user_id) or (filer and complaint.allows(filer, Scope.READ)):
        return reverse("member:case", args=[complaint.reference])
    return reverse("public:status")


def _path_of_colleague(dispatch: Dispatch, complaint: Complaint) -> str:
    if dispatch.detail.get("role") == Role.PRIVACY_OFFICER:
        return reverse("desk:opening", args=[dispatch.detail["opening"]])
    return reverse("desk:case", args=[complaint.reference])


def _path_without_complaint(dispatch: Dispatch, at: datetime) -> str:
    if dispatch.kind in PAGES:
        return reverse(PAGES[dispatch.kind])
    if dispatch.kind == DispatchKind.ROLE_CHANGED:
        return reverse("people:person", args=[dispatch.detail["user"]])
    if dispatch.kind == DispatchKind.ACCOUNT_LINK and "member" in dispatch.detail:
        return reverse("accounts:registration", args=[make_registration_token(UUID(dispatch.detail["member"]), at=at)])
    if dispatch.kind == DispatchKind.ACCOUNT_LINK:
        kind = LinkKind(dispatch.detail["link"])
        return reverse(LINKS[kind], args=[make_token(dispatch.to_user, kind)])
    return reverse("quality:capa", args=[dispatch.detail["capa"]])
