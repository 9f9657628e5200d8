"""The acts of answering: decide, write the letter, confirm the posting, write to the member, close."""

from typing import Any

from complaints.forms.desk import DecideForm, LetterForm, MessageForm
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint
from complaints.operations import close_complaint, inform_member, issue_decision, issue_letter, send_message
from complaints.queries.case import read_evidence
from complaints.queries.decision_letter import draft_letter
from complaints.views.desk.act import ActView, Told


class Decide(ActView):
    """Decide the case."""

    act, title, label = "decide", "Decide", "Save the decision"
    done = "The decision is saved. Write the letter next."
    explanation = "A decision is final. The letter tells it to the member in the words that you write here."
    form_class = DecideForm

    def form(self, complaint: Complaint, data: Any = None) -> DecideForm:
        """Begin with the evidence that was gathered."""
        if data is not None:
            return DecideForm(data)
        found = read_evidence(complaint, actor=self.request.actor, at=self.request.at)
        return DecideForm(initial={"evidence_reviewed": "\n".join(row.title for row in found)})

    def perform(self, form: DecideForm, told: Told) -> None:
        """Decide."""
        fields = ("outcome", "rationale", "evidence_reviewed", "remedy_kind", "remedy")
        issue_decision(**told, **{name: form.cleaned_data[name] for name in fields}, key=form.row_id())


class IssueLetter(ActView):
    """Show the letter exactly as it will go out, and send it on its way."""

    act, title, label = "issue_letter", "Decision letter", "Issue this letter"
    done = "The letter is issued."
    form_class = LetterForm
    template = "staff/issue_letter.html"

    def form(self, complaint: Complaint, data: Any = None) -> LetterForm:
        """Offer the ways that lead to this complainant."""
        self.draft = draft_letter(actor=self.request.actor, complaint=complaint, at=self.request.at)
        return LetterForm(data, can_go_online=bool(self.draft and self.draft.can_go_online))

    def perform(self, form: LetterForm, told: Told) -> None:
        """Issue what was on the screen."""
        if self.draft is None:
            raise TransitionRefused("Not yet: the complaint has to be decided first.")
        issue_letter(**told, content=self.draft.content, channel=form.cleaned_data["channel"], key=form.row_id())

    def more_context(self, complaint: Complaint, form: LetterForm) -> dict[str, Any]:  # noqa: ARG002 -- as in ActView
        """Show the letter."""
        return {"letter": self.draft and self.draft.content}


class Inform(ActView):
    """Confirm that a letter was posted."""

    act, title, label = "inform", "Letter posted", "It was posted"
    done = "It is recorded that the letter was posted."
    explanation = "Press once the printed letter is in the post: from now on it counts as sent."

    def perform(self, form: Any, told: Told) -> None:  # noqa: ARG002 -- there is nothing to type
        """Record the proof."""
        inform_member(**told, proof="post")


class Message(ActView):
    """Write to the member."""

    act, title, label = "message", "Write to the member", "Send the message"
    done = "The message is sent."
    explanation = "The member gets an e-mail that there is a message, without its words, and reads it after signing in."
    form_class = MessageForm

    def perform(self, form: MessageForm, told: Told) -> None:
        """Send it."""
        send_message(**told, body=form.cleaned_data["body"], key=form.row_id())


class Close(ActView):
    """Close the case."""

    act, title, label = "close", "Close the complaint", "Close it"
    done = "The complaint is closed."
    explanation = "The member has our decision in writing. Closing ends the clock of our answer."

    def perform(self, form: Any, told: Told) -> None:  # noqa: ARG002 -- there is nothing to type
        """Close it."""
        close_complaint(**told)
