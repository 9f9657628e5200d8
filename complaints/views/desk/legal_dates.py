"""The acts for dates of a law that nothing starts or meets by itself."""

from typing import Any

from complaints.forms.legal_dates import MeetDateForm, StartDateForm
from complaints.models import Complaint
from complaints.operations import meet_date, start_date
from complaints.queries.legal_dates import dates_to_start, read_dates_to_meet
from complaints.views.desk.act import ActView, Told


class StartDate(ActView):
    """Start a date that a law sets."""

    act, title, label = "start_date", "Start a date by law", "Start the date"
    done = "The date is started. It counts from the moment that you entered."
    explanation = (
        "Most dates of a law start by themselves. These wait for somebody who knows that they are owed. One that takes "
        "the place of a longer limit ends that one."
    )
    form_class = StartDateForm
    template = "staff/legal_date.html"

    def form(self, complaint: Complaint, data: Any = None) -> StartDateForm:
        """Offer the dates that fit."""
        self.dates = dates_to_start(complaint)
        return StartDateForm(data, dates=self.dates)

    def perform(self, form: StartDateForm, told: Told) -> None:
        """Start it."""
        read = form.cleaned_data
        fields = {name: read[name] for name in ("rule", "days", "words")}
        start_date(**told, **fields, began_at=read["moment"], key=form.row_id())

    def more_context(self, complaint: Complaint, form: Any) -> dict[str, Any]:  # noqa: ARG002 -- as in ActView
        """Say when there is nothing to start."""
        nothing = "No law that is switched on has a date for this complaint that somebody has to start."
        return {"nothing": "" if self.dates else nothing}


class MeetDate(ActView):
    """Record that what a law asks for is done."""

    act, title, label = "meet_date", "Record that it is done", "Record it"
    done = "It is recorded as done."
    explanation = "What our confirmation and our answer meet ends by itself. Record here what was done outside of them."
    form_class = MeetDateForm
    template = "staff/legal_date.html"

    def form(self, complaint: Complaint, data: Any = None) -> MeetDateForm:
        """Offer what is owed."""
        self.dates = read_dates_to_meet(complaint)
        return MeetDateForm(data, dates=self.dates)

    def perform(self, form: MeetDateForm, told: Told) -> None:
        """Record it."""
        read = form.cleaned_data
        meet_date(**told, kind=read["kind"], done_at=read["moment"], words=read["words"], key=form.row_id())

    def more_context(self, complaint: Complaint, form: Any) -> dict[str, Any]:  # noqa: ARG002 -- the same
        """Say when there is nothing to record."""
        return {"nothing": "" if self.dates else "No date of a law waits for somebody to record that it is done."}
