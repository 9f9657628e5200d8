"""Why a date of a CAPA or of its action is what it is: a page and its data."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from complaints.capa.queries import CapaWhy, why_of_capa
from complaints.queries.why_page import why_of
from members.views.staff_page import staff_page


@require_safe
def date(request: HttpRequest, reference: str, kind: str, cycle: int, action_id: UUID | None = None) -> HttpResponse:
    """Explain a date."""
    page = _found(request, reference, kind, cycle, action_id)
    return staff_page(request, "quality/capa_why.html", {"page": page, "head": page.head, "why": why_of(page.found)})


@require_safe
def date_data(
    request: HttpRequest, reference: str, kind: str, cycle: int, action_id: UUID | None = None
) -> HttpResponse:
    """Hand the same out as JSON."""
    found = _found(request, reference, kind, cycle, action_id).found
    return JsonResponse(found.as_data(), headers={"Cache-Control": "no-store"})


def _found(request: HttpRequest, reference: str, kind: str, cycle: int, action_id: UUID | None) -> CapaWhy:
    found = why_of_capa(
        actor=request.actor, reference=reference, kind=kind, cycle=cycle, at=request.at, action_id=action_id
    )
    if found is None:
        raise Http404
    return found
