"""Which law binds a complaint, and which act meets what it owes. Whom a pack binds stands in the pack (`applies_to`).

Clocks of law run beside those of the house: neither takes the place of the other, and each ends with its own verdict.
A matter stays with the versions in force when it was received, whenever it becomes known that they bind it.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from django.conf import settings

from complaints.enums import Channel, Track
from complaints.models import Complaint
from members.acts import Act
from slas.bindings import Facts
from slas.models import Clock, ClockState, Matter, PolicyVersion
from slas.operations import cancel_clock, complete_clock, replace_clock, start_clock
from slas.policy import Policy
from slas.versions import binding, terms_of

ANSWERED = frozenset({"answered", "decided", "resolved", "final response sent", "IDR response sent"})
"""Met by the written decision on its way (ISO 10002 7.8): what counts is the proof of sending, not the intent."""

MET_BY: Mapping[str, tuple[frozenset[str], str]] = MappingProxyType(
    {
        "acknowledge": (frozenset({"acknowledged"}), "acknowledged_at"),
        "acknowledge_late": (frozenset({"acknowledged"}), "acknowledged_at"),
        "inform": (ANSWERED, "informed_at"),
    }
)
"""The acts that meet what is owed by law: the packs' own words for the event, and the stamp that tells of it."""


def facts_of(complaint: Complaint) -> Facts:
    """Return what packs ask about. What is not known yet binds nobody, and is asked at the assessment."""
    return {
        "jurisdictions": frozenset(settings.JURISDICTIONS),
        "coverages": frozenset({complaint.line_of_business}),
        "kinds": frozenset({_kind(complaint)}),
    }


def _kind(complaint: Complaint) -> str:
    """Return what was asked of us. Where a regulator asks, the regulator is the complainant."""
    if complaint.channel == Channel.REGULATOR:
        return "inquiry"
    return "appeal" if complaint.track == Track.APPEAL else "grievance"


def tracks_of(complaint: Complaint) -> tuple[str, ...]:
    """Return which rows of an obligation count before the one for every track.

    An appeal is urgent where its member says that waiting could do harm. Where a pack tells service from payment, the
    shorter limit counts, which is the one for every track.
    """
    urgent = complaint.track == Track.EXPEDITED or (complaint.track == Track.APPEAL and complaint.harm_if_waiting)
    return (*(["expedited"] if urgent else []), *settings.JURISDICTIONS)


def bind(this: Act, complaint: Complaint, matter: Matter) -> None:
    """Start what the law asks for, from receipt; another office's history owed it elsewhere."""
    if not complaint.is_history:
        for version in _binding(complaint):
            _start(this, complaint, matter, version)


def bind_anew(this: Act, complaint: Complaint, matter: Matter) -> None:
    """Let the right laws bind once more is known: what binds no longer ends, what binds now starts from receipt.

    What was overdue has been missed, and a clock that has its verdict never starts again.
    """
    wanted = {version.obligation: version for version in _binding(complaint)}
    before = {clock.kind: clock for clock in _legal_clocks(this, complaint)}
    for kind, clock in before.items():
        if clock.is_open and kind in wanted:
            replace_clock(this=this, matter=matter, kind=kind, track=wanted[kind].track, reason="assessed anew")
        elif clock.is_open:
            cancel_clock(this=this, matter_id=matter.pk, kind=kind, at=this.at, reason="assessed anew: not bound")
    for kind, version in wanted.items():
        if kind not in before or before[kind].state == ClockState.CANCELLED:
            _start(this, complaint, matter, version)


def meet(this: Act, complaint: Complaint, act: str) -> None:
    """End the clocks of law that an act meets."""
    if act in MET_BY and not complaint.is_history:
        words, _stamp = MET_BY[act]
        for clock in _legal_clocks(this, complaint):
            if clock.is_open and _policy(clock).met_on in words:
                complete_clock(this=this, matter_id=complaint.pk, kind=clock.kind, at=this.at)


def release(this: Act, complaint: Complaint, reason: str) -> None:
    """End all clocks of law, for the member wants no answer any more: what was overdue has been missed."""
    for clock in () if complaint.is_history else _legal_clocks(this, complaint):
        if clock.is_open:
            cancel_clock(this=this, matter_id=complaint.pk, kind=clock.kind, at=this.at, reason=reason)


def _binding(complaint: Complaint) -> list[PolicyVersion]:
    return binding(facts_of(complaint), tracks=tracks_of(complaint), started_at=complaint.received_at)


def _start(this: Act, complaint: Complaint, matter: Matter, version: PolicyVersion) -> None:
    """Start one clock from receipt. What was done already has met it then; a limit that nobody gave cannot be kept."""
    budget = version.budget or settings.GIVEN_LIMITS.get(version.pack)
    if budget is None:
        return
    kind = version.obligation
    start_clock(
        this=this,
        matter=matter,
        obligation=kind,
        track=version.track,
        pack=version.pack,
        started_at=complaint.received_at,
        budget=budget,
    )
    done_at = [getattr(complaint, stamp) for words, stamp in MET_BY.values() if version.met_on in words]
    if done_at and done_at[0]:
        complete_clock(this=this, matter_id=matter.pk, kind=kind, at=done_at[0])


def _legal_clocks(this: Act, complaint: Complaint) -> Iterator[Clock]:
    """Return the latest clock of each obligation of law: one query, none for a complaint of this act."""
    latest: dict[str, Clock] = {}
    stored = [] if this.is_new(Matter, complaint.pk) else Clock.objects.filter(matter_id=complaint.pk).order_by("cycle")
    for clock in (*stored, *sorted(this.held(Clock, matter_id=complaint.pk), key=lambda row: row.cycle)):
        if _policy(clock).legal:
            latest[clock.kind] = clock
    return iter(list(latest.values()))


def _policy(clock: Clock) -> Policy:
    return terms_of(clock.policy_id, clock.calendar_id).policy
