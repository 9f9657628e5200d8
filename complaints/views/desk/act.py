"""What the page of every act has in common: shown with GET, done with POST, refused aloud and with all words kept."""

from abc import ABC, abstractmethod
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar, TypedDict
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from complaints.forms.desk import ConfirmForm
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint
from complaints.permissions import ActionForbidden
from complaints.queries.case_head import find_case, read_brief
from complaints.queries.case_steps import refusal as refusal_of
from complaints.queries.reach import reach_of
from members.actors import Actor
from members.form_acts import ActForm
from members.views.staff_page import staff_page
from slas.queries import database_now


class Told(TypedDict):
    """What every operation on a complaint is told."""

    actor: Actor
    at: datetime
    complaint_id: UUID


class ActView(View, ABC):
    """One act on one case. `act` is its row in complaints/permissions.py; `perform` makes the one call down."""

    act: ClassVar[str]
    title: ClassVar[str]
    label: ClassVar[str]
    done: ClassVar[str]
    explanation: ClassVar[str] = ""
    form_class: ClassVar[type[ActForm]] = ConfirmForm
    template: ClassVar[str] = "staff/act.html"
    then: ClassVar[str] = "desk:case"

    @abstractmethod
    def perform(self, form: Any, told: Told) -> None:
        """Do the act with what the form holds."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Show the form, or why it is of no use now."""
        complaint = self._find(reference)
        refusal = refusal_of(complaint, self.act, request.actor, reach_of(complaint, at=request.at))
        return self._page(complaint, self.form(complaint), refusal=refusal)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Do it and go back to the case; what is refused is shown with the words as they were typed."""
        complaint = self._find(reference)
        form = self.form(complaint, request.POST)
        if not form.is_valid():
            return self._page(complaint, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            self.perform(form, Told(actor=request.actor, at=database_now(), complaint_id=complaint.pk))
        except TransitionRefused as refused:
            return self.refused(form, str(refused))
        except ActionForbidden as forbidden:
            raise PermissionDenied from forbidden
        messages.success(request, self.done)
        return redirect(self.then, complaint.reference)

    def form(self, complaint: Complaint, data: Any = None) -> ActForm:  # noqa: ARG002 -- for subclasses
        """Return the form of this act; what it needs to know of the complaint, a subclass adds."""
        return self.form_class(data)

    def refused(self, form: ActForm, words: str) -> HttpResponse:
        """Show the page with why it was refused, as the case stands by now."""
        return self._page(self._find(self.kwargs["reference"]), form, refusal=words, status=HTTPStatus.CONFLICT)

    def more_context(self, complaint: Complaint, form: ActForm) -> dict[str, Any]:  # noqa: ARG002 -- the same
        """Return what else the template shows."""
        return {}

    def _find(self, reference: str) -> Complaint:
        complaint = find_case(actor=self.request.actor, reference=reference)
        if complaint is None:
            raise Http404
        return complaint

    def _page(
        self, complaint: Complaint, form: ActForm, *, refusal: str | None = None, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        brief = read_brief(complaint, actor=self.request.actor, at=self.request.at)
        context = {
            "case": brief,
            "head": brief.head,
            "form": form,
            "page": self,
            "refusal": refusal,
            "has_errors": status != HTTPStatus.OK,
        }
        return staff_page(self.request, self.template, context | self.more_context(complaint, form), status=status)
