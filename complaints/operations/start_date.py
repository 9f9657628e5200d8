"""Dates of a law that nothing starts or meets by itself: somebody who knows does, and says why."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.enums import NoteKind
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint, Note
from complaints.obligations import RECEIVED, is_met_by_hand, met_at, startable
from complaints.operations._door import lock_complaint, perform, written_before
from complaints.operations._refusals import as_refusal
from members.actors import Actor
from members.acts import Act, act
from members.identifiers import new_id
from slas.calendar import HorizonPassed
from slas.models import Clock, Matter, PolicyVersion
from slas.operations import ClockRefused, cancel_clock, complete_clock, open_clock, start_clock
from slas.versions import PolicyMissing, terms_of

Rule = tuple[str, str, str]
"""Pack, obligation and track."""


def start_date(
    *,
    actor: Actor,
    at: datetime,
    complaint_id: UUID,
    rule: Rule,
    began_at: datetime,
    days: int | None,
    words: str,
    key: UUID | None = None,
) -> Complaint:
    """Start a date that a law sets, from the moment it began; `days` is the limit where the pack leaves it open.

    A running clock of the same obligation by another limit ends for it. `words` say why it is owed, and stand
    on the case as a note. The same `key` twice starts it once. Raises ActionForbidden; TransitionRefused where the law
    does not fit or its clock runs already, where the moment is still to come or before receipt, and where a limit is
    missing.
    """
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if written_before(Note, key, complaint):
            return complaint
        version = next((row for row in startable(complaint) if rule_of(row) == rule), None)
        if version is None:
            raise TransitionRefused(_("This law does not fit the complaint, or it starts by itself."))
        _check(complaint, version, began_at, at, days)
        note, detail = _note(this, complaint_id, words, key), {"clock": version.obligation, "track": version.track}
        perform("start_date", this=this, complaint_id=complaint_id, adds=note, detail=detail)
        try:
            _start(this, complaint, version, max(began_at, _earliest(complaint, version, began_at)), days)
        except ClockRefused as refused:
            raise as_refusal(refused) from None
        except (HorizonPassed, PolicyMissing):
            raise TransitionRefused(_("This law has no rule or no calendar for that day. Check the date.")) from None
    return complaint


def meet_date(
    *, actor: Actor, at: datetime, complaint_id: UUID, kind: str, done_at: datetime, words: str, key: UUID | None = None
) -> Complaint:
    """Record that what a law asks for was done then; `words` say how, and stand on the case as a note.

    The same `key` twice records it once. Raises ActionForbidden; TransitionRefused where nothing of that kind is owed,
    where the answer or the confirmation is what meets it, and where the moment is still to come or before it began.
    """
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if written_before(Note, key, complaint):
            return complaint
        clock = open_clock(this=this, matter_id=complaint_id, kind=kind)
        if clock is None or not is_met_by_hand(terms_of(clock.policy_id, clock.calendar_id).policy):
            raise TransitionRefused(_("This is not owed any more, or our own answer is what meets it."))
        if done_at > at:
            raise TransitionRefused(_("This moment is still to come. Record it once it is done."))
        if done_at < to_the_minute(clock.started_at):
            raise TransitionRefused(_("This moment is before the date began to count. Check the date and the time."))
        note = _note(this, complaint_id, words, key)
        perform("meet_date", this=this, complaint_id=complaint_id, adds=note, detail={"clock": kind})
        complete_clock(this=this, matter_id=complaint_id, kind=kind, at=max(done_at, clock.started_at))
    return complaint


def rule_of(version: PolicyVersion) -> Rule:
    """Return what names an obligation, whatever its version."""
    return version.pack, version.obligation, version.track


def to_the_minute(at: datetime) -> datetime:
    """Return a moment as people write it: they know of no seconds."""
    return at.replace(second=0, microsecond=0)


def _check(complaint: Complaint, version: PolicyVersion, began_at: datetime, at: datetime, days: int | None) -> None:
    if began_at > at:
        raise TransitionRefused(_("This moment is still to come. Enter when it began."))
    if version.starts_on in RECEIVED and began_at < to_the_minute(complaint.received_at):
        raise TransitionRefused(_("This is before we got the complaint, and it counts from receipt. Check the date."))
    if version.budget is None and days is None:
        raise TransitionRefused(_("The law leaves the limit open. Enter the number of days that was given."))
    if version.budget is not None and days is not None:
        raise TransitionRefused(_("The law sets this limit itself. Leave the number of days empty."))


def _earliest(complaint: Complaint, version: PolicyVersion, began_at: datetime) -> datetime:
    return complaint.received_at if version.starts_on in RECEIVED else began_at


def _start(this: Act, complaint: Complaint, version: PolicyVersion, began_at: datetime, days: int | None) -> None:
    """Start the clock; what was done already has met it. Raises ClockRefused, HorizonPassed, PolicyMissing."""
    complaint_id, kind = complaint.pk, version.obligation
    running = open_clock(this=this, matter_id=complaint_id, kind=kind)
    if running and _counts_otherwise(running, version, days):
        cancel_clock(this=this, matter_id=complaint_id, kind=kind, at=this.at, reason="another limit of the law binds")
    start_clock(
        this=this,
        matter=this.lock(Matter, complaint_id),
        obligation=kind,
        track=version.track,
        pack=version.pack,
        started_at=began_at,
        budget=days,
    )
    if done_at := met_at(complaint, version.met_on):
        complete_clock(this=this, matter_id=complaint_id, kind=kind, at=done_at)


def _counts_otherwise(clock: Clock, version: PolicyVersion, days: int | None) -> bool:
    """Tell whether a running clock goes by another track, or by another limit than the one that was given."""
    policy = terms_of(clock.policy_id, clock.calendar_id).policy
    return policy.track != version.track or (days is not None and clock.budget != policy.rule.measure.units(days))


def _note(this: Act, complaint_id: UUID, words: str, key: UUID | None) -> Note:
    return Note(
        id=key or new_id(),
        complaint_id=complaint_id,
        kind=NoteKind.NOTE,
        body=words,
        author_id=this.actor.user_id,
        author_label=this.actor.label,
        written_at=this.at,
    )
