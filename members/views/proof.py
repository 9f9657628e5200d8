"""Asking somebody for a factor: at sign-in, and again before what must not be done by whoever finds the screen open."""

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from members import operations, queries
from members.accounts import passkeys, sessions
from members.accounts.models import User
from members.accounts.passkeys import PasskeyRefused
from members.accounts.places import client_address, landing_path, network_of
from members.accounts.throttle import CounterAway
from members.forms import CodeForm, PasskeyForm, PasswordForm
from members.views.page import counter_away, onward, page


@dataclass(frozen=True, slots=True)
class Shown:
    """The factor that somebody has just shown."""

    factor_id: UUID
    means: str


@sensitive_post_parameters("code", "credential", "password")
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """Have somebody who is signed in show once more who it is: the factor, or the password of who has none."""
    if not request.user.has_factor:
        return _ask_for_password(request)
    answer = ask_for_factor(request, "accounts/prove.html", by_owner=True)
    if isinstance(answer, HttpResponse):
        return answer
    sessions.add_factor(request.session, answer.factor_id, at=request.at, network=network_of(request))
    return redirect(onward(request) or landing_path(request.actor))


def ask_for_factor(request: HttpRequest, template: str, *, by_owner: bool = False) -> Shown | HttpResponse:
    """Return what was shown, or the page that asks for it. The page offers what this person has.

    With `by_owner` a passkey counts only if its device has made sure who holds it; an administrator's always must.
    """
    user = request.user
    by_owner = by_owner or user.needs_passkey
    if "credential" in request.POST:
        return _look_at_passkey(request, template, by_owner=by_owner)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not (_takes_code(user) and form.is_valid()):
        return _asking(request, template, form, by_owner=by_owner)
    outcome = operations.verify_code(
        actor=user.at_the_door(), at=request.at, user_id=user.pk, code=form.cleaned_data["code"]
    )
    if outcome.factor_id is not None:
        return Shown(outcome.factor_id, "totp")
    if outcome.wait_until is None:
        form.add_error("code", _("That code is not right, or it was used before. Enter the code your app shows now."))
        return _asking(request, template, form, by_owner=by_owner)
    seconds = int((outcome.wait_until - request.at).total_seconds()) + 1
    form.add_error(
        "code",
        ngettext(
            "Too many wrong codes. Wait %(seconds)d second, then enter a new code.",
            "Too many wrong codes. Wait %(seconds)d seconds, then enter a new code.",
            seconds,
        )
        % {"seconds": seconds},
    )
    response = _asking(request, template, form, by_owner=by_owner, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(seconds)
    return response


def _look_at_passkey(request: HttpRequest, template: str, *, by_owner: bool) -> Shown | HttpResponse:
    form, user = PasskeyForm(request.POST), request.user
    told = CodeForm(QueryDict())
    told.errors.clear()
    try:
        challenge = passkeys.take_challenge(request.session)
    except PasskeyRefused:
        challenge = b""
    except CounterAway:
        return counter_away(request, template, told, takes_code=_takes_code(user))
    passkey_id = (
        challenge
        and form.is_valid()
        and operations.verify_passkey(
            actor=user.at_the_door(),
            at=request.at,
            user_id=user.pk,
            answer=form.cleaned_data["credential"],
            challenge=challenge,
            by_owner=by_owner,
        )
    )
    if passkey_id:
        return Shown(passkey_id, "passkey")
    told.add_error(None, _("That passkey did not work here. Try again, or use another way to sign in."))
    return _asking(request, template, told, by_owner=by_owner)


def _asking(
    request: HttpRequest, template: str, form: CodeForm, *, by_owner: bool, status: HTTPStatus | None = None
) -> HttpResponse:
    user = request.user
    mine = queries.factors_of(user.pk).passkeys
    options = passkeys.request_options(request.session, mine, by_owner=by_owner) if mine else ""
    return page(request, template, form, status=status, passkey_options=options, takes_code=_takes_code(user))


def _takes_code(user: User) -> bool:
    """Tell whether a code will do: not where a passkey is needed and there is one."""
    return bool(user.app_ids) and not (user.needs_passkey and user.passkey_ids)


@sensitive_variables("password")
def _ask_for_password(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, "accounts/prove.html", form)
    try:
        right = operations.confirm_password(
            at=request.at,
            user_id=request.user.pk,
            password=form.cleaned_data["password"],
            address=client_address(request),
        )
    except CounterAway:
        return counter_away(request, "accounts/prove.html", form)
    if not right:
        form.add_error("password", _("That is not your password. After 5 wrong tries you have to wait 15 minutes."))
        return page(request, "accounts/prove.html", form)
    sessions.prove(request.session, at=request.at, network=network_of(request))
    return redirect(onward(request) or landing_path(request.actor))
