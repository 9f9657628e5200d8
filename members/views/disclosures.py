"""The privacy officer's pages: a member's account of disclosures, and what came or went outside this house."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from members.disclosure_forms import DisclosureForm, MemberNumberForm, MistakeForm, PaperForm, end_of
from members.disclosures import account
from members.disclosures.consents import record_consent, withdraw_for_member
from members.disclosures.corrections import OF_ONESELF, correct_disclosure
from members.disclosures.gate import Recipient, Sending, record_disclosure
from members.disclosures.models import Consent
from members.disclosures.refusals import DisclosureRefused
from members.disclosures.texts import RIGHTS
from members.disclosures.vocabulary import Basis, DataClass, Purpose, Way
from members.representations import member_with_number
from members.views.staff_page import staff_page


@sensitive_post_parameters("member_number")
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find the account of one member by a number that stands in no address."""
    form, found = MemberNumberForm(request.POST if request.method == "POST" else None), None
    if form.is_valid():
        number = form.cleaned_data["member_number"]
        found = account.account_of(actor=request.actor, at=request.at, member_number=number)
        if found is None:
            form.add_error("member_number", _nobody())
    return _page(request, "people/disclosures.html", form, account=found)


@sensitive_post_parameters("member_number", "recipient", "evidence")
@require_http_methods(["GET", "HEAD", "POST"])
def record_paper(request: HttpRequest) -> HttpResponse:
    """Record a consent that came on paper."""
    form = PaperForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _done(form, lambda member_id: _keep_paper(request, form, member_id)):
        messages.success(request, _("It is recorded. The member is told, and can take it back at any time."))
        return redirect("people:disclosures")
    return _page(request, "people/record_consent.html", form, rights=RIGHTS)


@sensitive_post_parameters("member_number", "recipient", "address", "what")
@require_http_methods(["GET", "HEAD", "POST"])
def record_gone(request: HttpRequest) -> HttpResponse:
    """Record what has gone out past this house: by phone, by post, in person."""
    form = DisclosureForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _done(form, lambda member_id: _keep_gone(request, form, member_id)):
        messages.success(request, _("It is in the member’s account."))
        return redirect("people:disclosures")
    return _page(request, "people/record_disclosure.html", form)


@sensitive_post_parameters("reason")
@require_http_methods(["GET", "HEAD", "POST"])
def mistake(request: HttpRequest, disclosure_id: UUID) -> HttpResponse:
    """Show an entry of an account, and note beside it that it should not be there."""
    line = account.entry(actor=request.actor, at=request.at, disclosure_id=disclosure_id)
    if line is None:
        raise Http404
    form = MistakeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            correct_disclosure(actor=request.actor, at=request.at, disclosure_id=disclosure_id, reason=reason)
        except DisclosureRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is noted beside the entry, where the member sees it."))
            return redirect("people:disclosures")
    return _page(request, "people/correct_disclosure.html", form, line=line, of_oneself=OF_ONESELF)


@require_POST
def withdraw(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Take a consent back because the member has asked for it, by phone or else in writing."""
    way = Way.PHONE if request.POST.get("way") == Way.PHONE else Way.POST
    try:
        withdraw_for_member(actor=request.actor, at=request.at, consent_id=consent_id, channel=way)
    except Consent.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("It is taken back. From now on nothing goes on it."))
    return redirect("people:disclosures")


def _keep_paper(request: HttpRequest, form: PaperForm, member_id: UUID) -> None:
    said = form.cleaned_data
    record_consent(
        actor=request.actor,
        at=request.at,
        member_id=member_id,
        channel=Way(said["channel"]),
        evidence=said["evidence"],
        **form.agreed,
    )


def _keep_gone(request: HttpRequest, form: DisclosureForm, member_id: UUID) -> None:
    said = form.cleaned_data
    went_at = end_of(said["went_on"])
    if went_at.date() == request.at.astimezone(went_at.tzinfo).date():
        went_at = request.at
    record_disclosure(
        actor=request.actor,
        at=request.at,
        went_at=went_at,
        member_id=member_id,
        recipient=Recipient(said["recipient"], said["address"]),
        classes=[DataClass(code) for code in said["classes"]],
        purpose=Purpose(said["purpose"]),
        basis=Basis(said["basis"]),
        sending=Sending(said["what"], Way(said["way"]), key=form.row_id()),
    )


def _done(form: Any, keep: Any) -> bool:
    """Do it for the member whose number was typed, or put why not on the form."""
    member_id = member_with_number(form.cleaned_data["member_number"])
    if member_id is None:
        form.add_error("member_number", _nobody())
        return False
    try:
        keep(member_id)
    except DisclosureRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _nobody() -> str:
    return _("No member has this number. Check it on the member card.")


def _page(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return staff_page(request, template, {"form": form, **context}, status=status)
