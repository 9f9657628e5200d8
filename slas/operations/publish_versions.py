"""The rows of publication, whether a file or a draft asks for it. A version that is published never changes."""

from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid5

from django.db import connection

from slas.calendar import Definition, Offsets, zone_data_version
from slas.models import CalendarVersion, PolicyDraft, PolicyVersion
from slas.policy import Policy

CONTENT = UUID("6a1f27c4-5d0e-5e7c-9a53-1f5f5f7f0c11")  # the namespace of ids that are made from content
PUBLICATION_LOCK = 7_231_105


def wait_for_publications() -> None:
    """Let one transaction publish at a time, so that none decides by what another is about to change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLICATION_LOCK])


def id_of(version: Definition | Policy) -> UUID:
    """Return the id that this content has in every database."""
    return uuid5(CONTENT, version.sha256.hex())


def calendar_row(definition: Definition, offsets: Offsets, draft: PolicyDraft | None = None) -> CalendarVersion:
    """Return a calendar as an unsaved row. `draft` is where it was proposed; none: in a file."""
    return CalendarVersion(
        id=id_of(definition),
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
        offsets=offsets,
        draft=draft,
    )


def policy_row(policy: Policy, draft: PolicyDraft | None = None) -> PolicyVersion:
    """Return an obligation as an unsaved row: the plain policy nests its rule, and JSON wants lists and text."""
    columns: dict[str, Any] = asdict(policy) | {"sha256": policy.sha256}
    rule: dict[str, Any] = columns.pop("rule")
    del columns["examples"]
    columns["actions"] = {str(code): list(actions) for code, actions in policy.actions.items()}
    columns["thresholds"] = [asdict(threshold) for threshold in policy.thresholds]
    columns["pause_reasons"] = list(policy.pause_reasons)
    return PolicyVersion(id=id_of(policy), **columns, **rule, draft=draft)
