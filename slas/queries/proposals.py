"""What a draft's text proposes: which versions it would add to those that are published, and what stands in its way."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from slas.calendar import Calendar, Definition, HorizonPassed, zone_offsets
from slas.drafts import (
    changed_policies,
    is_changed_calendar,
    key_of,
    newest,
    next_version,
    read_calendar_text,
    read_pack_text,
    with_line,
)
from slas.fold import ClockRefused, Terms
from slas.models import CalendarVersion, DraftKind, DraftState, PolicyDraft, PolicyVersion
from slas.policy import PackFault, Policy
from slas.queries.horizons import HORIZON_ALARM_DAYS
from slas.replay import Drafted, Key
from slas.versions import calendar_of, definition_of, policy_of
from slas.worked_examples import check_examples


@dataclass(frozen=True, slots=True)
class Proposal:
    """The versions that a text would add.

    `compared_with` is what is newest of all that it speaks of, `replaces` those of them that it changes; `unheeded` are
    sentences about what stands in the text, or no longer does, and would have no effect.
    """

    name: str
    text: str
    where: str
    effective_on: date
    policies: tuple[Policy, ...] = ()
    replaces: tuple[PolicyVersion, ...] = ()
    calendar: Definition | None = None
    compared_with: tuple[PolicyVersion | CalendarVersion, ...] = ()
    unheeded: tuple[str, ...] = ()

    @property
    def says_nothing_new(self) -> bool:
        """Tell whether all of it is published already."""
        return not self.policies and self.calendar is None


def read_proposal(*, kind: str, text: str, effective_on: date, where: str = "Draft") -> Proposal:
    """Return what a text proposes from a day on. Raises PackFault or CalendarFault with `where` and the line."""
    if kind == DraftKind.CALENDAR:
        definition = read_calendar_text(text, where)
        row = CalendarVersion.objects.filter(calendar=definition.name).order_by("-effective_from").first()
        published = definition_of(row) if row else None
        is_changed = is_changed_calendar(definition, published)
        version = next_version(definition, published, effective_on=effective_on) if is_changed else None
        compared_with = (row,) if row else ()
        return Proposal(definition.name, text, where, effective_on, calendar=version, compared_with=compared_with)
    policies = read_pack_text(text, where)
    rows = newest_versions(policies[0].pack)
    changed = changed_policies(policies, {key: policy_of(row) for key, row in rows.items()})
    return Proposal(
        policies[0].pack,
        text,
        where,
        effective_on,
        policies=tuple(replace(policy, effective_from=effective_on) for policy in changed),
        replaces=tuple(rows[key_of(policy)] for policy in changed if key_of(policy) in rows),
        compared_with=tuple(rows.values()),
        unheeded=tuple(_unheeded(policies, changed, rows, effective_on)),
    )


def _unheeded(
    policies: Iterable[Policy], changed: Collection[Policy], rows: Mapping[Key, PolicyVersion], effective_on: date
) -> Iterator[str]:
    """Yield a sentence for each obligation that a text leaves out or ends: a draft does neither."""
    said = {key_of(policy): policy for policy in policies}
    for key, row in rows.items():
        if key not in said and (row.effective_to is None or row.effective_to > effective_on):
            yield f"{policy_of(row).name} is not in the text, and would stay in force: put it back."
    for key, policy in said.items():
        has_ended = key in rows and rows[key].effective_to is not None and policy not in changed
        if policy.effective_to and not has_ended:
            yield (
                f"{policy.name} has effective_to = {policy.effective_to}, which a draft does not heed: take it out. "
                "What is published holds until something else is."
            )


def newest_versions(pack: str) -> dict[Key, PolicyVersion]:
    """Return the newest published version of each obligation of a pack: one query."""
    found: dict[Key, PolicyVersion] = {}
    for row in PolicyVersion.objects.filter(pack=pack).order_by("effective_from"):
        found[row.pack, row.obligation, row.track] = row
    return found


def obstacles_to(draft: PolicyDraft, proposal: Proposal, *, at: datetime) -> Iterator[str]:
    """Yield a sentence for everything that stands in the way of a draft's next step, submission or publication."""
    yield from obstacles(proposal, at=at)
    if draft.state == DraftState.DRAFT and draft.replay is None:
        yield "Nobody has looked yet at what it would have done: choose “What if?” and have it reckoned."
    if draft.state == DraftState.SUBMITTED:
        newer = [row for row in proposal.compared_with if row.pk not in draft.compared_with]
        if newer:
            names = ", ".join(policy_of(row).name if isinstance(row, PolicyVersion) else str(row) for row in newer)
            yield (
                f"Published meanwhile: {names}. This draft would take that back. Withdraw it, and start another one "
                "from its text, with what was published put in."
            )


def obstacles(proposal: Proposal, *, at: datetime) -> Iterator[str]:
    """Yield a sentence for everything in a text that stands in the way of publishing it now."""
    if proposal.says_nothing_new:
        yield f"Nothing in this text differs from what is published of {proposal.name}. Change something first."
    yield from proposal.unheeded
    yield from _calendars_missing(proposal)
    if proposal.effective_on <= (today := today_of(proposal, at)):
        yield f"It cannot take effect on {proposal.effective_on}: choose a day after {today}, for promises are kept."
    for row in proposal.replaces:
        taken = row.effective_to or row.effective_from
        if proposal.effective_on < taken or (row.effective_to is None and proposal.effective_on == taken):
            yield f"{policy_of(row).name} has a version until or from {taken} already: choose a later day."
    if proposal.calendar:
        yield from _calendar_obstacles(proposal, proposal.calendar)
    for calendar in {policy.calendar: newest_calendar(policy.calendar) for policy in proposal.policies}.values():
        if calendar and proposal.effective_on > calendar.definition.last_on:
            known = calendar.definition
            yield f"Calendar {known.name} ends on {known.last_on}: choose a day before, or publish its next version."
    yield from failing_examples(proposal)


def _calendar_obstacles(proposal: Proposal, definition: Definition) -> Iterator[str]:
    """Yield why a calendar can not follow the one that is published: what counts by it must not run out of days."""
    for row in proposal.compared_with:
        if proposal.effective_on <= row.effective_from:
            yield f"{proposal.name} has a version from {row.effective_from} already: choose a later day."
        if isinstance(row, CalendarVersion) and definition.last_on < row.last_on:
            yield f"It ends on {definition.last_on}, and what is published on {row.last_on}: keep those days in it."
    if (left := (definition.last_on - proposal.effective_on).days) < HORIZON_ALARM_DAYS:
        yield (
            f"It ends on {definition.last_on}, {left} days after it takes effect, and nothing could fall due later: "
            f"add the years that follow, {HORIZON_ALARM_DAYS} days at the least."
        )


def _calendars_missing(proposal: Proposal) -> Iterator[str]:
    used = {policy.calendar for policy in proposal.policies}
    for name in sorted(
        used - set(CalendarVersion.objects.filter(calendar__in=used).values_list("calendar", flat=True))
    ):
        yield with_line(
            f"{proposal.where}: there is no calendar '{name}'; publish it first", proposal.text, proposal.where
        )


def failing_examples(proposal: Proposal) -> Iterator[str]:
    """Yield for each obligation whose examples do not hold what the first of them says, and what the rule gives."""
    for policy in proposal.policies:
        if (calendar := newest_calendar(policy.calendar)) is None:
            continue
        try:
            check_examples(Terms(calendar, policy))
        except (ClockRefused, HorizonPassed, PackFault) as fault:
            yield with_line(str(fault), proposal.text, proposal.where)


def newest_calendar(name: str) -> Calendar | None:
    """Return the newest version of a calendar, compiled, or None."""
    row = CalendarVersion.objects.filter(calendar=name).order_by("-effective_from").only("pk").first()
    return calendar_of(row.pk) if row else None


def today_of(proposal: Proposal, at: datetime) -> date:
    """Return the local date where what is proposed counts; of several zones the latest."""
    if proposal.calendar:
        return at.astimezone(ZoneInfo(proposal.calendar.tz)).date()
    calendars = [newest_calendar(policy.calendar) for policy in newest(proposal.policies).values()]
    zones = {calendar.definition.tz for calendar in calendars if calendar} or {"UTC"}
    return max(at.astimezone(ZoneInfo(zone)).date() for zone in zones)


def drafted_by(proposals: Iterable[Proposal]) -> Drafted:
    """Return what proposals would change together. Raises PackFault for a calendar that is nowhere."""
    policies: dict[Key, Policy] = {}
    calendars: dict[str, Calendar] = {}
    for proposal in proposals:
        policies |= {key_of(policy): policy for policy in proposal.policies}
        if (definition := proposal.calendar) is not None:
            offsets = zone_offsets(definition.tz, definition.first_on, definition.last_on)
            calendars[definition.name] = Calendar(definition, offsets)
    for policy in policies.values():
        if policy.calendar not in calendars and newest_calendar(policy.calendar) is None:
            raise PackFault(
                f"pack {policy.pack}: {policy.name} counts by calendar {policy.calendar!r}, which is not published; "
                "name a calendar that is, or give its file too"
            )
    return Drafted(policies, calendars)
