"""Each person's own page of security: factors, places signed in, password, e-mail address."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members import operations, queries
from members.accounts import sessions
from members.accounts.links import read_token
from members.accounts.models import User
from members.accounts.places import client_address, landing_path, network_of, with_query
from members.accounts.refusals import AccountRefused
from members.accounts.signals import LinkKind
from members.accounts.throttle import CounterAway, TooManyLinks
from members.forms import EmailForm, EndSessionForm, NewPasswordForm
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from members.views.page import counter_away, of_a_link, page


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Show what lets this person in, and where it is signed in."""
    user = request.user
    with phi_access(actor=request.actor, purpose=Purpose.OWN_ADDRESS, at=request.at):
        email = User.objects.get(pk=user.pk).email
    return page(
        request,
        "accounts/security.html",
        Form(),
        home=landing_path(request.actor),
        email=email,
        factors=queries.factors_of(user.pk),
        places=queries.open_sessions(
            user, at=request.at, this=sessions.handle_of(request.session), network=network_of(request)
        ),
    )


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one session, or all but this one."""
    form = EndSessionForm(request.POST)
    if not form.is_valid():
        raise Http404
    ended = operations.end_sessions(
        actor=request.actor,
        at=request.at,
        user_id=request.user.pk,
        handle=form.cleaned_data["handle"],
        but_for=sessions.handle_of(request.session),
    )
    words = ngettext("Signed out in %(count)d place.", "Signed out in %(count)d places.", ended) % {"count": ended}
    messages.success(request, words)
    return redirect("accounts:security")


@sensitive_post_parameters("password")
@sensitive_variables("form")
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Set another password; this session goes on, all others end."""
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, "accounts/password.html", form)
    try:
        operations.change_password(
            actor=request.actor,
            at=request.at,
            user_id=request.user.pk,
            password=form.cleaned_data["password"],
            address=client_address(request),
            keep=sessions.handle_of(request.session),
        )
    except ValidationError as fault:
        form.add_error("password", fault)
        return page(request, "accounts/password.html", form)
    update_session_auth_hash(request, User.objects.get(pk=request.user.pk))
    messages.success(request, _("Your password is changed. You are signed out everywhere else."))
    return redirect("accounts:security")


@require_http_methods(["GET", "POST"])
def change_email(request: HttpRequest) -> HttpResponse:
    """Ask for another address; it counts once its owner follows the link that is sent there."""
    form = EmailForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, "accounts/email.html", form)
    try:
        operations.ask_email_change(
            actor=request.actor, at=request.at, user_id=request.user.pk, email=form.cleaned_data["email"]
        )
    except CounterAway:
        return counter_away(request, "accounts/email.html", form)
    except TooManyLinks:
        form.add_error(None, _("Too many links were asked for. Wait an hour, then try again, or call us."))
        return page(request, "accounts/email.html", form, status=HTTPStatus.TOO_MANY_REQUESTS)
    return page(request, "accounts/email_asked.html", Form())


@of_a_link
@require_http_methods(["GET", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Go over to the new address: by a press, for mail programs follow links on their own.

    Only whoever asked for it can, signed in: the address may be another's by a slip of the finger.
    """
    user = read_token(token, LinkKind.NEW_EMAIL)
    if user is None or user.pk != request.user.pk:
        return page(request, "accounts/link_over.html", Form(), again="accounts:email")
    if request.method == "GET":
        return page(request, "accounts/email_confirm.html", Form())
    try:
        operations.confirm_email(
            actor=request.actor,
            at=request.at,
            user_id=user.pk,
            token=token,
            keep=sessions.handle_of(request.session),
        )
    except AccountRefused as refusal:
        return page(request, "accounts/link_over.html", Form(), why=str(refusal), again="accounts:email")
    update_session_auth_hash(request, User.objects.get(pk=user.pk))
    messages.success(request, _("Your new email address counts now. Sign in with it next time."))
    return redirect("accounts:security")


@require_http_methods(["GET", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Send a link to whoever has an account with this address, and the same answer to everybody."""
    form = EmailForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, "accounts/forgot.html", form)
    try:
        operations.ask_reset(at=request.at, email=form.cleaned_data["email"], address=client_address(request))
    except CounterAway:
        return counter_away(request, "accounts/forgot.html", form)
    return page(request, "accounts/forgot_sent.html", Form())


@sensitive_post_parameters("password")
@sensitive_variables("form")
@of_a_link
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Set a new password by a link; signing in afterwards asks for the second factor as always."""
    user = read_token(token, LinkKind.RESET)
    if user is None:
        return page(request, "accounts/link_over.html", Form(), again="accounts:forgot")
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, "accounts/password.html", form)
    try:
        operations.reset_password(
            actor=user.at_the_door(),
            at=request.at,
            user_id=user.pk,
            token=token,
            password=form.cleaned_data["password"],
            address=client_address(request),
        )
    except ValidationError as fault:
        form.add_error("password", fault)
        return page(request, "accounts/password.html", form)
    except AccountRefused as refusal:
        return page(request, "accounts/link_over.html", Form(), why=str(refusal), again="accounts:forgot")
    return redirect(with_query("accounts:sign_in", ended="new_password"))
