"""Which law binds a complaint, and which act meets what it owes. Whom a pack binds stands in the pack (`applies_to`).

Clocks of law run beside those of the house: neither takes the place of the other, and each ends with its own verdict.
A matter stays with the versions in force when it was received, whenever it becomes known that they bind it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from django.conf import settings

from complaints.enums import Channel, Track
from complaints.models import Complaint
from members.acts import Act
from slas.bindings import Conditions, Facts, binds
from slas.models import Clock, ClockState, Matter, PolicyVersion
from slas.operations import cancel_clock, complete_clock, replace_clock, start_clock
from slas.policy import Policy
from slas.versions import binding, is_on, terms_of

ANSWERED = frozenset({"answered", "decided", "resolved", "final response sent", "IDR response sent"})
"""Met by the written decision on its way (ISO 10002 7.8): what counts is the proof of sending, not the intent."""

RECEIVED = frozenset({"received", "inquiry received"})
"""The packs' own words for what happens when something comes in: nothing that counts from it can begin before."""

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


def startable(complaint: Complaint) -> list[PolicyVersion]:
    """Return what the law may owe here and that nothing starts by itself, in the newest versions: one query.

    Only a person knows that it is owed, or which limit was given. It has to be of a pack that is on, and whose other
    obligations are for such coverage here; a pack without any such word is for whoever names it.
    """
    rows = PolicyVersion.objects.filter(legal=True).order_by("pack", "obligation", "track", "effective_from")
    newest = {(row.pack, row.obligation, row.track): row for row in rows}
    conditions: dict[str, list[Conditions]] = {}
    for row in newest.values():
        if row.applies_to:
            conditions.setdefault(row.pack, []).append(row.applies_to)
    facts = facts_of(complaint)
    fits = {pack: any(_fits(one, facts) for one in of_pack) for pack, of_pack in conditions.items()}
    return [row for row in newest.values() if is_on(row) and fits.get(row.pack, True) and _waits(row, facts)]


def _fits(conditions: Conditions, facts: Facts) -> bool:
    """Tell whether a pack is for such coverage here, whatever was asked of us."""
    return all(not facts[name].isdisjoint(values) for name, values in conditions.items() if name != "kinds")


def _waits(row: PolicyVersion, facts: Facts) -> bool:
    """Tell whether nothing starts it by itself: it names nobody, or it binds and its limit is given by others."""
    if not row.applies_to:
        return True
    return row.budget is None and binds(row.applies_to, facts)


def met_at(complaint: Complaint, met_on: str) -> datetime | None:
    """Return when an act of ours did what a law asks for, None if none has."""
    stamps = (stamp for words, stamp in MET_BY.values() if met_on in words)
    return next((getattr(complaint, stamp) for stamp in stamps), None)


def is_met_by_hand(policy: Policy) -> bool:
    """Tell whether none of our own acts meets what a law asks for, so that somebody has to record it."""
    return policy.legal and not any(policy.met_on in words for words, _stamp in MET_BY.values())


def bind(this: Act, complaint: Complaint, matter: Matter) -> None:
    """Start what the law asks for and has not started, from receipt; another office's history owed it elsewhere."""
    if not complaint.is_history:
        before = {clock.kind for clock in _legal_clocks(this, complaint)}
        for version in _binding(complaint):
            if version.obligation not in before:
                _start(this, complaint, matter, version)


def bind_anew(this: Act, complaint: Complaint, matter: Matter) -> None:
    """Let the right laws bind once more is known: what binds no longer ends, what binds now starts from receipt.

    What was overdue has been missed, and a clock that has its verdict never starts again. What somebody started stays
    with them: no fact that is known here has bound it.
    """
    wanted = {version.obligation: version for version in _binding(complaint)}
    before = {clock.kind: clock for clock in _legal_clocks(this, complaint)}
    for kind, clock in before.items():
        if not _policy(clock).applies_to:
            continue
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
    if done_at := met_at(complaint, version.met_on):
        complete_clock(this=this, matter_id=matter.pk, kind=kind, at=done_at)


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
