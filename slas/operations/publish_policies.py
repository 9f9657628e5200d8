"""Publication: calendar and policy files become immutable rows, once.

A file is the reviewed source, a row is what clocks are pinned to. What is published already is skipped; what differs
from it needs a new version with a later date, for promises that were made stay as they were made. Where that date has
passed already when a database first sees the file, as after an upgrade, the version counts from the next day on. What
people have published from a draft is theirs: a file that differs from it is left out, and the log says so.
"""

import logging
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from slas import versions
from slas.calendar import Calendar, CalendarFault, Definition, Offsets, read_definition, zone_offsets
from slas.drafts import key_of, read_toml
from slas.fold import Terms
from slas.models import CalendarVersion, PolicyVersion
from slas.operations.publish_versions import calendar_row, id_of, policy_row, wait_for_publications
from slas.policy import PackFault, Policy, read_pack
from slas.queries import database_now
from slas.worked_examples import check_examples

log = logging.getLogger(__name__)

LEFT_OUT = "%s is left out: it differs from what people have published from a draft. Propose it as a draft of theirs"
SLAS = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Published:
    """How many versions a publication added."""

    calendars: int
    policies: int


def publish_policies(folder: Path = SLAS) -> Published:
    """Publish `calendars/*.toml` and `policy_packs/*.toml` of a folder; what is published already stays as it is.

    Raises CalendarFault or PackFault with the file and what to change, and then publishes nothing at all.
    """
    calendars = _read_calendars(folder / "calendars")
    policies = [policy for path in sorted((folder / "policy_packs").glob("*.toml")) for policy in _read_pack(path)]
    with transaction.atomic():
        wait_for_publications()
        now = database_now()
        published = set(CalendarVersion.objects.values_list("pk", flat=True))
        files = _without_drafted_calendars(calendars, published)
        new_calendars = [file for file in files if _publish_calendar(file, published, now=now)]
        by_name = {file.definition.name: file for file in calendars}
        for policy in policies:
            _check_calendar(policy, by_name)
        policies = _without_drafted_policies(policies)
        known = set(PolicyVersion.objects.values_list("pack", "obligation", "track"))
        for policy in policies:
            _end_range(policy, today=by_name[policy.calendar].today(now))
        new_policies = [policy for policy in policies if _publish_policy(policy, by_name, known, now=now)]
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


def _read_pack(path: Path) -> list[Policy]:
    return read_pack(_read_toml(path, PackFault), path.name)


def _read_toml(path: Path, fault: Callable[[str], Exception]) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except ValueError as error:  # no UTF-8
        raise fault(f"{path.name}: {error}; correct it there") from None
    return read_toml(text, path.name, fault)


def _without_drafted_calendars(files: Sequence[_CalendarFile], published: Container[UUID]) -> list[_CalendarFile]:
    """Return the files of calendars that nobody has published from a draft; log which of the others differ."""
    drafted = set(CalendarVersion.objects.exclude(draft=None).values_list("calendar", flat=True))
    for file in files:
        if file.definition.name in drafted and id_of(file.definition) not in published:
            log.warning(LEFT_OUT, f"calendar {file.definition.name} v{file.definition.version}")
    return [file for file in files if file.definition.name not in drafted]


def _without_drafted_policies(policies: Sequence[Policy]) -> list[Policy]:
    """Return the obligations that nobody has published from a draft; log which of the others differ."""
    drafted = set(PolicyVersion.objects.exclude(draft=None).values_list("pack", "obligation", "track"))
    theirs = {id_of(policy): policy for policy in policies if key_of(policy) in drafted}
    published = set(PolicyVersion.objects.filter(pk__in=theirs).values_list("pk", flat=True))
    for pk, policy in theirs.items():
        if pk not in published:
            log.warning(LEFT_OUT, f"{policy.pack}: {policy.name} from {policy.effective_from}")
    return [policy for policy in policies if key_of(policy) not in drafted]


def _publish_calendar(file: _CalendarFile, published: Container[UUID], *, now: datetime) -> bool:
    """Add the version unless it is there. Only the first one of a name may take effect in the past."""
    definition = file.definition
    if id_of(definition) in published:
        return False
    row = calendar_row(definition, file.offsets)
    if latest := CalendarVersion.objects.filter(calendar=definition.name).order_by("-version").first():
        if definition.version <= latest.version or definition.effective_from <= latest.effective_from:
            raise CalendarFault(
                f"{definition.name}.toml differs from the published {latest}; give it version = {latest.version + 1} "
                f"and an effective_from after {latest.effective_from}"
            )
        row.effective_from = _not_before_tomorrow(definition.effective_from, file.today(now), f"calendar {latest}")
    row.save(force_insert=True)
    return True


def _not_before_tomorrow(day: date, today: date, what: str) -> date:
    """Return the day, or tomorrow where it has come: clocks have started by what was in force until now."""
    if day > today:
        return day
    tomorrow = today + timedelta(days=1)
    log.warning("%s changes from %s, not from %s: what has begun stays as it is", what, tomorrow, day)
    return tomorrow


def _check_calendar(policy: Policy, calendars: Mapping[str, _CalendarFile]) -> None:
    if policy.calendar not in calendars:
        raise PackFault(f"pack {policy.pack}: {policy.name} counts by calendar {policy.calendar!r}, which has no file")


def _end_range(policy: Policy, *, today: date) -> None:
    """Write the end that a file gives to a version which is in force without one. What has begun can not be undone."""
    if policy.effective_to is None:
        return
    for running in PolicyVersion.objects.filter(pk=id_of(policy), effective_to=None):
        what = f"pack {policy.pack}: {policy.name} from {policy.effective_from}"
        running.effective_to = _not_before_tomorrow(policy.effective_to, today, what)
        running.save(update_fields=["effective_to"])


def _publish_policy(
    policy: Policy, calendars: Mapping[str, _CalendarFile], known: Container[tuple[str, str, str]], *, now: datetime
) -> bool:
    """Add the version unless it is there. What was `known` before may only change on a later day than today."""
    pk, calendar = id_of(policy), calendars[policy.calendar]
    if PolicyVersion.objects.filter(pk=pk).exists():
        return False
    row = policy_row(policy)
    if key_of(policy) in known:
        today, what = calendar.today(now), f"pack {policy.pack}: {policy.name}"
        if policy.effective_to and policy.effective_to <= max(policy.effective_from, today + timedelta(days=1)):
            return False  # it came and went before this database saw it
        _refuse_overlap(policy)
        row.effective_from = _not_before_tomorrow(policy.effective_from, today, what)
    check_examples(Terms(calendar.compiled, policy))
    row.save(force_insert=True)
    return True


def _refuse_overlap(policy: Policy) -> None:
    """Refuse what would change a version that is published, instead of following it."""
    same = PolicyVersion.objects.filter(pack=policy.pack, obligation=policy.obligation, track=policy.track)
    if same.filter(Q(effective_to=None) | Q(effective_from__gte=policy.effective_from)).exists():
        raise PackFault(
            f"pack {policy.pack}: {policy.name} from {policy.effective_from} differs from what was published; end that "
            "one with effective_to, and add the new one with that day as its effective_from"
        )
