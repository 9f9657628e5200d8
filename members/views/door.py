"""The door: sign in, show the second factor, sign out."""

from http import HTTPStatus

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from members import operations
from members.accounts import sessions
from members.accounts.audiences import Standing
from members.accounts.devices import device_of
from members.accounts.places import client_address, landing_path, network_of, with_query
from members.accounts.throttle import CounterAway, TooManyFromHere
from members.forms import RecoveryCodeForm, SignInForm
from members.views.page import counter_away, let_in, onward, page
from members.views.proof import ask_for_factor


@sensitive_post_parameters("password")
@sensitive_variables("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Take e-mail address and password; whoever is signed in already is sent on."""
    if request.standing is Standing.SIGNED_IN:
        return redirect(onward(request) or landing_path(request.actor))
    form = SignInForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, "accounts/sign_in.html", form, ended=request.GET.get("ended"))
    try:
        user = operations.check_password(
            at=request.at,
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
            address=client_address(request),
        )
    except CounterAway:
        return counter_away(request, "accounts/sign_in.html", form)
    except TooManyFromHere:
        form.add_error(
            None, _("Too many wrong tries came from your network. Wait an hour, then try again, or call us.")
        )
        return page(request, "accounts/sign_in.html", form, status=HTTPStatus.TOO_MANY_REQUESTS)
    if user is None:
        form.add_error("email", _("The email address or the password is not right. Check both and try again."))
        return page(request, "accounts/sign_in.html", form)
    login(request, user)
    sessions.begin(request.session, at=request.at, device=device_of(request), network=network_of(request))
    return let_in(request, user, means="password")


@sensitive_post_parameters("code", "credential")
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Take the second factor: a passkey, or a code of an app."""
    answer = ask_for_factor(request, "accounts/verify.html")
    if isinstance(answer, HttpResponse):
        return answer
    sessions.add_factor(request.session, answer.factor_id, at=request.at, network=network_of(request))
    return let_in(request, request.user, means=answer.means)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def recovery(request: HttpRequest) -> HttpResponse:
    """Take a recovery code in place of the factor that is lost."""
    form = RecoveryCodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, "accounts/recovery.html", form)
    user = request.user
    try:
        good = operations.use_recovery_code(
            actor=user.at_the_door(), at=request.at, user_id=user.pk, code=form.cleaned_data["code"]
        )
    except CounterAway:
        return counter_away(request, "accounts/recovery.html", form)
    if not good:
        form.add_error(
            "code",
            _(
                "That code is not right, or it was used before. Each code works once. After 5 wrong tries you have to"
                " wait 15 minutes."
            ),
        )
        return page(request, "accounts/recovery.html", form)
    sessions.add_factor(request.session, sessions.RECOVERY, at=request.at, network=network_of(request))
    return let_in(request, user, means="recovery")


@require_http_methods(["GET", "POST"])
def stay(request: HttpRequest) -> JsonResponse:
    """Tell the page's script how long the session goes on, in seconds, and what ends or ended it.

    The gate keeps the session alive for a press of "Stay signed in", and for no question that a script asks unattended.
    """
    left = request.session_left
    told = {"left": left.seconds, "limit": left.limit} if left else {"left": 0, "limit": request.session_ended}
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and have the browser forget everything of this site."""
    if request.standing is not Standing.ANONYMOUS:
        operations.end_session(actor=request.user.at_the_door(), at=request.at, user_id=request.user.pk)
    logout(request)
    response = redirect(with_query("accounts:sign_in", ended="sign_out"))
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
