"""A member's own pages: complaints, one complaint, its letter and files, messages, withdrawal."""

from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID, uuid5

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from complaints.forms.member import MessageForm
from complaints.intake.drafts import open_draft_saved_at
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint
from complaints.operations import send_message, withdraw_complaint
from complaints.oversight.seen import who_saw
from complaints.queries.member_cases import case_page, cases_of, find_own_complaint
from complaints.queries.member_documents import own_file, own_letter, own_preview
from complaints.queries.member_notices import own_notice, own_notice_document
from complaints.views.download import download, download_file, preview
from complaints.views.member_page import member_page
from members.accounts.throttle import Counter
from members.actors import Role, Scope
from members.identifiers import new_id
from slas.queries import database_now

MESSAGES = Counter("messages", limit=30, window=timedelta(hours=1))


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """List the member's complaints, what there is to do, and the complaint that was not sent yet."""
    context = {
        "cases": cases_of(actor=request.actor, now=request.at),
        "draft_saved_at": open_draft_saved_at(actor=request.actor),
    }
    return member_page(request, "member/cases.html", context)


@require_safe
def seen(request: HttpRequest) -> HttpResponse:
    """Show who has seen the member's record."""
    try:
        before = date.fromisoformat(request.GET.get("before", ""))
    except ValueError:
        before = None
    return member_page(request, "member/seen.html", {"page": who_saw(actor=request.actor, before=before)})


@require_safe
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one complaint."""
    return _case(request, reference, MessageForm(initial={"key": new_id()}))


def _case(
    request: HttpRequest,
    reference: str,
    form: MessageForm,
    *,
    refused_as: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> HttpResponse:
    page = case_page(actor=request.actor, now=request.at, reference=reference)
    if page is None:
        raise Http404
    status = refused_as if form.errors else HTTPStatus.OK
    return member_page(request, "member/case.html", {"case": page, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, reference: str) -> HttpResponse:
    """Send us a message. Whose session has ended gets the words back, with the way to sign in again."""
    if request.method != "POST":
        return redirect("member:case", reference)
    form = MessageForm(request.POST)
    if not request.actor.has(Role.MEMBER):
        return member_page(request, "member/signed_out.html", {"form": form}, status=HTTPStatus.FORBIDDEN)
    complaint = _own(request, reference, Scope.WRITE)
    if not form.is_valid():
        return _case(request, reference, form)
    if not MESSAGES.take_or_alarm(str(request.actor.user_id)):
        form.add_error("body", _too_many_messages())
        return _case(request, reference, form, refused_as=HTTPStatus.TOO_MANY_REQUESTS)
    send_message(
        actor=request.actor,
        at=database_now(),
        complaint_id=complaint.pk,
        body=form.cleaned_data["body"],
        key=uuid5(complaint.pk, form.cleaned_data["key"] or new_id().hex),
    )
    messages.success(request, _("We have your message."))
    return redirect(reverse("member:case", args=[complaint.reference]) + "#messages")


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask whether the member is sure, then end the complaint. A second press finds it ended and says the same."""
    complaint = _own(request, reference, Scope.FILE)
    if request.method == "POST" and complaint.is_open:
        try:
            complaint = withdraw_complaint(actor=request.actor, at=database_now(), complaint_id=complaint.pk)
        except TransitionRefused as refusal:
            messages.warning(request, str(refusal))
    if complaint.is_open and request.method != "POST":
        return member_page(request, "member/withdraw.html", {"reference": complaint.reference})
    return redirect("member:case", complaint.reference)


@require_safe
def letter(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the decision letter."""
    found = own_letter(actor=request.actor, now=request.at, reference=reference)
    if found is None:
        raise Http404
    return member_page(request, "member/letter.html", {"letter": found.content})


@require_safe
def letter_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the decision letter as the PDF that went out."""
    found = own_letter(actor=request.actor, now=request.at, reference=reference)
    if found is None:
        raise Http404
    return download(found.pdf, "application/pdf", f"{found.reference}.pdf")


@require_safe
def notice(request: HttpRequest, reference: str, notice_id: UUID) -> HttpResponse:
    """Show a letter about the date of our answer."""
    found = own_notice(actor=request.actor, now=request.at, reference=reference, notice_id=notice_id)
    if found is None:
        raise Http404
    return member_page(request, "member/notice.html", {"notice": found})


@require_safe
def notice_pdf(request: HttpRequest, reference: str, notice_id: UUID) -> HttpResponse:
    """Hand out such a letter as the PDF that went out."""
    found = own_notice_document(actor=request.actor, now=request.at, reference=reference, notice_id=notice_id)
    if found is None:
        raise Http404
    return download(found.content, found.media_type, found.name)


@require_safe
def file(request: HttpRequest, reference: str, enclosure_id: UUID) -> HttpResponseBase:
    """Hand out a file that the member had sent."""
    found = own_file(actor=request.actor, now=request.at, reference=reference, enclosure_id=enclosure_id)
    if found is None:
        raise Http404
    return download_file(found)


@require_safe
def file_preview(request: HttpRequest, reference: str, enclosure_id: UUID) -> HttpResponse:
    """Draw a picture that the member had sent, small."""
    found = own_preview(actor=request.actor, now=request.at, reference=reference, enclosure_id=enclosure_id)
    if found is None:
        raise Http404
    return preview(found)


def _too_many_messages() -> str:
    return _(
        "You sent many messages in a short time, so this one was not sent. Your words are still here. Wait an hour,"
        " then send them again, or call us: %(phone)s."
    ) % {"phone": settings.INSURER_PHONE}


def _own(request: HttpRequest, reference: str, scope: Scope) -> Complaint:
    complaint = find_own_complaint(actor=request.actor, reference=reference)
    if complaint is None or not complaint.allows(request.actor, scope):
        raise Http404
    return complaint
