"""What the pages of the door share: how they answer, and where they send somebody on."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from members import operations
from members.accounts import sessions
from members.accounts.audiences import Standing
from members.accounts.models import User
from members.accounts.places import landing_path, own_path, with_query


def of_a_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let no request that follows name the path of this page: whoever has its token has the account.

    The origin is told, for forms are checked against it.
    """

    @wraps(view)
    def without_referrer(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response["Referrer-Policy"] = "strict-origin"
        return response

    return without_referrer


def page(
    request: HttpRequest, template: str, form: Form, *, status: HTTPStatus | None = None, **context: object
) -> HttpResponse:
    """Return a page of the door; a form with errors answers 422 unless told otherwise."""
    status = status or (HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    with timezone.override(ZoneInfo(settings.HOUSE_TIME_ZONE)):
        return render(request, template, {"form": form, "next": onward(request), **context}, status=status)


def onward(request: HttpRequest) -> str | None:
    """Return the page of this site that the person was on the way to."""
    return own_path(request.POST.get("next") or request.GET.get("next"))


def let_in(request: HttpRequest, user: User, *, means: str) -> HttpResponse:
    """Send somebody on: to the second factor, to its enrolment, or into the house."""
    match sessions.standing_of(request.session, user):
        case Standing.VERIFYING:
            return redirect(with_query("accounts:verify", next=onward(request)))
        case Standing.ENROLLING:
            return redirect(with_query("accounts:enrol", next=onward(request)))
    operations.start_session(actor=user.as_actor(at=request.at), at=request.at, user_id=user.pk, means=means)
    return redirect(onward(request) or landing_path(user.as_actor(at=request.at)))


def counter_away(request: HttpRequest, template: str, form: Form, **context: object) -> HttpResponse:
    """Keep the door shut while nothing can be counted."""
    form.add_error(None, _("We cannot do this right now. Wait a few minutes, then try again, or call us."))
    return page(request, template, form, status=HTTPStatus.SERVICE_UNAVAILABLE, **context)
