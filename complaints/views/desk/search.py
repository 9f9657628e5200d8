"""Finding complaints. What is looked for is health data: it is sent by POST, and stands in no address and no log."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from complaints.forms.search import SearchForm
from complaints.permissions import may
from complaints.queries.case_head import find_case
from complaints.search.queries import search as find
from members.views.staff_page import staff_page


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Show the form and the hits; a reference leads straight to its case."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "may_break_glass": may(request.actor, "break_glass")}
    if request.method != "POST":
        return staff_page(request, "staff/search.html", context)
    if form.is_valid() and form.reference:
        if find_case(actor=request.actor, reference=form.reference):
            return redirect("desk:case", form.reference)
        form.add_error("words", f"There is no complaint with the reference {form.reference}.")
    if not form.is_valid():
        return staff_page(request, "staff/search.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    found = find(actor=request.actor, asked=form.asked(), start=form.first(), at=request.at)
    return staff_page(request, "staff/search.html", context | {"found": found})
