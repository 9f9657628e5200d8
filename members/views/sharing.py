"""Who may get a member's data, and who got it: the member's own pages."""

from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.actors import Scope
from members.disclosure_forms import ShareForm
from members.disclosures import account
from members.disclosures.consents import give_consent, withdraw_consent
from members.disclosures.models import Consent
from members.disclosures.refusals import DisclosureRefused
from members.disclosures.texts import RIGHTS
from members.spreadsheets import csv_text
from members.views.page import page

PAGE = 50
ALL = "all"


@require_safe
def sharing(request: HttpRequest) -> HttpResponse:
    """Show who may get the data."""
    lines = account.consents_in_force(actor=request.actor, at=request.at)
    return page(request, "accounts/sharing.html", Form(), lines=lines, may_share=bool(request.actor.members(*Scope)))


@sensitive_post_parameters("recipient")
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest) -> HttpResponse:
    """Let a member agree to one of the texts."""
    names = account.names_of_own(actor=request.actor, at=request.at)
    if not names:
        raise Http404
    form = ShareForm(request.POST if request.method == "POST" else None, names=names)
    if form.is_valid():
        try:
            give_consent(actor=request.actor, at=request.at, member_id=form.member_id, **form.agreed)
        except DisclosureRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("We wrote it down. You can take it back here at any time."))
            return redirect("accounts:sharing")
    return page(request, "accounts/share.html", form, rights=RIGHTS)


@require_POST
def stop_sharing(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Take a consent back with one press."""
    try:
        withdraw_consent(actor=request.actor, at=request.at, consent_id=consent_id)
    except Consent.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("You took it back. From now on we share nothing with that person."))
    return redirect("accounts:sharing")


@require_safe
def shared(request: HttpRequest) -> HttpResponse:
    """Show who got the data, by pages or, to print, on one."""
    rows = account.own_disclosures(request.actor)
    on_one_page = request.GET.get("page") == ALL
    found = Paginator(rows, max(rows.count(), 1) if on_one_page else PAGE).get_page(request.GET.get("page"))
    lines = account.opened(found.object_list, actor=request.actor, at=request.at)
    context = {"on_one_page": on_one_page, "with_names": settings.MEMBERS_SEE_NAMES_OF_STAFF}
    return page(request, "accounts/shared.html", Form(), lines=lines, page=found, **context)


@require_safe
def shared_csv(request: HttpRequest) -> HttpResponse:
    """Hand out the whole account as CSV."""
    zone = ZoneInfo(settings.HOUSE_TIME_ZONE)
    lines = account.opened(account.own_disclosures(request.actor), actor=request.actor, at=request.at)
    head = [_("Day"), _("Whose"), _("Who got it"), _("Address"), _("What"), _("Data"), _("What for"), _("Why we may")]
    rows = [
        (
            f"{line.at.astimezone(zone):%Y-%m-%d}",
            line.whose,
            line.recipient,
            line.address,
            line.what,
            line.data,
            line.purpose,
            line.basis,
            line.correction.reason if line.correction else "",
        )
        for line in lines
    ]
    table = csv_text([*head, _("Mistake")], rows)
    response = HttpResponse(table, content_type="text/csv; charset=utf-8", status=HTTPStatus.OK)
    response["Content-Disposition"] = 'attachment; filename="who-got-my-data.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
