"""Publication: calendar and policy files become immutable rows, once.

A file is the reviewed source, a row is what clocks are pinned to. What is published already is skipped; what differs
from it needs a new version with a later date, for promises that were made stay as they were made.
"""

import tomllib
from collections.abc import Callable, Container, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from slas import versions
from slas.calendar import (
    Calendar,
    CalendarFault,
    Definition,
    Offsets,
    read_definition,
    zone_data_version,
    zone_offsets,
)
from slas.fold import Terms
from slas.models import CalendarVersion, PolicyVersion
from slas.policy import PackFault, Policy, read_pack
from slas.queries import database_now
from slas.worked_examples import check_examples

SLAS = Path(__file__).resolve().parent.parent
CONTENT = UUID("6a1f27c4-5d0e-5e7c-9a53-1f5f5f7f0c11")  # the namespace of ids that are made from content
PUBLICATION_LOCK = 7_231_105


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
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLICATION_LOCK])
        now = database_now()
        published = set(CalendarVersion.objects.values_list("pk", flat=True))
        new_calendars = [file for file in calendars if _publish_calendar(file, published, now=now)]
        by_name = {file.definition.name: file for file in calendars}
        for policy in policies:
            _check_calendar(policy, by_name)
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
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # no TOML, or no UTF-8
        raise fault(f"{path.name}: {error}; correct it there") from None


def _publish_calendar(file: _CalendarFile, published: Container[UUID], *, now: datetime) -> bool:
    """Add the version unless it is there. Only the first one of a name may take effect in the past."""
    definition = file.definition
    if (pk := _id_of(definition)) in published:
        return False
    if latest := CalendarVersion.objects.filter(calendar=definition.name).order_by("-version").first():
        today = file.today(now)
        if definition.version <= latest.version or definition.effective_from <= max(today, latest.effective_from):
            raise CalendarFault(
                f"{definition.name}.toml differs from the published {latest}; give it version = {latest.version + 1} "
                f"and an effective_from after {max(today, latest.effective_from)}"
            )
    CalendarVersion.objects.create(
        id=pk,
        calendar=definition.name,
        version=definition.version,
        effective_from=definition.effective_from,
        sha256=definition.sha256,
        tz=definition.tz,
        weekly=definition.weekly_words(),
        holidays={day.isoformat(): name for day, name in definition.holidays.items()},
        first_on=definition.first_on,
        last_on=definition.last_on,
        tzdata_version=zone_data_version(definition.tz),
        offsets=file.offsets,
    )
    return True


def _check_calendar(policy: Policy, calendars: Mapping[str, _CalendarFile]) -> None:
    if policy.calendar not in calendars:
        raise PackFault(f"pack {policy.pack}: {policy.name} counts by calendar {policy.calendar!r}, which has no file")


def _end_range(policy: Policy, *, today: date) -> None:
    """Write the end that a file gives to a version which is in force without one. What has begun can not be undone."""
    running = PolicyVersion.objects.filter(pk=_id_of(policy), effective_to=None)
    if policy.effective_to is None or not running.exists():
        return
    if policy.effective_to <= today:
        raise PackFault(
            f"pack {policy.pack}: {policy.name} from {policy.effective_from} is in force, and clocks have started by "
            f"it; give it an effective_to after {today}"
        )
    running.update(effective_to=policy.effective_to)


def _publish_policy(
    policy: Policy, calendars: Mapping[str, _CalendarFile], known: Container[tuple[str, str, str]], *, now: datetime
) -> bool:
    """Add the version unless it is there. What was `known` before may only change on a later day than today."""
    pk, calendar = _id_of(policy), calendars[policy.calendar]
    if PolicyVersion.objects.filter(pk=pk).exists():
        return False
    today = calendar.today(now)
    if policy.effective_from <= today and (policy.pack, policy.obligation, policy.track) in known:
        raise PackFault(
            f"pack {policy.pack}: {policy.name} from {policy.effective_from} differs from what was published; end that "
            f"one with effective_to, and add the new one with an effective_from after {today}"
        )
    check_examples(Terms(calendar.compiled, policy))
    PolicyVersion.objects.create(id=pk, **_columns(policy))
    return True


def _id_of(version: Definition | Policy) -> UUID:
    return uuid5(CONTENT, version.sha256.hex())


def _columns(policy: Policy) -> dict[str, Any]:
    """Return the row's columns; the plain policy nests its rule, and JSON wants lists and text."""
    columns: dict[str, Any] = asdict(policy) | {"sha256": policy.sha256}
    rule: dict[str, Any] = columns.pop("rule")
    del columns["examples"]
    columns["actions"] = {str(code): list(actions) for code, actions in policy.actions.items()}
    columns["thresholds"] = [asdict(threshold) for threshold in policy.thresholds]
    columns["pause_reasons"] = list(policy.pause_reasons)
    return columns | rule
