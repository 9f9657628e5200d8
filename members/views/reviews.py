"""The quarterly access review: each role, kept or taken."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from members import operations
from members import people as queries
from members.accounts.models import ReviewedGrant
from members.accounts.refusals import AccountRefused
from members.views.staff_page import staff_page

PAGE = 100


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """Show the round that is under way."""
    found = queries.open_review()
    rows = queries.reviewed_grants(found) if found else ReviewedGrant.objects.none()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return staff_page(request, "people/review.html", {"review": found, "page": page, "page_obj": page})


@require_POST
def decide(request: HttpRequest, reviewed_id: UUID) -> HttpResponse:
    """Keep one role or take it."""
    keep = request.POST.get("keep")
    if keep not in {"yes", "no"}:
        raise Http404
    try:
        operations.decide_on_grant(actor=request.actor, at=request.at, reviewed_id=reviewed_id, keep=keep == "yes")
    except ReviewedGrant.DoesNotExist:
        raise Http404 from None
    except AccountRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Kept.") if keep == "yes" else _("Taken. It is gone at the next click."))
    return redirect("people:review")
