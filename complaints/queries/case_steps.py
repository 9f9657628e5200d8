"""The way of a complaint through its lifecycle, as one of the staff sees it: done, possible now, or why not yet."""

from dataclasses import dataclass, replace
from datetime import datetime

from complaints.correspondence.models import LetterChannel
from complaints.enums import State
from complaints.lifecycle import TRANSITIONS, is_for_one_to_send, is_not_about_oneself
from complaints.models import Complaint
from complaints.permissions import may
from complaints.queries.reach import Reach, letter_refusal, writing_refusal
from members.actors import Actor


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `act` names the page that does it, "" when it cannot be done now; then `reason` says why.

    `by_itself`: it needs nobody to press, unless somebody is faster.
    """

    name: str
    done_at: datetime | None = None
    act: str = ""
    label: str = ""
    reason: str = ""
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class SentLetter:
    """What is known of the letter without opening it."""

    issued_at: datetime
    channel: LetterChannel
    notice_failed: bool


def steps_of(complaint: Complaint, letter: SentLetter | None, actor: Actor, reach: Reach) -> tuple[Step, ...]:
    """Return the steps in their order. Somebody who may only read gets no acts and no reasons."""
    return (
        replace(
            _step(
                complaint,
                actor,
                reach,
                "acknowledge",
                name="Receipt confirmed",
                label="Record a call or letter",
                done_at=complaint.acknowledged_at,
            ),
            by_itself=complaint.has_email,
        ),
        _assessing(complaint, actor, reach),
        _step(
            complaint,
            actor,
            reach,
            "investigate",
            name="Investigated",
            label="Finish the investigation",
            done_at=complaint.investigated_at,
        ),
        _step(complaint, actor, reach, "decide", name="Decided", label="Decide", done_at=complaint.decided_at),
        _step(
            complaint,
            actor,
            reach,
            "issue_letter",
            name="Letter written",
            label="Write the letter",
            done_at=letter.issued_at if letter else None,
        ),
        _sending(complaint, letter, actor, reach),
        _step(
            complaint, actor, reach, "close", name="Closed", label="Close the complaint", done_at=complaint.closed_at
        ),
    )


def refusal(complaint: Complaint, act: str, actor: Actor, reach: Reach) -> str | None:
    """Return why somebody cannot do this now, or None; "" when it is not for the actor's roles at all."""
    if not may(actor, act):
        return ""
    if act == "message":
        return writing_refusal(reach)
    if act == "send_notice":
        return is_not_about_oneself(complaint, actor)
    if act == "share":
        return is_for_one_to_send(complaint, actor)
    if act == "acknowledge" and complaint.state not in {State.RECEIVED, State.ACKNOWLEDGED}:
        act = "acknowledge_late"
    reason = TRANSITIONS[act].refusal(complaint, actor)
    if reason is None and act == "issue_letter":
        return letter_refusal(reach)
    return writing_refusal(reach) if reason is None and act == "wait_for_member" else reason


def _step(
    complaint: Complaint, actor: Actor, reach: Reach, act: str, *, name: str, label: str, done_at: datetime | None
) -> Step:
    if done_at or not complaint.is_open:
        return Step(name, done_at)
    reason = refusal(complaint, act, actor, reach)
    return Step(name, act=act, label=label) if reason is None else Step(name, reason=reason)


def _assessing(complaint: Complaint, actor: Actor, reach: Reach) -> Step:
    """Return the step that may be done anew until the investigation is finished."""
    first = _step(complaint, actor, reach, "assess", name="Assessed", label="Assess", done_at=complaint.assessed_at)
    if complaint.state == State.ASSESSED and refusal(complaint, "assess", actor, reach) is None:
        return Step(first.name, first.done_at, act="assess", label="Assess again")
    return first


def _sending(complaint: Complaint, letter: SentLetter | None, actor: Actor, reach: Reach) -> Step:
    """Return the step that only post needs somebody for; the notice of a portal letter proves itself."""
    name = "Letter sent"
    if complaint.informed_at or not complaint.is_open or not may(actor, "inform"):
        return Step(name, complaint.informed_at)
    if letter is None:
        return Step(name, reason="Not yet: the letter has to be written first.")
    if letter.channel == LetterChannel.PORTAL and not letter.notice_failed:
        return Step(name, reason="The notice by e-mail is on its way; this step is done once the mail server has it.")
    return _step(complaint, actor, reach, "inform", name=name, label="Confirm that it was posted", done_at=None)
