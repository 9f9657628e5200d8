"""Pages for everybody: what this is, how to complain, where a complaint stands, and our statements."""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from complaints.correspondence.delivery import STATUS_SALT
from complaints.forms.member import StatusForm
from complaints.operations import TooManyGuesses, request_status_link
from complaints.queries.language_help import taglines
from complaints.queries.public_status import status_of as read_status
from complaints.queries.time_table import time_table
from complaints.views.member_page import house_day, member_page
from members.accounts.places import client_address
from members.accounts.throttle import CounterAway
from slas.queries import database_now

LINK_LASTS = timedelta(minutes=30)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the start page."""
    return member_page(request, "public/home.html", {})


@require_safe
def complaints(request: HttpRequest) -> HttpResponse:
    """Show how to complain, with what we promise by the policy that is in force today."""
    promises = time_table(pack=settings.HOUSE_PACK, on=house_day(request.at))
    context = {
        "columns": [{"label": _("What we do")}, {"label": _("By when")}],
        "rows": [[promise.title, promise.promise] for promise in promises],
    }
    return member_page(request, "public/complaints.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """Take reference and surname; the answer is the same whether they belong together or not."""
    form = StatusForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        wrong = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return member_page(request, "public/status.html", {"form": form}, status=wrong)
    address = client_address(request)
    try:
        request_status_link(actor=request.actor, at=database_now(), address=address, **form.cleaned_data)
    except TooManyGuesses:
        too_many = {"too_many": True}
        return member_page(request, "public/status_wait.html", too_many, status=HTTPStatus.TOO_MANY_REQUESTS)
    except CounterAway:
        return member_page(request, "public/status_wait.html", {}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return member_page(request, "public/status_asked.html", {})


@require_safe
def status_of(request: HttpRequest, token: str) -> HttpResponse:
    """Show where the complaint of an e-mailed link stands, for half an hour."""
    try:
        complaint_id = UUID(TimestampSigner(salt=STATUS_SALT).unsign(token, max_age=LINK_LASTS))
    except (BadSignature, ValueError):
        found = None
    else:
        found = read_status(complaint_id=complaint_id, now=request.at)
    if found is None:
        return member_page(request, "public/status_over.html", {}, status=HTTPStatus.GONE)
    return member_page(request, "public/status_of.html", {"status": found})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say what works for whom, and what was not tested."""
    return member_page(request, "public/accessibility.html", {})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what we do with what people tell us."""
    return member_page(request, "public/privacy.html", {})


@require_safe
def language_help(request: HttpRequest) -> HttpResponse:
    """Say, in many languages, that an interpreter is free."""
    return member_page(request, "public/language_help.html", {"taglines": taglines(settings.INSURER_PHONE)})
