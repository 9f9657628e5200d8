"""Where a complaint stands, in words that tell nothing about whose it is or what it is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from complaints.enums import State
from complaints.models import Complaint
from complaints.promises import WORDINGS, last_day, promise_named, promised, promised_in_short
from complaints.public_stages import Stage, public_stages
from members.dates import day_in_words
from slas.models import Clock, ClockState
from slas.versions import zone_of

FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class Standing:
    """A word with its tone, the five stages, what happens next by which day, and each promise by its obligation.

    `beside` are the promises that stand beside the house's own: what the law asks for, and when we write again.
    """

    label: str
    tone: str
    stages: list[Stage]
    next_words: str
    promises: dict[str, str]
    beside: tuple[str, ...]


def standing_of(complaint: Complaint, clocks: Iterable[Clock], *, now: datetime) -> Standing:
    """Return where a complaint stands, by its open clocks. Its matter must be loaded."""
    zone = ZoneInfo(complaint.matter.time_zone)
    clocks = [clock for clock in clocks if clock.policy.promise or clock.kind in WORDINGS]
    due = {clock.kind: clock for clock in clocks}
    promises = {kind: _promise(clock, now, zone) for kind, clock in due.items()}
    label, tone = _label(complaint)
    return Standing(
        label=label,
        tone=tone,
        stages=public_stages(
            zone=zone,
            received_at=complaint.received_at,
            acknowledged_at=complaint.acknowledged_at,
            decided_at=complaint.informed_at,
            closed_at=complaint.closed_at,
            decision_by=_last_day(due["resolve"], zone) if "resolve" in due else "",
        ),
        next_words=_next_words(complaint, due, now, zone),
        promises=promises,
        beside=tuple(promises[clock.kind] for clock in clocks if clock.policy.legal or clock.kind == FOLLOW_UP),
    )


def day_of(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return the calendar day of an instant, with its year, "" for none."""
    return day_in_words(moment and moment.astimezone(zone))


def _promise(clock: Clock, now: datetime, zone: ZoneInfo) -> str:
    """Return a promise as a sentence; what the law asks for ends where its own calendar is."""
    policy = clock.policy
    name = promise_named(clock.kind, legal=policy.legal, met_on=policy.met_on)
    where = zone_of(clock) if policy.legal else zone
    return promised(name, due_at=clock.due_at, now=now, zone=where, to_the_minute=clock.ends_to_the_minute)


def _last_day(clock: Clock, zone: ZoneInfo) -> str:
    return last_day(clock.due_at, zone, to_the_minute=clock.ends_to_the_minute)


def _label(complaint: Complaint) -> tuple[str, str]:
    """Return what the state is called for members; the decision shows once they were told of it."""
    if complaint.state == State.WITHDRAWN:
        return _("Withdrawn"), "pause"
    if complaint.state == State.CLOSED:
        return _("Closed"), "ok"
    if complaint.informed_at:
        return _("Decided"), "ok"
    if complaint.assessed_at:
        return _("Looking into it"), "soon"
    return (_("Confirmed"), "new") if complaint.acknowledged_at else (_("Received"), "new")


def _next_words(complaint: Complaint, due: dict[str, Clock], now: datetime, zone: ZoneInfo) -> str:
    if complaint.withdrawn_at:
        return _("You withdrew this complaint on %(day)s.") % {"day": day_of(complaint.withdrawn_at, zone)}
    if complaint.informed_at:
        return _("We sent our decision on %(day)s.") % {"day": day_of(complaint.informed_at, zone)}
    clock = due.get("resolve")
    if clock is None:
        return ""
    if clock.state == ClockState.PAUSED:
        return _("We wait for your answer. The day of our decision moves until we have it.")
    return promised_in_short("resolve", due_at=clock.due_at, now=now, zone=zone, to_the_minute=clock.ends_to_the_minute)
