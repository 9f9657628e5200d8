"""Publication: calendar and policy files become immutable rows, once.

A file is the reviewed source, a row is what clocks are pinned to. A version that is published is known by its id, and
never changes; what follows the last known one in its file is added after it. Where its date has passed already when a
database first sees it, as after an upgrade, it counts from the next day on. A file that says something else for a date
that was published is its successor, from the next day on. What people have published from a draft is theirs: a file
that differs from it is left out. The log tells what is not done as its file says.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from slas import versions
from slas.calendar import Calendar, CalendarFault, Definition, Offsets, read_definition, zone_offsets
from slas.drafts import key_of, read_toml
from slas.fold import Terms
from slas.models import CalendarVersion, PolicyVersion
from slas.operations.publish_versions import calendar_row, id_of, policy_row, wait_for_publications
from slas.policy import PackFault, Policy, read_pack
from slas.queries import database_now
from slas.replay import Key
from slas.worked_examples import check_examples

log = logging.getLogger(__name__)

A_DAY = timedelta(days=1)
SLAS = Path(__file__).resolve().parent.parent
DRAFTED = "it differs from what people have published from a draft. Propose it as a draft of theirs"
TAKEN_BACK = "it was published before, and what followed it stays. To have it again, give it a later effective_from"
OVERTAKEN = "it differs from what was published, and what follows that is published too"


@dataclass(frozen=True, slots=True)
class Published:
    """How many versions a publication added."""

    calendars: int
    policies: int


def publish_policies(folder: Path = SLAS) -> Published:
    """Publish `calendars/*.toml` and `policy_packs/*.toml` of a folder; what is published already stays as it is.

    Raises CalendarFault or PackFault for a file that contradicts itself, and publishes nothing then.
    """
    calendars = {file.definition.name: file for file in _read_calendars(folder / "calendars")}
    files: dict[Key, list[Policy]] = defaultdict(list)
    for path in sorted((folder / "policy_packs").glob("*.toml")):
        for policy in _read_pack(path, calendars):
            files[key_of(policy)].append(policy)
    with transaction.atomic():
        wait_for_publications()
        shelf = _Shelf(calendars, now=database_now())
        new_calendars = [file for file in calendars.values() if shelf.put_calendar(file)]
        new_policies = [policy for key in files for policy in shelf.put_obligation(key, files[key])]
    versions.refresh()
    return Published(len(new_calendars), len(new_policies))


class _CalendarFile:
    """A calendar that was read. It is compiled only if something new counts by it."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    @cached_property
    def offsets(self) -> Offsets:
        """Return the zone's stretches of equal offset."""
        return _zone_offsets(self.definition.tz, self.definition.first_on, self.definition.last_on)

    @cached_property
    def compiled(self) -> Calendar:
        """Return the calendar."""
        return Calendar(self.definition, self.offsets)

    def today(self, now: datetime) -> date:
        """Return the local date."""
        return now.astimezone(ZoneInfo(self.definition.tz)).date()


_zone_offsets = lru_cache(zone_offsets)  # a dozen zones serve sixty calendars


def _read_calendars(folder: Path) -> list[_CalendarFile]:
    """Return the folder's calendars. Raises CalendarFault, also for two files that hold the same one."""
    files: dict[str, Path] = {}
    found = []
    for path in sorted(folder.glob("*.toml")):
        definition = read_definition(_read_toml(path, CalendarFault), path.name)
        if other := files.get(definition.name):
            raise CalendarFault(
                f"{path.name}: {other.name} holds calendar {definition.name!r} as well; keep one of them"
            )
        files[definition.name] = path
        found.append(_CalendarFile(definition))
    return found


def _read_pack(path: Path, calendars: Mapping[str, _CalendarFile]) -> list[Policy]:
    """Return the obligations of a file, each version after the one that it follows. Raises PackFault."""
    policies = read_pack(_read_toml(path, PackFault), path.name)
    for policy in policies:
        if policy.calendar not in calendars:
            raise PackFault(f"{_called(policy)} counts by calendar {policy.calendar!r}, which has no file")
    return sorted(policies, key=lambda policy: policy.effective_from)


def _read_toml(path: Path, fault: Callable[[str], Exception]) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except ValueError as error:  # no UTF-8
        raise fault(f"{path.name}: {error}; correct it there") from None
    return read_toml(text, path.name, fault)


def _called(policy: Policy) -> str:
    return f"pack {policy.pack}: {policy.name}"


class _Shelf:
    """What is published, the oldest first, while files are added to it."""

    def __init__(self, files: Mapping[str, _CalendarFile], *, now: datetime) -> None:
        """Read everything that is published: two queries."""
        self.files, self.now = files, now
        self.calendars: dict[str, list[CalendarVersion]] = defaultdict(list)
        self.policies: dict[Key, list[PolicyVersion]] = defaultdict(list)
        for calendar in CalendarVersion.objects.order_by("effective_from"):
            self.calendars[calendar.calendar].append(calendar)
        for row in PolicyVersion.objects.order_by("effective_from"):
            self.policies[row.pack, row.obligation, row.track].append(row)

    def put_calendar(self, file: _CalendarFile) -> bool:
        """Add the calendar unless it is there. Only the first version of a name may take effect in the past."""
        definition, rows = file.definition, self.calendars[file.definition.name]
        known = [row.pk for row in rows]
        what = f"calendar {definition.name} v{definition.version}"
        if id_of(definition) in known:
            if known[-1] != id_of(definition) and not rows[-1].draft_id:
                _leave_out(what, TAKEN_BACK)
            return False
        if any(row.draft_id for row in rows):
            _leave_out(what, DRAFTED)
            return False
        row = calendar_row(definition, file.offsets)
        if rows:
            row.version = max(definition.version, rows[-1].version + 1)
            earliest = max(file.today(self.now), rows[-1].effective_from) + A_DAY
            row.effective_from = self._not_before(earliest, definition.effective_from, what)
        row.save(force_insert=True)
        return True

    def put_obligation(self, key: Key, files: Sequence[Policy]) -> Iterator[PolicyVersion]:
        """Add the versions of one obligation that follow the last known one, and yield them."""
        rows = self.policies[key]
        if not rows:  # of a new obligation its whole history, which may begin in the past
            yield from (self._add(policy, policy.effective_from) for policy in files)
            return
        known = {row.pk for row in rows}
        if any(row.draft_id for row in rows):
            for policy in files:
                if id_of(policy) not in known:
                    _leave_out(f"{_called(policy)} from {policy.effective_from}", DRAFTED)
            return
        place = max((place for place, policy in enumerate(files, 1) if id_of(policy) in known), default=0)
        self._compare(rows[-1], files[:place], is_followed=place < len(files))
        yield from self._follow(rows[-1], files[place - 1] if place else None, files[place:])

    def _compare(self, last: PolicyVersion, files: Sequence[Policy], *, is_followed: bool) -> None:
        """Say where the files up to the last known one differ from what is published and not over."""
        if files and id_of(files[-1]) != last.pk and not is_followed:
            _leave_out(f"{_called(files[-1])} from {files[-1].effective_from}", TAKEN_BACK)
        published = {row.pk for row in self.policies[key_of(files[-1])]} if files else set()
        for policy in files:
            is_over = policy.effective_to and policy.effective_to <= self._today(policy)
            if id_of(policy) not in published and not is_over:
                _leave_out(f"{_called(policy)} from {policy.effective_from}", OVERTAKEN)

    def _follow(
        self, last: PolicyVersion, known: Policy | None, following: Sequence[Policy]
    ) -> Iterator[PolicyVersion]:
        """End the last version as its file says, and add what follows; nothing takes effect before tomorrow.

        A version that would end as it begins came and went before this database saw it.
        """
        for policy in following if known is None else (known, *following):
            earliest = last.effective_to or max(self._today(policy), last.effective_from) + A_DAY
            earliest = max(earliest, self._today(policy) + A_DAY)
            if policy is known:
                if id_of(policy) == last.pk and policy.effective_to and last.effective_to is None:
                    self._end(last, self._not_before(earliest, policy.effective_to, f"the end of {_called(policy)}"))
                continue
            if policy.effective_to and policy.effective_to <= max(earliest, policy.effective_from):
                continue
            start = self._not_before(earliest, policy.effective_from, _called(policy))
            if last.effective_to is None:
                self._end(last, start)
            last = self._add(policy, start)
            yield last

    def _add(self, policy: Policy, start: date) -> PolicyVersion:
        check_examples(Terms(self.files[policy.calendar].compiled, policy))
        row = policy_row(policy)
        row.effective_from = start
        row.save(force_insert=True)
        return row

    def _end(self, row: PolicyVersion, day: date) -> None:
        row.effective_to = day
        row.save(update_fields=["effective_to"])

    def _today(self, policy: Policy) -> date:
        return self.files[policy.calendar].today(self.now)

    def _not_before(self, earliest: date, day: date, what: str) -> date:
        """Return the day, or the earliest one that is left: clocks have started by what was in force until now."""
        if day < earliest:
            log.warning("%s counts from %s, not from %s: what has begun stays as it is", what, earliest, day)
        return max(day, earliest)


def _leave_out(what: str, why: str) -> None:
    log.warning("%s is left out: %s", what, why)
