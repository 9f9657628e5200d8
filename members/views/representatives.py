"""Who may act for a member: the member's own page, and where staff record and confirm it."""

from datetime import datetime, time
from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members import operations, representations
from members.accounts.refusals import AccountRefused
from members.actors import Scope
from members.models import Representation, RepresentationKind
from members.representation_forms import RepresentationForm
from members.views.page import page
from members.views.staff_page import staff_page

PAGE = 50


@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """Show the member who may act for them."""
    lines = representations.of_member(actor=request.actor, at=request.at)
    return page(request, "accounts/representatives.html", Form(), lines=lines)


@require_POST
def end_own(request: HttpRequest, representation_id: UUID) -> HttpResponse:
    """End it with one press."""
    try:
        operations.revoke_representation(actor=request.actor, at=request.at, representation_id=representation_id)
    except Representation.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("That person can no longer act for you."))
    return redirect("accounts:representatives")


@require_GET
def every(request: HttpRequest) -> HttpResponse:
    """List who may act for members, those that wait for a second colleague first."""
    rows = representations.to_confirm_first(actor=request.actor, at=request.at)
    found = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    found.object_list = representations.opened(found.object_list, actor=request.actor, at=request.at)
    return staff_page(request, "people/representations.html", {"page": found, "page_obj": found})


@sensitive_post_parameters("name", "email", "member_number", "evidence")
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """Record that somebody may act for a member; a colleague confirms it."""
    form = RepresentationForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _recorded(request, form):
        messages.success(request, _("It is recorded. It counts once a colleague has confirmed it."))
        return redirect("people:representations")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return staff_page(request, "people/representation.html", {"form": form}, status=status)


@require_POST
def confirm(request: HttpRequest, representation_id: UUID) -> HttpResponse:
    """Confirm what a colleague has recorded."""
    try:
        operations.confirm_representation(actor=request.actor, at=request.at, representation_id=representation_id)
    except Representation.DoesNotExist:
        raise Http404 from None
    except AccountRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It counts from now on. The member is told."))
    return redirect("people:representations")


@require_POST
def end(request: HttpRequest, representation_id: UUID) -> HttpResponse:
    """End it for the member."""
    try:
        operations.revoke_for_member(actor=request.actor, at=request.at, representation_id=representation_id)
    except Representation.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("It is over from now on. The member is told."))
    return redirect("people:representations")


def _recorded(request: HttpRequest, form: RepresentationForm) -> bool:
    """Record it, or put why not on the form."""
    said = form.cleaned_data
    member_id = representations.member_with_number(said["member_number"])
    if member_id is None:
        form.add_error("member_number", _("No member has this number. Check it on the member card."))
        return False
    try:
        operations.record_representation(
            actor=request.actor,
            at=request.at,
            member_id=member_id,
            email=said["email"],
            name=said["name"],
            kind=RepresentationKind(said["kind"]),
            scope=[Scope(code) for code in said["scope"]],
            expires_at=datetime.combine(said["last_on"], time.max, ZoneInfo(settings.HOUSE_TIME_ZONE)),
            evidence=said["evidence"],
        )
    except AccountRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
