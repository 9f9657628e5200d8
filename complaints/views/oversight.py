"""The audit trail on screen: who saw a member's record, what a person did, what happened to a case."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from complaints.forms.oversight import CaseLookUp, MemberLookUp, PersonLookUp, TrailFilter
from complaints.oversight import subjects
from complaints.oversight.chain import chain_state
from complaints.oversight.enums import Kind, Period
from complaints.oversight.exports import MOST, events_to_take, trail_csv, trail_json
from complaints.oversight.look_ups import note_export, note_look_up
from complaints.oversight.names import name_of_member
from complaints.oversight.trail import Asked, read_mark, read_trail
from complaints.permissions import may
from complaints.queries.case_head import find_case
from complaints.views.download import download
from members.audit.models import Event
from members.models import Member
from members.views.staff_page import staff_page

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
NO_MEMBER = "No member has this number, or it is not for you to look at. Check it on the member card."
NO_CASE = "There is no case with this reference that you could see. Check the reference."


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose trail a page shows: what it is called in events, its key, its words, and the events."""

    of: str
    key: UUID
    title: str
    name: str
    events: QuerySet[Event]
    url: str


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show how the trail is sealed, and the three ways to look into it."""
    return _home(request)


@sensitive_post_parameters("member_number")
@require_http_methods(["POST"])
def find_member(request: HttpRequest) -> HttpResponse:
    """Lead to the trail of the member with a number, which stands in no address."""
    form = MemberLookUp(request.POST)
    if form.is_valid():
        found = subjects.find_member(request.actor, form.cleaned_data["member_number"])
        if found:
            return redirect("oversight:member", found.pk)
        note_look_up(actor=request.actor, at=request.at, of="member", key=None)
        form.add_error("member_number", NO_MEMBER)
    return _home(request, member_form=form)


@require_http_methods(["POST"])
def find_person(request: HttpRequest) -> HttpResponse:
    """Lead to what a person did."""
    form = PersonLookUp(request.POST)
    if form.is_valid():
        return redirect("oversight:person", form.cleaned_data["person"])
    return _home(request, person_form=form)


@require_http_methods(["POST"])
def find_trail_of_case(request: HttpRequest) -> HttpResponse:
    """Lead to the trail of a case."""
    form = CaseLookUp(request.POST)
    if form.is_valid():
        found = find_case(actor=request.actor, reference=form.cleaned_data["reference"])
        if found:
            return redirect("oversight:case", found.reference)
        note_look_up(actor=request.actor, at=request.at, of="case", key=None)
        form.add_error("reference", NO_CASE)
    return _home(request, case_form=form)


@require_safe
def member(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Show who saw a member's record and complaints."""
    found = _member(request, member_id)
    return _trail(request, _subject(found, request), name=_name(found, request))


@require_safe
def person(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Show what one person did and saw."""
    return _trail(request, _person(request, user_id))


@require_safe
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what happened to one case."""
    return _trail(request, _case(request, reference))


@require_safe
def take_member(request: HttpRequest, member_id: UUID, form: str) -> HttpResponse:
    """Hand out the trail of a member."""
    return _taken(request, form, lambda: _subject(_member(request, member_id), request))


@require_safe
def take_person(request: HttpRequest, user_id: UUID, form: str) -> HttpResponse:
    """Hand out what one person did."""
    return _taken(request, form, lambda: _person(request, user_id))


@require_safe
def take_case(request: HttpRequest, reference: str, form: str) -> HttpResponse:
    """Hand out the trail of a case."""
    return _taken(request, form, lambda: _case(request, reference))


def _home(request: HttpRequest, **forms: Form) -> HttpResponse:
    context = {"member_form": MemberLookUp(), "person_form": PersonLookUp(), "case_form": CaseLookUp()} | forms
    status = HTTPStatus.UNPROCESSABLE_ENTITY if forms else HTTPStatus.OK
    wrong = next(iter(forms.values()), None)
    context |= {"chain": chain_state(at=request.at), "form": wrong}
    return staff_page(request, "oversight/home.html", context, status=status)


def _trail(request: HttpRequest, subject: Subject, *, name: str = "") -> HttpResponse:
    asked = _asked(request)
    note_look_up(actor=request.actor, at=request.at, of=subject.of, key=subject.key, asked=asked)
    context = {
        "subject": subject,
        "name": name or subject.name,
        "page": read_trail(actor=request.actor, events=subject.events, asked=asked, at=request.at),
        "filter": TrailFilter(initial={"period": asked.period, "kind": asked.kind or ""}, auto_id="filter_%s"),
        "chain": chain_state(at=request.at),
        "most": MOST,
        "is_later_page": asked.before is not None,
    }
    return staff_page(request, "oversight/trail.html", context)


def _taken(request: HttpRequest, form: str, find: Callable[[], Subject]) -> HttpResponse:
    if form not in MEDIA_TYPES:
        raise Http404
    subject, asked = find(), _asked(request)
    events = events_to_take(subject.events, asked=asked, at=request.at)
    told = {"of": subject.of, "key": subject.key, "asked": asked, "form": form, "events": len(events)}
    note_export(actor=request.actor, at=request.at, **told)
    text = (
        trail_csv(events, actor=request.actor)
        if form == "csv"
        else trail_json(events, actor=request.actor, at=request.at)
    )
    return download(text, MEDIA_TYPES[form], f"audit-{subject.of}-{request.at:%Y-%m-%d}.{form}")


def _asked(request: HttpRequest) -> Asked:
    """Return what the address asks for; what it holds that is none of it is as if it were not there."""
    period, kind = request.GET.get("period", ""), request.GET.get("kind", "")
    return Asked(
        Period(period) if period in Period.values else Period.MONTH,
        Kind(kind) if kind in Kind.values else None,
        read_mark(request.GET.get("before", "")),
    )


def _member(request: HttpRequest, member_id: UUID) -> Member:
    found = subjects.member_with_id(request.actor, member_id)
    if found is None:
        raise Http404
    return found


def _name(found: Member, request: HttpRequest) -> str:
    """Return the member's name for those who may know it."""
    if not may(request.actor, "name_members_of_trail"):
        return ""
    return name_of_member(found, actor=request.actor, at=request.at)


def _subject(found: Member, request: HttpRequest) -> Subject:
    events = subjects.events_of_member(request.actor, found.pk)
    return Subject("member", found.pk, "Who saw this member’s record", "", events, _path("member", found.pk))


def _path(page: str, key: object) -> str:
    return reverse(f"oversight:{page}", args=[key])


def _person(request: HttpRequest, user_id: UUID) -> Subject:
    found = subjects.colleagues().filter(pk=user_id).first()
    if found is None:
        raise Http404
    events = subjects.events_of_person(request.actor, found.pk)
    return Subject("person", found.pk, "What this person did", str(found), events, _path("person", found.pk))


def _case(request: HttpRequest, reference: str) -> Subject:
    found = find_case(actor=request.actor, reference=reference)
    if found is None:
        raise Http404
    events = subjects.events_of_case(request.actor, found.pk)
    path = _path("case", found.reference)
    return Subject("case", found.pk, "What happened to this case", found.reference, events, path)
