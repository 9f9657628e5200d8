"""Teams, skills and absences, and where people are signed in. For administrators."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from members import operations, staffing
from members.accounts.models import User
from members.accounts.refusals import AccountRefused
from members.dates import house_day
from members.models import Absence, SkillCode, Team
from members.staffing_forms import AbsenceForm, TeamForm
from members.views.staff_page import staff_page


@require_http_methods(["GET", "POST"])
def teams(request: HttpRequest) -> HttpResponse:
    """List the teams, and found another one."""
    form = TeamForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            operations.create_team(actor=request.actor, at=request.at, name=form.cleaned_data["name"])
        except AccountRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The team is there. Put people into it on their own pages."))
            return redirect("people:teams")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    away = staffing.away(on=house_day(request.at))
    context = {"teams": staffing.all_teams(), "staff": staffing.colleagues(), "away": away, "form": form}
    return staff_page(request, "people/teams.html", context, status=status)


@require_POST
def lead_team(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Say who leads a team."""
    user_id = _id(request, "user")
    _do(request, lambda: operations.lead_team(actor=request.actor, at=request.at, team_id=team_id, user_id=user_id))
    return redirect("people:teams")


@require_POST
def rename_team(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Give a team another name."""
    if not staffing.all_teams().filter(pk=team_id).exists():
        raise Http404
    form = TeamForm(request.POST)
    if form.is_valid():
        told = {"actor": request.actor, "at": request.at, "team_id": team_id}
        _do(request, lambda: operations.rename_team(**told, name=form.cleaned_data["name"]))
    else:
        messages.error(request, form.errors["name"][0])
    return redirect("people:teams")


@require_POST
def end_team(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """End a team."""
    _do(request, lambda: operations.end_team(actor=request.actor, at=request.at, team_id=team_id))
    return redirect("people:teams")


@require_http_methods(["GET", "POST"])
def work(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Show somebody's team, skills and absences, and record an absence."""
    found = staffing.read_work(user_id=user_id, on=house_day(request.at))
    if found is None:
        raise Http404
    form = AbsenceForm(request.POST if request.method == "POST" else None, colleagues=found.colleagues)
    if form.is_valid():
        try:
            operations.record_absence(actor=request.actor, at=request.at, user_id=user_id, **form.cleaned_data)
        except AccountRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The absence is recorded."))
            return redirect("people:work", user_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return staff_page(request, "people/work.html", {"work": found, "form": form}, status=status)


@require_POST
def join_team(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Put somebody into a team, or into none."""
    team_id = _id(request, "team")
    _do(request, lambda: operations.join_team(actor=request.actor, at=request.at, user_id=user_id, team_id=team_id))
    return redirect("people:work", user_id)


@require_POST
def set_skills(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Say all that somebody can do."""
    codes = request.POST.getlist("skill")
    if not set(codes) <= set(SkillCode.values):
        raise Http404
    skills = [SkillCode(code) for code in codes]
    _do(request, lambda: operations.set_skills(actor=request.actor, at=request.at, user_id=user_id, codes=skills))
    return redirect("people:work", user_id)


@require_POST
def end_absence(request: HttpRequest, user_id: UUID, absence_id: UUID) -> HttpResponse:
    """Take an absence back."""
    told = {"actor": request.actor, "at": request.at, "user_id": user_id}
    _do(request, lambda: operations.end_absence(**told, absence_id=absence_id))
    return redirect("people:work", user_id)


@require_POST
def sign_out_everywhere(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """End all sessions of somebody."""
    try:
        ended = operations.end_sessions_of(actor=request.actor, at=request.at, user_id=user_id)
    except User.DoesNotExist:
        raise Http404 from None
    words = ngettext("Signed out in %(count)d place.", "Signed out in %(count)d places.", ended) % {"count": ended}
    messages.success(request, words)
    return redirect("people:person", user_id)


def _do(request: HttpRequest, act: Callable[[], object]) -> None:
    try:
        act()
    except (User.DoesNotExist, Team.DoesNotExist, Absence.DoesNotExist):
        raise Http404 from None
    except AccountRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Done. It counts from now on."))


def _id(request: HttpRequest, name: str) -> UUID | None:
    """Return the id that was chosen, None for nobody."""
    try:
        return UUID(request.POST[name]) if request.POST.get(name) else None
    except ValueError:
        raise Http404 from None
