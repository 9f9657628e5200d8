"""Finds the versions a clock is pinned to. Versions never change, hence a process reads each one once.

Which version is in force is remembered too, until the day ends. That is right without asking again, because what is
published takes effect on a later day than that of its publication (operations/publish_policies). An obligation that is
not on the shelf makes us look again at once: the first version of a new one may take effect in the past.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from slas.algebra import Align, DayEnd, Measure, Rule, StartRule, Threshold
from slas.bindings import Facts, binds
from slas.calendar import Calendar, Definition, micros, read_weekly
from slas.fold import Terms
from slas.missed import MissAction, MissKind
from slas.models import CalendarVersion, Clock, PolicyVersion
from slas.policy import Extension, Mark, Policy

Rows = list[tuple[date, date | None, UUID, str]]
"""The versions of one obligation for one track, newest first: in force from, to, id, calendar."""


class PolicyMissing(LookupError):
    """No obligation of that name is in force on that day."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Which versions there are, newest first, and until when (monotonic) nothing else can be in force."""

    good_until: float = 0
    calendars: dict[str, list[tuple[date, UUID]]] = field(default_factory=dict)
    policies: dict[tuple[str, str, str], Rows] = field(default_factory=dict)
    calendar_rows: dict[UUID, CalendarVersion] = field(default_factory=dict)
    policy_rows: dict[UUID, PolicyVersion] = field(default_factory=dict)
    terms: dict[tuple[UUID, UUID], Terms] = field(default_factory=dict)
    compiled: dict[UUID, Calendar] = field(default_factory=dict)


_shelf = _Shelf()


def refresh() -> None:
    """Read the shelf anew: three queries. What is compiled already stays, for a version never changes."""
    global _shelf  # noqa: PLW0603 -- the process-wide memory that this module is about
    calendars, policies = defaultdict(list), defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (now,) = cursor.fetchone()
    calendar_rows = {row.pk: row for row in CalendarVersion.objects.order_by("calendar", "-effective_from")}
    policy_rows = {row.pk: row for row in PolicyVersion.objects.order_by("-effective_from")}
    for version in calendar_rows.values():
        calendars[version.calendar].append((version.effective_from, version.pk))
    for row in policy_rows.values():
        key = row.pack, row.obligation, row.track
        policies[key].append((row.effective_from, row.effective_to, row.pk, row.calendar))
    left = [_left_of_the_day(tz, now) for tz in {row.tz for row in calendar_rows.values()}]
    _shelf = _Shelf(
        time.monotonic() + min(left, default=0),
        dict(calendars),
        dict(policies),
        calendar_rows,
        policy_rows,
        _shelf.terms,
        _shelf.compiled,
    )


def _left_of_the_day(tz: str, now: datetime) -> float:
    """Return the seconds until the local date changes."""
    local = now.astimezone(ZoneInfo(tz))
    midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), local.tzinfo)
    return (midnight.astimezone(UTC) - now).total_seconds()


def forget() -> None:
    """Forget everything that was read, as if the process had just started."""
    global _shelf  # noqa: PLW0603
    _shelf = _Shelf()


def in_force(pack: str, obligation: str, track: str, started_at: datetime) -> tuple[UUID, UUID]:
    """Return the ids of the policy and the calendar version for a clock that starts then.

    An obligation that has no row for the track falls back to its row for every track.

    Raises PolicyMissing, HorizonPassed.
    """
    found = _look_up(pack, obligation, track, started_at) if time.monotonic() < _shelf.good_until else None
    if found is None:
        refresh()
        found = _look_up(pack, obligation, track, started_at)
    if found is None:
        raise PolicyMissing(
            f"pack {pack!r} has no obligation {obligation!r} for track {track or 'any'!r} in force at {started_at}; "
            "add it to slas/policy_packs and run: manage.py publish_policies"
        )
    return found


def _look_up(pack: str, obligation: str, track: str, started_at: datetime) -> tuple[UUID, UUID] | None:
    rows = _shelf.policies.get((pack, obligation, track)) or _shelf.policies.get((pack, obligation, ""), [])
    return _among(rows, started_at)


def _among(rows: Rows, started_at: datetime) -> tuple[UUID, UUID] | None:
    for effective_from, effective_to, policy_id, calendar in rows:
        versions = _shelf.calendars[calendar]
        started_on = calendar_of(versions[0][1]).date_at(micros(started_at))
        if effective_from <= started_on and (effective_to is None or started_on < effective_to):
            return policy_id, next((pk for since, pk in versions if since <= started_on), versions[-1][1])
    return None


def binding(facts: Facts, *, tracks: Sequence[str], started_at: datetime) -> list[PolicyVersion]:
    """Return what binds a matter of which these facts are true, by the versions in force when it started.

    Of the rows of one obligation the first of `tracks` counts that is there, else the one for every track. What is off
    binds nobody. No queries, unless the day is new.
    """
    if time.monotonic() >= _shelf.good_until:
        refresh()
    found: dict[tuple[str, str], PolicyVersion] = {}
    for track in (*tracks, ""):
        for (pack, obligation, of_track), rows in _shelf.policies.items():
            if of_track != track or (pack, obligation) in found:
                continue
            pins = _among([row for row in rows if _binds(_shelf.policy_rows[row[2]], facts)], started_at)
            if pins:
                found[pack, obligation] = _shelf.policy_rows[pins[0]]
    return [found[name] for name in sorted(found)]


def _binds(row: PolicyVersion, facts: Facts) -> bool:
    return binds(row.applies_to, facts) and is_on(row)


def is_on(policy: Policy | PolicyVersion) -> bool:
    """Tell whether clocks may start by it: no number of its pack is to be confirmed, or the settings name the pack."""
    return policy.enabled or policy.pack in settings.ENABLED_PACKS


def terms_of(policy_id: UUID, calendar_id: UUID) -> Terms:
    """Return what a clock with these pins counts by."""
    if (found := _shelf.terms.get((policy_id, calendar_id))) is None:
        row = _shelf.policy_rows.get(policy_id) or PolicyVersion.objects.get(pk=policy_id)
        found = _shelf.terms[policy_id, calendar_id] = Terms(calendar_of(calendar_id), policy_of(row))
    return found


def calendar_of(calendar_id: UUID) -> Calendar:
    """Return a published calendar, compiled when it is first asked for: most processes need few of them."""
    if (found := _shelf.compiled.get(calendar_id)) is None:
        row = _shelf.calendar_rows.get(calendar_id) or CalendarVersion.objects.get(pk=calendar_id)
        found = _shelf.compiled[calendar_id] = compile_calendar(row)
    return found


def zone_of(clock: Clock) -> ZoneInfo:
    """Return the zone in which a clock's days begin and end."""
    return ZoneInfo(calendar_of(clock.calendar_id).definition.tz)


def compile_calendar(row: CalendarVersion) -> Calendar:
    """Return a published calendar, compiled with the zone offsets that were true when it was published."""
    return Calendar(definition_of(row), tuple((second, offset) for second, offset in row.offsets))


def definition_of(row: CalendarVersion) -> Definition:
    """Return a published calendar as people wrote it."""
    return Definition(
        name=row.calendar,
        version=row.version,
        effective_from=row.effective_from,
        tz=row.tz,
        weekly=read_weekly(row.weekly, str(row)),
        holidays={date.fromisoformat(day): name for day, name in row.holidays.items()},
        first_on=row.first_on,
        last_on=row.last_on,
    )


def policy_of(row: PolicyVersion) -> Policy:
    """Return a published obligation as the plain policy that was read from its file, without the examples."""
    return Policy(
        pack=row.pack,
        obligation=row.obligation,
        track=row.track,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        title=row.title,
        promise=row.promise,
        calendar=row.calendar,
        starts_on=row.starts_on,
        met_on=row.met_on,
        rule=Rule(Measure(row.measure), StartRule(row.start_rule), DayEnd(row.day_end)),
        budget=row.budget,
        thresholds=tuple(Threshold(**item | {"align": Align(item["align"])}) for item in row.thresholds),
        actions={int(code): tuple(actions) for code, actions in row.actions.items()},
        pause_reasons=tuple(row.pause_reasons),
        extension=_extension_of(row.extension),
        consequence=row.consequence,
        next_level=row.next_level,
        clause=row.clause,
        url=row.url,
        mark=Mark(row.mark),
        legal=row.legal,
        enabled=row.enabled,
        on_miss=tuple(_miss_action_of(item) for item in row.on_miss),
        applies_to={name: tuple(values) for name, values in row.applies_to.items()},
    )


def _extension_of(item: dict[str, Any] | None) -> Extension | None:
    if item is None:
        return None
    mark = Mark(item.get("mark", Mark.VERIFIED))
    lists = {name: tuple(item.get(name, ())) for name in ("by", "reasons", "rights")}
    return Extension(**item | lists | {"mark": mark})


def _miss_action_of(item: dict[str, Any]) -> MissAction:
    lists = {name: tuple(item[name]) for name in ("rights", "holds")}
    return MissAction(**item | lists | {"kind": MissKind(item["kind"])})
