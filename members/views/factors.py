"""Setting up what lets somebody in: an app, a passkey, codes on paper; and taking one of them away."""

from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from members import operations, queries
from members.accounts import passkeys, sessions, totp
from members.accounts.audiences import Standing
from members.accounts.models import TotpDevice, User
from members.accounts.passkeys import PasskeyRefused
from members.accounts.places import landing_path, network_of, with_query
from members.accounts.refusals import AccountRefused
from members.accounts.throttle import CounterAway
from members.forms import CodeForm, NewPasskeyForm
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from members.views.page import counter_away, let_in, onward, page

ENROLLING_FACTOR = "enrolling_factor_id"


@require_http_methods(["GET"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Say what a second factor is for, and offer the ways to have one."""
    if request.standing is Standing.SIGNED_IN and request.user.has_factor:
        return redirect("accounts:security")
    passkey_url = with_query("accounts:enrol_passkey", next=onward(request))
    context = {"needs_passkey": request.user.needs_passkey, "passkey_url": passkey_url}
    return page(request, "accounts/enrol_start.html", Form(), **context)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enrol_app(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: show the key, take the first code.

    A key is shown only to the session that asked for it, so that nobody confirms a key which another person has seen.
    """
    user = request.user
    device = queries.factor_being_enrolled(user_id=user.pk, factor_id=request.session.get(ENROLLING_FACTOR))
    if request.method == "POST" and (device is None or "code" not in request.POST):
        device = operations.enrol_totp(actor=user.at_the_door(), at=request.at, user_id=user.pk)
        request.session[ENROLLING_FACTOR] = str(device.pk)
        return redirect(with_query("accounts:enrol_app", next=onward(request)))
    if device is None:
        return redirect(with_query("accounts:enrol", next=onward(request)))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _key_page(request, device, form)
    if not operations.confirm_totp(
        actor=user.at_the_door(),
        at=request.at,
        device_id=device.pk,
        code=form.cleaned_data["code"],
        keep=sessions.handle_of(request.session),
    ):
        form.add_error("code", _("That code is not right. Enter the code your app shows now."))
        return _key_page(request, device, form)
    request.session.pop(ENROLLING_FACTOR)
    return _carry_on_with(request, device.pk, means="totp")


@sensitive_post_parameters("credential")
@require_http_methods(["GET", "POST"])
def enrol_passkey(request: HttpRequest) -> HttpResponse:
    """Set up a passkey: the browser makes it, the person names it."""
    user = request.user
    form = NewPasskeyForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _passkey_page(request, form)
    try:
        key = passkeys.made(
            form.cleaned_data["credential"],
            challenge=passkeys.take_challenge(request.session),
            by_owner=user.needs_passkey,
        )
        passkey = operations.add_passkey(
            actor=user.at_the_door(),
            at=request.at,
            user_id=user.pk,
            key=key,
            name=form.cleaned_data["name"],
            keep=sessions.handle_of(request.session),
        )
    except CounterAway:
        return counter_away(request, "accounts/enrol_passkey.html", form)
    except (PasskeyRefused, AccountRefused):
        form.add_error(None, _("The passkey could not be set up here. Try again, or use another device."))
        return _passkey_page(request, form)
    return _carry_on_with(request, passkey.pk, means="passkey")


@require_http_methods(["GET", "POST"])
@sensitive_variables("codes")
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make recovery codes and show them once: the answer to the press is the only page that ever has them."""
    codes: list[str] = []
    if request.method == "POST":
        codes = operations.make_recovery_codes(actor=request.actor, at=request.at, user_id=request.user.pk)
    left = queries.factors_of(request.user.pk).codes_left
    context = {"codes": codes, "codes_left": left, "next": onward(request)}
    return render(request, "accounts/recovery_codes.html", context)


@require_POST
def remove(request: HttpRequest, factor_id: UUID) -> HttpResponse:
    """Take an app or a passkey away."""
    try:
        operations.remove_factor(
            actor=request.actor,
            at=request.at,
            user_id=request.user.pk,
            factor_id=factor_id,
            keep=sessions.handle_of(request.session),
        )
    except AccountRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:security")
    user = User.objects.with_standing().get(pk=request.user.pk)
    update_session_auth_hash(request, user)
    messages.success(request, _("Removed. It lets nobody in any more."))
    return redirect("accounts:security")


def _carry_on_with(request: HttpRequest, factor_id: UUID, *, means: str) -> HttpResponse:
    """Carry on with the one session that a new factor leaves alive: this one. Without codes on paper they come next."""
    user = User.objects.with_standing().get(pk=request.user.pk)
    update_session_auth_hash(request, user)
    was_in = request.standing is Standing.SIGNED_IN
    sessions.add_factor(request.session, factor_id, at=request.at, network=network_of(request))
    if sessions.standing_of(request.session, user) is Standing.SIGNED_IN and not queries.factors_of(user.pk).codes_left:
        if not was_in:
            operations.start_session(actor=user.as_actor(at=request.at), at=request.at, user_id=user.pk, means=means)
        return redirect(
            with_query("accounts:recovery_codes", next=onward(request) or landing_path(user.as_actor(at=request.at)))
        )
    return redirect("accounts:security") if was_in else let_in(request, user, means=means)


def _key_page(request: HttpRequest, device: TotpDevice, form: CodeForm) -> HttpResponse:
    with phi_access(actor=request.user.at_the_door(), purpose=Purpose.ENROL, at=request.at):
        key = device.key
    uri = totp.provisioning_uri(key, issuer=settings.INSURER_NAME, account=request.user.label)
    return page(request, "accounts/enrol_key.html", form, qr_code=_qr_code(uri), text_secret=totp.text_secret(key))


def _passkey_page(request: HttpRequest, form: NewPasskeyForm) -> HttpResponse:
    options = passkeys.creation_options(request.session, request.user, queries.factors_of(request.user.pk).passkeys)
    return page(request, "accounts/enrol_passkey.html", form, passkey_options=options)


def _qr_code(uri: str) -> SafeString:
    """Return the code as an SVG element with presentation attributes only: the policy allows no inline style."""
    svg = segno.make(uri, error="m").svg_inline(scale=4, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return mark_safe(svg)  # noqa: S308 -- made by segno from modules of the code, nothing typed stands in it
