"""Why a date is what it is: a page and its data, for the staff who work a case and for the member whose case it is."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from complaints.queries.why import clock_data, own_clock_data, why_of_case, why_of_own_case
from complaints.views.member_page import member_page
from members.views.staff_page import staff_page


@require_safe
def case_date(request: HttpRequest, reference: str, kind: str, cycle: int) -> HttpResponse:
    """Explain a date of a case to the staff."""
    page = why_of_case(actor=request.actor, reference=reference, kind=kind, cycle=cycle, at=request.at)
    if page is None:
        raise Http404
    return staff_page(request, "staff/why.html", {"page": page, "head": page.head, "why": page.why})


@require_safe
def case_date_data(request: HttpRequest, reference: str, kind: str, cycle: int) -> HttpResponse:
    """Hand the same out as JSON."""
    return _data(clock_data(actor=request.actor, reference=reference, kind=kind, cycle=cycle, at=request.at))


@require_safe
def own_date(request: HttpRequest, reference: str, kind: str, cycle: int) -> HttpResponse:
    """Explain to a member a date that was promised to them."""
    page = why_of_own_case(actor=request.actor, reference=reference, kind=kind, cycle=cycle, at=request.at)
    if page is None:
        raise Http404
    return member_page(request, "member/why.html", {"page": page, "why": page.why})


@require_safe
def own_date_data(request: HttpRequest, reference: str, kind: str, cycle: int) -> HttpResponse:
    """Hand the same out as JSON."""
    return _data(own_clock_data(actor=request.actor, reference=reference, kind=kind, cycle=cycle, at=request.at))


def _data(found: dict[str, Any] | None) -> HttpResponse:
    if found is None:
        raise Http404
    return JsonResponse(found, headers={"Cache-Control": "no-store"})
