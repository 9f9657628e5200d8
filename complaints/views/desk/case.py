"""One case, its letter and its files: for reading."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from complaints.permissions import may
from complaints.queries.case import read_case
from complaints.queries.case_files import case_file, case_preview
from complaints.queries.decision_letter import issued_letter, letter_pdf
from complaints.queries.notices import notice_document
from complaints.reference import read_reference
from complaints.retention.hold_queries import holds_of
from complaints.views.download import download, download_file, preview
from members.views.staff_page import staff_page


@require_safe
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """Show everything about one complaint, with what can be done next."""
    found = read_case(actor=request.actor, reference=reference, at=request.at)
    if found is None:
        raise Http404
    holds = holds_of(found.head.id, actor=request.actor)
    retention = {"holds": holds, "may_hold": may(request.actor, "place_hold")}
    return staff_page(request, "staff/case.html", {"case": found, "head": found.head} | retention)


@require_safe
def letter(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the decision letter as it went out."""
    found = issued_letter(actor=request.actor, reference=reference, at=request.at)
    if found is None:
        raise Http404
    return staff_page(request, "staff/letter.html", {"letter": found})


@require_safe
def pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the decision letter as the PDF that went out."""
    content = letter_pdf(actor=request.actor, reference=reference, at=request.at)
    if content is None:
        raise Http404
    return download(content, "application/pdf", f"{read_reference(reference)}.pdf")


@require_safe
def file(request: HttpRequest, reference: str, enclosure_id: UUID) -> HttpResponseBase:
    """Hand out a file that came with the complaint."""
    found = case_file(actor=request.actor, reference=reference, enclosure_id=enclosure_id, at=request.at)
    if found is None:
        raise Http404
    return download_file(found)


@require_safe
def file_preview(request: HttpRequest, reference: str, enclosure_id: UUID) -> HttpResponse:
    """Draw a picture that came with the complaint, small."""
    found = case_preview(actor=request.actor, reference=reference, enclosure_id=enclosure_id, at=request.at)
    if found is None:
        raise Http404
    return preview(found)


@require_safe
def notice(request: HttpRequest, reference: str, notice_id: UUID) -> HttpResponse:
    """Hand out a letter, notice or file that a missed or moved date has brought about."""
    found = notice_document(actor=request.actor, reference=reference, notice_id=notice_id, at=request.at)
    if found is None:
        raise Http404
    return download(found.content, found.media_type, found.name)
