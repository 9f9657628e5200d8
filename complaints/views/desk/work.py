"""The acts of working a case: take it, confirm receipt, assess, note, gather evidence, finish the investigation."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from complaints.enums import LineOfBusiness
from complaints.forms.desk import (
    AcknowledgeForm,
    AddressForm,
    AssessForm,
    EvidenceForm,
    FindingsForm,
    NoteForm,
    TakeForm,
)
from complaints.models import Complaint
from complaints.operations import (
    AlreadyTaken,
    acknowledge_complaint,
    add_evidence,
    assess_complaint,
    complete_investigation,
    record_address,
    take_complaint,
    write_note,
)
from complaints.operations.skills_needed import missing_skills
from complaints.views.desk.act import ActView, Told
from complaints.views.member_page import house_day
from members.queries import at_work


class Take(ActView):
    """Make the case one's own."""

    act, title, label = "take", "Take the case", "Take it"
    done = "The case is yours."
    template = "staff/take.html"
    explanation = "You will answer for this complaint. Its owner until now sees in the timeline that you took it."
    form_class = TakeForm

    def more_context(self, complaint: Complaint, form: TakeForm) -> dict[str, Any]:  # noqa: ARG002 -- as in ActView
        """Say what the case needs that nobody has recorded of this person; taking it is possible all the same."""
        user_id = self.request.user.pk
        known = at_work({user_id}, on=house_day(self.request.at))[user_id].skills
        return {"missing_skills": missing_skills(complaint, known)}

    def form(self, complaint: Complaint, data: Any = None) -> TakeForm:
        """Remember whom the case belongs to now."""
        return TakeForm(data, initial={"owner": complaint.owner_id})

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Say who was faster, and offer to take the case over from there."""
        try:
            return super().post(request, reference)
        except AlreadyTaken as colleague:
            words = f"{colleague} took this case after you had opened it. Talk first, then take it over if you must."
            return self.refused(self.form(self._find(reference)), words)

    def perform(self, form: TakeForm, told: Told) -> None:
        """Take it from the owner that was on the screen."""
        take_complaint(**told, from_owner_id=form.cleaned_data["owner"])


class Acknowledge(ActView):
    """Record that receipt was confirmed by other means than our e-mail."""

    act, title, label = "acknowledge", "Receipt confirmed", "Record it"
    done = "It is recorded that receipt was confirmed."
    explanation = "Our e-mail records itself. Record here what you told the complainant on the phone or by a letter."
    form_class = AcknowledgeForm

    def perform(self, form: AcknowledgeForm, told: Told) -> None:
        """Record the proof."""
        acknowledge_complaint(**told, proof=form.cleaned_data["proof"])


class Assess(ActView):
    """Assess on six axes; a first press may ask for the suggestion alone."""

    act, title, label = "assess", "Assess", "Save the assessment"
    done = "The assessment is saved."
    form_class = AssessForm
    template = "staff/assess.html"

    def form(self, complaint: Complaint, data: Any = None) -> AssessForm:
        """Begin with the coverage as far as it is known."""
        return AssessForm(data, initial={"line_of_business": complaint.line_of_business})

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Show what the answers suggest, or save them."""
        if request.POST.get("then") != "suggest":
            return super().post(request, reference)
        complaint = self._find(reference)
        form = self.form(complaint, request.POST)
        fits = form.suggestion() is not None
        return self._page(complaint, form, status=HTTPStatus.OK if fits else HTTPStatus.UNPROCESSABLE_ENTITY)

    def perform(self, form: AssessForm, told: Told) -> None:
        """Save it."""
        assess_complaint(
            **told,
            axes=form.axes(),
            track=form.chosen_track(),
            override_reason=form.cleaned_data["override_reason"],
            line_of_business=LineOfBusiness(form.cleaned_data["line_of_business"]),
            key=form.row_id(),
        )

    def more_context(self, complaint: Complaint, form: AssessForm) -> dict[str, Any]:
        """Show the suggested track once the axes are chosen."""
        suggestion = form.suggestion()
        return {"suggestion": suggestion and suggestion.label, "track": complaint.get_track_display()}


class WriteNote(ActView):
    """Leave a note for colleagues."""

    act, title, label = "write_note", "Write a note", "Save the note"
    done = "The note is saved."
    explanation = "Colleagues read it; the member never does."
    form_class = NoteForm

    def perform(self, form: NoteForm, told: Told) -> None:
        """Write it."""
        write_note(**told, body=form.cleaned_data["body"], key=form.row_id())


class AddEvidence(ActView):
    """Add evidence with its provenance."""

    act, title, label = "add_evidence", "Add evidence", "Save the evidence"
    done = "The evidence is saved."
    form_class = EvidenceForm

    def form(self, complaint: Complaint, data: Any = None) -> EvidenceForm:  # noqa: ARG002 -- as in ActView
        """Tell the form what day it is."""
        return EvidenceForm(data, today=house_day(self.request.at))

    def perform(self, form: EvidenceForm, told: Told) -> None:
        """Add it."""
        words = {name: form.cleaned_data[name] for name in ("title", "source", "obtained_on", "detail")}
        add_evidence(**told, **words, key=form.row_id())


class RecordAddress(ActView):
    """Record where a letter reaches the complainant."""

    act, title, label = "record_address", "Record the postal address", "Save the address"
    done = "The postal address is recorded."
    explanation = "Ask the complainant. The address takes the place of the one that is there."
    form_class = AddressForm

    def perform(self, form: AddressForm, told: Told) -> None:
        """Record it."""
        record_address(**told, postal_address=form.cleaned_data["postal_address"])


class Investigate(ActView):
    """Finish the investigation."""

    act, title, label = "investigate", "Finish the investigation", "Finish with these findings"
    done = "The investigation is finished."
    explanation = "Put the evidence in first. The findings are for colleagues; the decision tells the member."
    form_class = FindingsForm

    def perform(self, form: FindingsForm, told: Told) -> None:
        """Finish it."""
        complete_investigation(**told, findings=form.cleaned_data["findings"], key=form.row_id())
