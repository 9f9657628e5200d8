"""Trying dates out, and reading the rules that they come from. Nothing here changes anything."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from complaints.forms.try_dates import TrialForm
from complaints.queries.why_packs import pack_lines, pack_page, published_rules
from complaints.queries.why_tried import TrialRefused, Tried, try_date
from members.views.staff_page import staff_page


@require_safe
def try_dates(request: HttpRequest) -> HttpResponse:
    """Show which date made-up facts give under a published rule. The address holds the facts."""
    asked = request.GET if "received" in request.GET else None
    form = TrialForm(asked, rules=published_rules(), initial={"rule": request.GET.get("rule", "")})
    tried = _tried(form) if form.is_valid() else None
    context = {"form": form, "tried": tried, "why": tried and tried.why, "offers": _offers(request, form)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return staff_page(request, "quality/try_dates.html", context, status=status)


@require_safe
def packs(request: HttpRequest) -> HttpResponse:
    """List the policy packs that are published."""
    return staff_page(request, "quality/packs.html", {"packs": pack_lines()})


@require_safe
def pack(request: HttpRequest, name: str) -> HttpResponse:
    """Show all that one pack says, with what its worked examples come to."""
    page = pack_page(name)
    if page is None:
        raise Http404
    return staff_page(request, "quality/pack.html", {"page": page})


def _tried(form: TrialForm) -> Tried | None:
    try:
        return try_date(form.trial())
    except TrialRefused as refused:
        form.add_error(refused.field, str(refused))
    return None


def _offers(request: HttpRequest, form: TrialForm) -> list[tuple[str, str]]:
    """Return for a doubtful moment what it may mean, each with the address that says so."""
    asked = request.GET.dict()
    return [
        (offer.words, f"?{urlencode(asked | {name: offer.text})}")
        for name, offers in form.offers.items()
        for offer in offers
    ]
