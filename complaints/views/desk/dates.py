"""The acts that move a date: a later one by law, a wait for the member, and the end of the wait."""

from typing import Any

from complaints.forms.desk import ExtendForm, WaitForm
from complaints.models import Complaint
from complaints.notices.extend_date import extend_date
from complaints.operations import stop_waiting, wait_for_member
from complaints.queries.case_dates import read_dates
from complaints.views.desk.act import ActView, Told

NOTHING_MOVES = "No law lets a date of this complaint move any more. Answer by the dates that stand above."
FOR_OTHERS = "Only a {who} may move a date of this complaint. Ask one to do it."


class ExtendDate(ActView):
    """Move the date of a law, with a letter to the member."""

    act, title, label = "extend_date", "Move a date by law", "Move the date and write the letter"
    done = "The date is moved, and the letter to the member is made."
    form_class = ExtendForm
    template = "staff/extend.html"

    def form(self, complaint: Complaint, data: Any = None) -> ExtendForm:
        """Offer the dates that can move."""
        self.dates = read_dates(complaint, actor=self.request.actor, at=self.request.at)
        movable = self.dates.movable
        return ExtendForm(data, dates=movable, initial={"kind": movable[0].kind if len(movable) == 1 else None})

    def perform(self, form: ExtendForm, told: Told) -> None:
        """Move it."""
        fields = ("kind", "days", "reason", "words")
        extend_date(**told, **{name: form.cleaned_data[name] for name in fields}, key=form.row_id())

    def more_context(self, complaint: Complaint, form: Any) -> dict[str, Any]:  # noqa: ARG002 -- as in ActView
        """Say what each law asks for in return, or that nothing can move."""
        who = self.dates.for_others
        nothing = FOR_OTHERS.format(who=who) if who else NOTHING_MOVES
        return {"dates": self.dates.movable, "nothing_moves": "" if self.dates.movable else nothing}


class Wait(ActView):
    """Ask the member for something, and stop the house's own clock until the answer is there."""

    act, title, label = "wait_for_member", "Wait for the member", "Ask, and wait for the answer"
    done = "The member is asked. The clock of our answer waits."
    explanation = (
        "The member gets your question as a message, and the date of our answer moves until the answer is here. "
        "Dates of a law do not wait."
    )
    form_class = WaitForm

    def perform(self, form: WaitForm, told: Told) -> None:
        """Ask and wait."""
        wait_for_member(**told, question=form.cleaned_data["body"], key=form.row_id())


class StopWaiting(ActView):
    """Go on without an answer."""

    act, title, label = "stop_waiting", "Go on without the answer", "Go on"
    done = "The clock of our answer runs again."
    explanation = (
        "The date of our answer moves by the time that we have waited. When the member writes, it goes on by itself."
    )

    def perform(self, form: Any, told: Told) -> None:  # noqa: ARG002 -- there is nothing to type
        """Go on."""
        stop_waiting(**told)
