"""What a draft's text proposes: which versions it would add to those that are published, and what stands in its way."""

from collections.abc import Iterable, Iterator
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
from slas.models import CalendarVersion, DraftKind, PolicyVersion
from slas.policy import PackFault, Policy
from slas.replay import Drafted, Key
from slas.versions import calendar_of, definition_of, policy_of
from slas.worked_examples import check_examples


@dataclass(frozen=True, slots=True)
class Proposal:
    """The versions that a text would add. `replaces` holds the newest published one of each obligation."""

    name: str
    text: str
    where: str
    effective_on: date
    policies: tuple[Policy, ...] = ()
    replaces: tuple[PolicyVersion, ...] = ()
    calendar: Definition | None = None
    since: date | None = None

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
        since = row.effective_from if row else None
        return Proposal(definition.name, text, where, effective_on, calendar=version, since=since)
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
    )


def newest_versions(pack: str) -> dict[Key, PolicyVersion]:
    """Return the newest published version of each obligation of a pack: one query."""
    found: dict[Key, PolicyVersion] = {}
    for row in PolicyVersion.objects.filter(pack=pack).order_by("effective_from"):
        found[row.pack, row.obligation, row.track] = row
    return found


def obstacles(proposal: Proposal, *, at: datetime) -> Iterator[str]:
    """Yield a sentence for everything that stands in the way of publishing it now."""
    if proposal.says_nothing_new:
        yield f"Nothing in this text differs from what is published of {proposal.name}. Change something first."
    yield from _calendars_missing(proposal)
    if proposal.effective_on <= (today := today_of(proposal, at)):
        yield f"It cannot take effect on {proposal.effective_on}: choose a day after {today}, for promises are kept."
    for row in proposal.replaces:
        taken = row.effective_to or row.effective_from
        if proposal.effective_on < taken or (row.effective_to is None and proposal.effective_on == taken):
            yield f"{policy_of(row).name} has a version until or from {taken} already: choose a later day."
    if proposal.since and proposal.effective_on <= proposal.since:
        yield f"{proposal.name} has a version from {proposal.since} already: choose a later day."
    for calendar in {policy.calendar: newest_calendar(policy.calendar) for policy in proposal.policies}.values():
        if calendar and proposal.effective_on > calendar.definition.last_on:
            known = calendar.definition
            yield f"Calendar {known.name} ends on {known.last_on}: choose a day before, or publish its next version."
    yield from failing_examples(proposal)


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
