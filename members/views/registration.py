"""How a member gets an account: by what stands on the card, and a link to the address on file."""

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from members import operations
from members.accounts.models import User
from members.accounts.places import client_address, with_query
from members.accounts.refusals import AccountRefused
from members.accounts.throttle import CounterAway
from members.actors import GUEST
from members.forms import NewPasswordForm, RegistrationForm
from members.privacy.access import phi_access
from members.registration_links import read_registration_token
from members.views.page import counter_away, page


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
@sensitive_variables("form", "email")
@require_http_methods(["GET", "POST"])
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """Open the account of the member who follows the link, with the password that is typed."""
    member = read_registration_token(token)
    if member is None:
        return page(request, "accounts/link_over.html", Form(), again="accounts:register")
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=User())
    if not form.is_valid():
        return page(request, "accounts/password.html", form)
    with phi_access(actor=GUEST, purpose="open the own account", at=request.at):
        email = member.email
    try:
        operations.create_member_account(
            actor=GUEST, at=request.at, member_id=member.pk, email=email, password=form.cleaned_data["password"]
        )
    except (AccountRefused, ValidationError) as refusal:
        form.add_error("password", refusal if isinstance(refusal, ValidationError) else str(refusal))
        return page(request, "accounts/password.html", form)
    return redirect(with_query("accounts:sign_in", ended="new_password"))
