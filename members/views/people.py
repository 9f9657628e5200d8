"""The people who work here: listed, invited, given roles, let go. For administrators."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members import operations
from members import people as queries
from members.accounts.models import User
from members.accounts.refusals import AccountRefused, RolesClash
from members.actors import STAFF, Role
from members.forms import InviteForm, ReasonForm
from members.views.staff_page import staff_page

PAGE = 50


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """List who works here, or who did."""
    closed = request.GET.get("closed") == "1"
    page = Paginator(queries.staff_accounts(closed=closed), PAGE).get_page(request.GET.get("page"))
    page.object_list = [queries.line_of(user) for user in page.object_list]
    return staff_page(request, "people/list.html", {"page": page, "page_obj": page, "closed": closed})


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Open an account for somebody, who gets a link to choose a password."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = operations.invite_staff(
                actor=request.actor,
                at=request.at,
                email=form.cleaned_data["email"],
                display_name=form.cleaned_data["display_name"],
                roles={Role(name) for name in form.cleaned_data["roles"]},
            )
        except RolesClash as refusal:
            form.add_error("roles", str(refusal))
        except AccountRefused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _("The account is open. A link to choose a password is on its way."))
            return redirect("people:person", user.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return staff_page(request, "people/invite.html", {"form": form}, status=status)


@require_GET
def person(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Show one person."""
    return _person_page(request, user_id, ReasonForm())


@require_POST
def grant(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Give a role."""
    role = _role(request)
    return _done(request, user_id, lambda: operations.grant_role(**_who(request), user_id=user_id, role=role))


@require_POST
def revoke(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Take a role."""
    role = _role(request)
    return _done(request, user_id, lambda: operations.revoke_role(**_who(request), user_id=user_id, role=role))


@require_POST
def disable(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Close an account; its sessions end at once."""
    return _done(request, user_id, lambda: operations.disable_account(**_who(request), user_id=user_id))


@require_POST
def enable(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Open an account again."""
    return _done(request, user_id, lambda: operations.enable_account(**_who(request), user_id=user_id))


@require_POST
def ask_reset(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Ask another administrator to take the factors of somebody away who has lost them."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _person_page(request, user_id, form)
    reason = form.cleaned_data["reason"]
    return _done(request, user_id, lambda: operations.ask_factor_reset(**_who(request), user_id=user_id, reason=reason))


@require_POST
def confirm_reset(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Take them away, as the second of two."""
    return _done(request, user_id, lambda: operations.confirm_factor_reset(**_who(request), user_id=user_id))


def _who(request: HttpRequest) -> dict[str, object]:
    return {"actor": request.actor, "at": request.at}


def _role(request: HttpRequest) -> Role:
    name = request.POST.get("role", "")
    if name not in STAFF:
        raise Http404
    return Role(name)


def _done(request: HttpRequest, user_id: UUID, do: Callable[[], object]) -> HttpResponse:
    """Do it to somebody who works or worked here: to all others administrators have no access."""
    if not queries.works_here(user_id):
        raise Http404
    try:
        do()
    except User.DoesNotExist:
        raise Http404 from None
    except AccountRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Done. It counts from now on."))
    return redirect("people:person", user_id)


def _person_page(request: HttpRequest, user_id: UUID, form: ReasonForm) -> HttpResponse:
    found = queries.read_person(actor=request.actor, user_id=user_id, at=request.at)
    if found is None:
        raise Http404
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    is_me = found.line.id == request.actor.user_id
    return staff_page(request, "people/person.html", {"person": found, "form": form, "is_me": is_me}, status=status)
