"""The end of the complaint form: all answers on one page, sent once, confirmed with a reference and dates."""

from collections.abc import Iterator
from datetime import date
from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from complaints.intake.drafts import DraftInHand, files_kept
from complaints.intake.forms import FilesForm
from complaints.intake.limits import may_send
from complaints.intake.models import Draft
from complaints.intake.operations import send_draft
from complaints.intake.statement import IncompleteDraft
from complaints.intake.steps import CHECK, COUNT, STEPS, answered
from complaints.queries.member_cases import find_own_complaint
from complaints.queries.public_status import PublicStatus, status_of
from complaints.reference import read_reference
from complaints.views.drafts import cookie_draft_id, in_hand, page_draft_id, remember, too_often
from complaints.views.intake import FROM_CHECK, turned_away
from complaints.views.member_page import house_day, member_page
from members.accounts.places import client_address
from slas.queries import database_now


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Show all answers with a way to change each, and send them."""
    if request.method == "POST":
        return _send(request)
    return _check_page(request)


def _check_page(
    request: HttpRequest, *, refusal: str = "", refused_as: HTTPStatus = HTTPStatus.CONFLICT
) -> HttpResponse:
    draft = in_hand(request, at=request.at)
    today = house_day(request.at)
    if draft is None or (elsewhere := turned_away(draft, None, today=today)):
        return redirect("intake:start") if draft is None else elsewhere
    files = files_kept(actor=request.actor, at=request.at, draft_id=draft.id)
    context = {
        "rows": list(_rows(draft, [file.name for file in files], today=today)),
        "number": COUNT,
        "count": COUNT,
        "draft_id": draft.id,
        "back_url": reverse("intake:step", args=[STEPS[-1].name]),
        "refusal": refusal,
        "has_errors": bool(refusal),
    }
    return member_page(request, "intake/check.html", context, status=refused_as if refusal else HTTPStatus.OK)


def _rows(draft: DraftInHand, file_names: list[str], *, today: date) -> Iterator[dict[str, str]]:
    """Yield what the page of checks lists: each question with its answer and the way to change it."""
    nothing = _("Nothing entered")
    for here, form in answered(draft.answers, today=today):
        form.full_clean()
        url = reverse("intake:step", args=[here.name]) + f"?{FROM_CHECK}={CHECK}"
        for name, field in form.fields.items():
            shown = "\n".join(file_names) if isinstance(form, FilesForm) else form.shown(name)
            yield {"key": str(field.label), "value": shown or nothing, "url": url}


def _send(request: HttpRequest) -> HttpResponse:
    at, draft_id = database_now(), page_draft_id(request)
    if draft_id is None or not (request.actor.user_id or draft_id == cookie_draft_id(request)):
        return _check_page(request, refusal=_out_of_date())
    if not may_send(address=client_address(request), draft_id=draft_id):
        return _check_page(request, refusal=too_often(), refused_as=HTTPStatus.TOO_MANY_REQUESTS)
    try:
        complaint = send_draft(actor=request.actor, at=at, today=house_day(at), draft_id=draft_id)
    except IncompleteDraft as gap:
        return redirect("intake:step", gap.step.name)
    except Draft.DoesNotExist:
        return _check_page(request, refusal=_out_of_date())
    return remember(redirect("intake:done", complaint.reference), draft_id)


def _out_of_date() -> str:
    return _("Nothing was sent yet: this page was out of date. Check your answers, then press Send.")


@require_safe
def done(request: HttpRequest, reference: str) -> HttpResponse:
    """Confirm a complaint to who has sent it: its reference, what happens next and by when."""
    status = _sent_by(request, reference)
    if status is None:
        raise Http404
    return member_page(request, "intake/done.html", {"status": status})


def _sent_by(request: HttpRequest, reference: str) -> PublicStatus | None:
    """Return the complaint, if this browser or this member has sent it."""
    draft = in_hand(request, at=request.at)
    complaint_id: UUID | None = None
    if draft and draft.sent_as and draft.sent_as == read_reference(reference):
        complaint_id = draft.complaint_id
    elif complaint := find_own_complaint(actor=request.actor, reference=reference):
        complaint_id = complaint.pk
    return status_of(complaint_id=complaint_id, now=request.at) if complaint_id else None
