"""What stands out in the audit trail: listed, looked into, answered for."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from complaints.forms.oversight import ReviewVerdict
from complaints.oversight.reviews import ReviewLine, ReviewRefused, judge_review, read_review, read_reviews
from complaints.permissions import may
from members.views.staff_page import staff_page
from slas.queries import database_now


@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """List what stood out, what waits for an answer first."""
    page = read_reviews(actor=request.actor, page=request.GET.get("page"), at=request.at)
    return staff_page(request, "oversight/reviews.html", {"page": page})


@require_safe
def review(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Show one item."""
    return _page(request, _found(request, review_id), ReviewVerdict())


@require_http_methods(["POST"])
def judge(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Answer whether it was in order; what is refused comes back with its words."""
    found = _found(request, review_id)
    form = ReviewVerdict(request.POST)
    if form.is_valid():
        said = form.cleaned_data | {"in_order": form.cleaned_data["in_order"] == "yes"}
        try:
            judge_review(actor=request.actor, at=database_now(), review_id=review_id, **said)
        except ReviewRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The answer is recorded.")
            return redirect("oversight:reviews")
    return _page(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _found(request: HttpRequest, review_id: UUID) -> ReviewLine:
    found = read_review(actor=request.actor, review_id=review_id, at=request.at)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, found: ReviewLine, form: ReviewVerdict, *, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {"review": found, "form": form, "reads_trail": may(request.actor, "read_trail")}
    return staff_page(request, "oversight/review.html", context, status=status)
