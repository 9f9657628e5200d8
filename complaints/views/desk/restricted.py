"""Restricted complaints: restricting and lifting, breaking the glass, and reviewing who did."""

from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from complaints.enums import RestrictionKind
from complaints.forms.restricted import GlassForm, LiftForm, RestrictForm, VerdictForm
from complaints.operations import (
    AnswersAwaited,
    NothingToOpen,
    OpeningRefused,
    TooManyOpenings,
    break_glass,
    judge_opening,
    lift_restriction,
    restrict_complaint,
)
from complaints.queries.openings import OpeningLine, count_overdue, done_within, read_opening, read_openings
from complaints.views.desk.act import ActView, Told
from members.accounts.throttle import CounterAway
from members.actors import Role
from members.views.staff_page import staff_page
from slas.queries import database_now

NOTHING = "There is no complaint with this reference that you could open. Check the reference, or ask a team lead."
TOO_MANY = "You have tried too often. Wait 15 minutes, or ask a team lead, who can see it at once."
AWAY = "We cannot do this right now. Wait a few minutes, or ask a team lead, who can see it at once."
AWAITED = (
    "You have opened this case before, or three others, and nobody has said yet whether that was justified. Ask a "
    "privacy officer to answer, or a team lead, who can see the case at once."
)
REFUSALS: dict[type[Exception], tuple[str, HTTPStatus]] = {
    NothingToOpen: (NOTHING, HTTPStatus.UNPROCESSABLE_ENTITY),
    TooManyOpenings: (TOO_MANY, HTTPStatus.TOO_MANY_REQUESTS),
    AnswersAwaited: (AWAITED, HTTPStatus.UNPROCESSABLE_ENTITY),
    CounterAway: (AWAY, HTTPStatus.SERVICE_UNAVAILABLE),
}


class Restrict(ActView):
    """Let few see the complaint."""

    act, title, label = "restrict", "Restrict the complaint", "Restrict it"
    done = "The complaint is restricted."
    explanation: ClassVar[str] = (
        "From now on only its owner, team leads and privacy officers see it. For all others it is not there."
    )
    form_class = RestrictForm

    def perform(self, form: RestrictForm, told: Told) -> None:
        """Restrict it."""
        kind, reason = RestrictionKind(form.cleaned_data["kind"]), form.cleaned_data["reason"]
        restrict_complaint(**told, kind=kind, reason=reason)


class Lift(ActView):
    """Let everybody who reads complaints see this one again."""

    act, title, label = "lift_restriction", "Lift the restriction", "Lift it"
    done = "The restriction is lifted."
    explanation = "Everybody who reads complaints will see this one again."
    form_class = LiftForm

    def perform(self, form: LiftForm, told: Told) -> None:
        """Lift it."""
        lift_restriction(**told, reason=form.cleaned_data["reason"])


@require_http_methods(["GET", "HEAD", "POST"])
def glass(request: HttpRequest) -> HttpResponse:
    """Open a restricted complaint in an emergency; what went wrong is said without telling what is there."""
    form = GlassForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                found = break_glass(actor=request.actor, at=database_now(), **form.cleaned_data)
            except tuple(REFUSALS) as refused:
                words, status = REFUSALS[type(refused)]
                form.add_error(None, words)
            else:
                return redirect("desk:case", found.reference)
    return staff_page(request, "staff/glass.html", {"form": form}, status=status)


@require_safe
def openings(request: HttpRequest) -> HttpResponse:
    """Show the log of broken glass, what waits for an answer first."""
    page = read_openings(actor=request.actor, page=request.GET.get("page"), at=request.at)
    overdue = count_overdue(actor=request.actor, at=request.at)
    stands_in = not request.actor.has(Role.PRIVACY_OFFICER, Role.AUDITOR)
    return staff_page(request, "staff/openings.html", {"page": page, "overdue": overdue, "stands_in": stands_in})


@require_safe
def opening(request: HttpRequest, opening_id: UUID) -> HttpResponse:
    """Show one opening: who, when, why, and what was done."""
    return _opening_page(request, _found(request, opening_id), VerdictForm())


@require_http_methods(["POST"])
def judge(request: HttpRequest, opening_id: UUID) -> HttpResponse:
    """Answer whether an opening was justified; what is refused comes back with its words."""
    found = _found(request, opening_id)
    form = VerdictForm(request.POST)
    if form.is_valid():
        justified = form.cleaned_data["justified"] == "yes"
        try:
            judge_opening(
                actor=request.actor,
                at=database_now(),
                opening_id=opening_id,
                justified=justified,
                reason=form.cleaned_data["reason"],
            )
        except OpeningRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The answer is recorded.")
            return redirect("desk:openings")
    return _opening_page(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _found(request: HttpRequest, opening_id: UUID) -> OpeningLine:
    found = read_opening(actor=request.actor, opening_id=opening_id, at=request.at)
    if found is None:
        raise Http404
    return found


def _opening_page(
    request: HttpRequest, found: OpeningLine, form: VerdictForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    done = done_within(actor=request.actor, opening_id=found.id)
    return staff_page(request, "staff/opening.html", {"opening": found, "done": done, "form": form}, status=status)
