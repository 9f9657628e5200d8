"""Retention: what is due, lists that two people answer for, legal holds, and the facts that stay."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from complaints.forms.retention import PlaceHoldForm, ReleaseHoldForm
from complaints.queries.case_head import find_case
from complaints.retention import facts, list_queries
from complaints.retention.hold_queries import HoldLine, holds_of, read_hold, read_holds
from complaints.retention.holds import place_hold, release_hold
from complaints.retention.list_queries import read_list
from complaints.retention.lists import ask_erasure, confirm_erasure
from complaints.retention.models import ErasureList, Hold
from complaints.retention.queries import read_overview
from complaints.retention.refusals import RetentionRefused
from complaints.retention.taken import take_facts, take_list
from complaints.views.quality.tables import csv_file
from members.views.staff_page import staff_page
from slas.queries import database_now


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what is due by each rule, and the lists there were."""
    return _home(request)


@require_http_methods(["POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for what is due to be erased."""
    try:
        asked = ask_erasure(actor=request.actor, at=database_now())
    except RetentionRefused as refused:
        return _home(request, refusal=str(refused), status=HTTPStatus.CONFLICT)
    messages.success(request, "The list is made. Somebody else has to confirm it within 24 hours.")
    return redirect("retention:list", asked.pk)


@require_safe
def erasure_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Show one list, page by page."""
    return _list(request, list_id)


@require_safe
def list_csv(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Hand out one list as a whole."""
    try:
        lines = take_list(actor=request.actor, at=request.at, list_id=list_id)
    except ErasureList.DoesNotExist as missing:
        raise Http404 from missing
    rows = [
        (number, line.reference, line.over_since, line.rule, line.state.label, line.left_because)
        for number, line in enumerate(lines, 1)
    ]
    return csv_file(f"erasure-list-{list_id}", list_queries.COLUMNS, rows)


@require_http_methods(["POST"])
def confirm(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Let the list that was looked at be carried out."""
    digest = request.POST.get("digest", "")
    try:
        confirm_erasure(actor=request.actor, at=database_now(), list_id=list_id, digest=digest)
    except ErasureList.DoesNotExist as missing:
        raise Http404 from missing
    except RetentionRefused as refused:
        return _list(request, list_id, refusal=str(refused), status=HTTPStatus.CONFLICT)
    messages.success(request, "The list is confirmed. What is on it will be erased within minutes.")
    return redirect("retention:list", list_id)


@require_safe
def holds(request: HttpRequest) -> HttpResponse:
    """Show the legal holds, open ones first."""
    page = read_holds(actor=request.actor, page=request.GET.get("page"))
    return staff_page(request, "retention/holds.html", {"page": page})


@require_safe
def hold(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Show one hold with its reason."""
    return _hold(request, _found(request, hold_id), ReleaseHoldForm())


@require_http_methods(["POST"])
def release(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """End a hold; what is refused comes back with its words."""
    found, form = _found(request, hold_id), ReleaseHoldForm(request.POST)
    if form.is_valid():
        try:
            release_hold(actor=request.actor, at=database_now(), hold_id=hold_id, **form.cleaned_data)
        except Hold.DoesNotExist as missing:
            raise Http404 from missing
        except RetentionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The hold is released.")
            return redirect("retention:holds")
    return _hold(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a case, or everything of its member, on legal hold."""
    complaint = find_case(actor=request.actor, reference=reference)
    if complaint is None:
        raise Http404
    form, status = PlaceHoldForm(request.POST if request.method == "POST" else None), HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            reach, reason = form.cleaned_data["reach"], form.cleaned_data["reason"]
            told = {"actor": request.actor, "at": database_now(), "complaint_id": complaint.pk}
            try:
                place_hold(**told, of_member=reach == "member", reason=reason)
            except RetentionRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, "It is on legal hold. Nothing of it will be erased.")
                return redirect("desk:case", complaint.reference)
    there = holds_of(complaint.pk, actor=request.actor)
    context = {"form": form, "reference": complaint.reference, "holds": there}
    return staff_page(request, "retention/place.html", context, status=status)


@require_safe
def facts_csv(request: HttpRequest) -> HttpResponse:
    """Hand out what stays of erased complaints, without what could tell of somebody."""
    fewer = f"fewer than {facts.LEAST}, or hides one that is"
    rows = [
        (cell.year, cell.by, cell.value, fewer if cell.number is None else cell.number, cell.days)
        for cell in take_facts(actor=request.actor, at=request.at)
    ]
    return csv_file("erased-complaints", facts.COLUMNS, rows)


def _home(request: HttpRequest, *, refusal: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    context = {"overview": read_overview(actor=request.actor, at=request.at), "refusal": refusal}
    return staff_page(request, "retention/home.html", context | {"has_errors": bool(refusal)}, status=status)


def _list(request: HttpRequest, list_id: UUID, *, refusal: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    found = read_list(actor=request.actor, list_id=list_id, at=request.at, page=request.GET.get("page"))
    if found is None:
        raise Http404
    context = {"found": found, "line": found.line, "refusal": refusal, "has_errors": bool(refusal)}
    return staff_page(request, "retention/list.html", context, status=status)


def _found(request: HttpRequest, hold_id: UUID) -> HoldLine:
    found = read_hold(actor=request.actor, hold_id=hold_id, at=request.at)
    if found is None:
        raise Http404
    return found


def _hold(request: HttpRequest, found: HoldLine, form: ReleaseHoldForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    return staff_page(request, "retention/hold.html", {"hold": found, "form": form}, status=status)
