"""The draft that a request is about: its signed cookie, and what to say when a page and its draft have parted."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from complaints.intake.drafts import DraftInHand, draft_in_hand
from complaints.intake.operations import DRAFTS_LAST

SALT = "complaints.intake.draft"


@dataclass(frozen=True, slots=True)
class Target:
    """Where what was sent belongs: a draft, or a new one (None); or `refusal`, the words for why it cannot be saved."""

    draft_id: UUID | None
    refusal: str = ""


def in_hand(request: HttpRequest, *, at: datetime) -> DraftInHand | None:
    """Return the draft of this browser or account, or None."""
    return draft_in_hand(actor=request.actor, at=at, cookie_id=cookie_draft_id(request), page_id=page_draft_id(request))


def cookie_draft_id(request: HttpRequest) -> UUID | None:
    """Return the draft that this browser worked on last. A cookie that is too old or was changed counts as none."""
    return read_id(request.get_signed_cookie(settings.DRAFT_COOKIE_NAME, default="", salt=SALT, max_age=DRAFTS_LAST))


def page_draft_id(request: HttpRequest) -> UUID | None:
    """Return the draft for which the page that was sent had been made; the page says it in a hidden input."""
    return read_id(request.POST.get("draft", ""))


def remember(response: HttpResponse, draft_id: UUID) -> HttpResponse:
    """Let the browser find this draft again for 30 days from now."""
    response.set_signed_cookie(
        settings.DRAFT_COOKIE_NAME,
        draft_id.hex,
        salt=SALT,
        max_age=DRAFTS_LAST,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def target_of(request: HttpRequest, draft: DraftInHand | None) -> Target:
    """Return where the words of a page belong, so that they are never lost and never added to another complaint.

    A refused page is drawn again with its words; made for the draft that is in hand now, it is taken the next time.
    """
    page_id = page_draft_id(request)
    if page_id is None:
        return Target(draft.id if draft and draft.is_open else None)
    if draft is None or (draft.id != page_id and not draft.is_open):
        return Target(
            None,
            _(
                "We cannot find the answers that go with this page. Were you signed in? Then sign in again in another"
                " tab, come back to this page and press the button once more. If not, press it now to start a new"
                " complaint with what is on this page."
            ),
        )
    if draft.id != page_id:
        return Target(
            None,
            _(
                "You started another complaint after you opened this page. Does this belong to it? Then press the"
                " button again."
            ),
        )
    if not draft.is_open:
        return Target(None, already_sent())
    return Target(draft.id)


def already_sent() -> str:
    """Return what to say to words that come after their complaint was sent."""
    return _("You have sent this complaint already, so this was not added to it. Copy it if you need it.")


def too_often() -> str:
    """Return what to say to words that come too soon after too many others; they are still on the page."""
    return _(
        "We got too much from your network or for this complaint in a short time, so this was not taken. What you typed"
        " is still here. Wait an hour, then press the button again, or call us: %(phone)s."
    ) % {"phone": settings.INSURER_PHONE}


def read_id(text: str) -> UUID | None:
    """Return the id that a cookie or a page names, None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
