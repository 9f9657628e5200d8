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
from members.actors import Role
from members.spreadsheets import csv_text
from members.views.staff_page import staff_page

PAGE = 100
SHOWN = 12
"""So many rounds are listed: three years of them."""


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """Show the round that is under way, and the way to all others."""
    found = queries.open_review()
    rows = queries.reviewed_grants(found) if found else ReviewedGrant.objects.none()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "review": found,
        "page": page,
        "page_obj": page,
        "rounds": queries.past_reviews()[:SHOWN],
        "may_decide": request.actor.has(Role.ADMINISTRATOR),
    }
    return staff_page(request, "people/review.html", context)


@require_GET
def review_csv(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Hand out one round as CSV, for the auditor's files; that it was handed out is recorded."""
    found = queries.past_reviews().filter(pk=review_id).first()
    if found is None:
        raise Http404
    operations.record_review_export(actor=request.actor, at=request.at, review_id=found.pk)
    head, *lines = queries.review_lines(found)
    response = HttpResponse(csv_text(head, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="access-review-{found.opened_at:%Y-%m-%d}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


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
