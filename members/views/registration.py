"""How a member gets an account: by what stands on the card, and a link to the address on file."""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from members import operations
from members.accounts.places import client_address, with_query
from members.accounts.refusals import AccountRefused
from members.accounts.throttle import CounterAway
from members.actors import GUEST
from members.forms import NewPasswordForm, RegistrationForm
from members.registration_links import read_registration_token
from members.views.page import counter_away, of_a_link, page


@sensitive_post_parameters()
@sensitive_variables("form")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Send a link to the member whom the answers fit, and the same page to everybody."""
    form = RegistrationForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, "accounts/register.html", form)
    try:
        operations.ask_registration(
            at=request.at,
            member_number=form.cleaned_data["member_number"],
            known_by=operations.KnownBy(form.cleaned_data["born_on"], form.cleaned_data["postal_code"]),
            address=client_address(request),
        )
    except CounterAway:
        return counter_away(request, "accounts/register.html", form)
    return page(request, "accounts/register_sent.html", Form())


@sensitive_post_parameters("password")
@sensitive_variables("form", "invitation")
@of_a_link
@require_http_methods(["GET", "POST"])
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """Open the account of the member who follows the link, with the password that is typed."""
    invitation = read_registration_token(token, at=request.at)
    if invitation is None:
        return page(request, "accounts/link_over.html", Form(), again="accounts:register")
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, "accounts/password.html", form)
    try:
        operations.create_member_account(
            actor=GUEST,
            at=request.at,
            member_id=invitation.member_id,
            email=invitation.email,
            password=form.cleaned_data["password"],
        )
    except ValidationError as fault:
        form.add_error("password", fault)
        return page(request, "accounts/password.html", form)
    except AccountRefused:
        why = _(
            "We cannot open an account with the email address that we have for you. It may be in use for another"
            " account, as in a family. Call us at %(phone)s. We note another address for you, then you can start again."
        )
        return page(
            request,
            "accounts/link_over.html",
            Form(),
            status=HTTPStatus.CONFLICT,
            why=why % {"phone": settings.INSURER_PHONE},
        )
    return redirect(with_query("accounts:sign_in", ended="new_password"))
