"""The complaint form: a step a page, kept in a draft."""

from datetime import date
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from complaints.intake.drafts import DraftInHand, known_of
from complaints.intake.forms import StepForm
from complaints.intake.limits import may_save
from complaints.intake.models import Draft
from complaints.intake.operations import DRAFTS_LAST, discard_draft, save_answers
from complaints.intake.steps import (
    CHECK,
    COUNT,
    STEPS,
    Step,
    first_unanswered,
    number_of,
    page_after,
    page_before,
    step_named,
)
from complaints.views.drafts import already_sent, in_hand, page_draft_id, remember, target_of, too_often
from complaints.views.member_page import house_day, member_page
from members.accounts.places import client_address
from members.dates import day_in_words
from slas.queries import database_now

FROM_CHECK = "from"
LATER = "later"


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Begin, or offer to go on with what was not sent; by POST drop that and begin anew."""
    at = database_now() if request.method == "POST" else request.at
    draft = in_hand(request, at=at)
    if draft is None or not draft.is_open:
        return redirect("intake:step", STEPS[0].name)
    if request.method == "POST":
        if page_draft_id(request) == draft.id:
            discard_draft(actor=request.actor, at=at, draft_id=draft.id)
        return redirect("intake:start")
    gap = first_unanswered(draft.answers, today=house_day(at))
    page = reverse("intake:step", args=[gap.name if gap else CHECK])
    saved_on = day_in_words(house_day(draft.saved_at))
    return member_page(request, "intake/start.html", {"go_on_url": page, "saved_on": saved_on, "draft_id": draft.id})


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, name: str) -> HttpResponse:
    """Show one page of questions, or keep what was typed on it and go on."""
    here = step_named(name)
    if here is None:
        raise Http404
    if request.method == "POST":
        return _keep(request, here)
    draft = in_hand(request, at=request.at)
    today = house_day(request.at)
    if elsewhere := turned_away(draft, here, today=today):
        return elsewhere
    typed = draft.answers.get(here.name, {}) if draft and draft.is_open else {}
    known = known_of(actor=request.actor, at=request.at) if here is STEPS[0] and not typed else {}
    form = here.form.showing(typed, today=today, otherwise={"language": request.LANGUAGE_CODE} | known)
    return step_page(request, here, draft, form)


def _keep(request: HttpRequest, here: Step) -> HttpResponse:
    at = database_now()
    draft = in_hand(request, at=at)
    form = here.form(request.POST, today=house_day(at))
    target = target_of(request, draft)
    if target.refusal:
        return step_page(request, here, draft, form, refusal=target.refusal)
    if not form.is_valid() and LATER not in request.POST:
        return step_page(request, here, draft, form)
    if not may_save(address=client_address(request), draft_id=target.draft_id):
        too_many = HTTPStatus.TOO_MANY_REQUESTS
        return step_page(request, here, draft, form, refusal=too_often(), refused_as=too_many)
    try:
        draft_id = save_answers(actor=request.actor, at=at, draft_id=target.draft_id, answers={here.name: form.typed})
    except Draft.DoesNotExist:
        return step_page(request, here, draft, form, refusal=already_sent())
    return remember(redirect(next_url(request, here)), draft_id)


def step_page(
    request: HttpRequest,
    here: Step,
    draft: DraftInHand | None,
    form: StepForm,
    *,
    refusal: str = "",
    refused_as: HTTPStatus = HTTPStatus.CONFLICT,
    **more: Any,
) -> HttpResponse:
    """Draw a page of questions. With `refusal` or errors, everything typed is on it again."""
    from_check = request.GET.get(FROM_CHECK) == CHECK
    before = CHECK if from_check else page_before(here.name)
    context = {
        "step": here,
        "number": number_of(here),
        "count": COUNT,
        "form": form,
        "draft_id": draft.id if draft and draft.is_open else "",
        "back_url": reverse("intake:step", args=[before]) if before else reverse("public:home"),
        "from_check": from_check,
        "refusal": refusal,
        "has_errors": bool(refusal),
        "sent_as": draft.sent_as if draft else "",
    }
    status = refused_as if refusal else HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    templates = [f"intake/{here.name}.html", "intake/step.html"]
    return member_page(request, templates, context | more, status=status)


def turned_away(draft: DraftInHand | None, here: Step | None, *, today: date) -> HttpResponse | None:
    """Return where to send somebody for whom a page is not the next to fill in; None is the page of checks.

    That is the done page once the draft was sent, and the first step without a right answer if it lies before here.
    """
    if draft and draft.sent_as:
        return None if here is STEPS[0] else redirect("intake:done", draft.sent_as)
    gap = first_unanswered(draft.answers if draft else {}, today=today)
    if gap and (here is None or number_of(gap) < number_of(here)):
        return redirect("intake:step", gap.name)
    return None


def next_url(request: HttpRequest, here: Step) -> str:
    """Return where to go after a step: back to the checks, on to the next page, or out."""
    if LATER in request.POST:
        return reverse("intake:saved")
    return reverse("intake:step", args=[CHECK if request.GET.get(FROM_CHECK) == CHECK else page_after(here)])


@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """Say how to come back to what was saved."""
    until = day_in_words(house_day(request.at + DRAFTS_LAST))
    return member_page(request, "intake/saved.html", {"until": until})
