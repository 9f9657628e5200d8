"""The door: sign in, show or enrol the second factor, sign out."""

from http import HTTPStatus

import segno
from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from members import operations, queries
from members.accounts import sessions, totp
from members.accounts.audiences import Standing
from members.accounts.models import TotpDevice, User
from members.accounts.places import client_address, landing_path, own_path, with_query
from members.accounts.throttle import CounterAway
from members.forms import CodeForm, SignInForm
from members.privacy.access import phi_access

ENROLLING_FACTOR = "enrolling_factor_id"


@sensitive_post_parameters("password")
@sensitive_variables("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Take e-mail address and password; whoever is signed in already is sent on."""
    if request.standing is Standing.SIGNED_IN:
        return redirect(_onward(request) or landing_path(request.actor))
    form = SignInForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, "accounts/sign_in.html", form, ended=request.GET.get("ended"))
    try:
        user = operations.check_password(
            at=request.at,
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
            address=client_address(request),
        )
    except CounterAway:
        form.add_error(None, _("We cannot sign you in right now. Wait a few minutes, then try again, or call us."))
        return _page(request, "accounts/sign_in.html", form, status=HTTPStatus.SERVICE_UNAVAILABLE)
    if user is None:
        form.add_error(
            "email",
            _(
                "The email address or the password is not right. Check both and try again. After 5 wrong tries you"
                " have to wait 15 minutes."
            ),
        )
        return _page(request, "accounts/sign_in.html", form)
    login(request, user)
    sessions.begin(request.session, at=request.at)
    return _let_in(request, user, means="password")


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Take a code of the second factor."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, "accounts/verify.html", form)
    user = request.user
    outcome = operations.verify_code(
        actor=user.at_the_door(), at=request.at, user_id=user.pk, code=form.cleaned_data["code"]
    )
    if outcome.factor_id is not None:
        sessions.add_factor(request.session, outcome.factor_id)
        return _let_in(request, user, means="totp")
    if outcome.wait_until is None:
        form.add_error("code", _("That code is not right, or it was used before. Enter the code your app shows now."))
        return _page(request, "accounts/verify.html", form)
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
    response = _page(request, "accounts/verify.html", form, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(seconds)
    return response


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: explain, show the key, take the first code.

    A key is shown only to the session that asked for it, so that nobody confirms a key which another person has seen.
    """
    user = request.user
    if user.factor_ids:
        return redirect(landing_path(request.actor))
    device = queries.factor_being_enrolled(user_id=user.pk, factor_id=request.session.get(ENROLLING_FACTOR))
    if request.method == "POST" and (device is None or "code" not in request.POST):
        device = operations.enrol_totp(actor=user.at_the_door(), at=request.at, user_id=user.pk)
        request.session[ENROLLING_FACTOR] = str(device.pk)
        return redirect(with_query("accounts:enrol", next=_onward(request)))
    if device is None:
        return _page(request, "accounts/enrol_start.html", Form())
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _key_page(request, device, form)
    if not operations.confirm_totp(
        actor=user.at_the_door(), at=request.at, device_id=device.pk, code=form.cleaned_data["code"]
    ):
        form.add_error("code", _("That code is not right. Enter the code your app shows now."))
        return _key_page(request, device, form)
    return _let_in_enrolled(request, device)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and have the browser forget everything of this site."""
    if request.standing is not Standing.ANONYMOUS:
        operations.end_session(actor=request.user.at_the_door(), at=request.at, user_id=request.user.pk)
    logout(request)
    response = redirect(with_query("accounts:sign_in", ended="sign_out"))
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def _let_in(request: HttpRequest, user: User, *, means: str) -> HttpResponse:
    """Send somebody on: to the second factor, to its enrolment, or into the house."""
    onward = _onward(request)
    match sessions.standing_of(request.session, user):
        case Standing.VERIFYING:
            return redirect(with_query("accounts:verify", next=onward))
        case Standing.ENROLLING:
            return redirect(with_query("accounts:enrol", next=onward))
    operations.start_session(actor=user.as_actor(), at=request.at, user_id=user.pk, means=means)
    return redirect(onward or landing_path(user.as_actor()))


def _let_in_enrolled(request: HttpRequest, device: TotpDevice) -> HttpResponse:
    """Carry on with the one session that a new factor leaves alive: this one."""
    user = User.objects.with_standing().get(pk=request.user.pk)
    update_session_auth_hash(request, user)
    request.session.pop(ENROLLING_FACTOR)
    sessions.add_factor(request.session, device.pk)
    return _let_in(request, user, means="totp")


def _key_page(request: HttpRequest, device: TotpDevice, form: CodeForm) -> HttpResponse:
    with phi_access(actor=request.user.at_the_door(), purpose="show the key to enrol", at=request.at):
        key = device.key
    uri = totp.provisioning_uri(key, issuer=settings.INSURER_NAME, account=request.user.label)
    return _page(request, "accounts/enrol_key.html", form, qr_code=_qr_code(uri), text_secret=totp.text_secret(key))


def _qr_code(uri: str) -> SafeString:
    """Return the code as an SVG element with presentation attributes only: the policy allows no inline style."""
    svg = segno.make(uri, error="m").svg_inline(scale=4, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return mark_safe(svg)  # noqa: S308 -- made by segno from modules of the code, nothing typed stands in it


def _onward(request: HttpRequest) -> str | None:
    """Return the page of this site that the person was on the way to."""
    return own_path(request.POST.get("next") or request.GET.get("next"))


def _page(
    request: HttpRequest, template: str, form: Form, *, status: HTTPStatus | None = None, **context: object
) -> HttpResponse:
    """Return a page of the door; a form with errors answers 422 unless told otherwise."""
    status = status or (HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    return render(request, template, {"form": form, "next": _onward(request), **context}, status=status)
