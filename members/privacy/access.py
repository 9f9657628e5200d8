"""The one door to what is sealed: `phi_access` says who reads and why, and records what was read."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError
from django.db.models import Model

from members.actors import Actor
from members.audit.openings import Opening, write_openings
from members.privacy.purposes import Purpose

logger = logging.getLogger(__name__)


class AccessRequired(RuntimeError):
    """A sealed value was read outside `phi_access`."""


class AuditUnavailable(RuntimeError):
    """It cannot be recorded who reads what was opened, so it must not be shown."""


@dataclass(slots=True)
class _Noted:
    """What was opened of one row, and what did not open. `matter_id`: the case that the row is of, if it is of one."""

    matter_id: UUID | None
    opened: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)


class _Access:
    def __init__(self) -> None:
        self._rows: dict[tuple[str, UUID], _Noted] = {}

    def noted(self, row: Model) -> _Noted:
        """Return what is noted of a row; one that is of a case has its `matter_id`, which a system check sees to."""
        key = (row._meta.db_table, row.pk)
        if (noted := self._rows.get(key)) is None:
            noted = self._rows[key] = _Noted(getattr(row, "matter_id", None))
        return noted

    def openings(self, purpose: Purpose, matter_id: UUID | None) -> list[Opening]:
        """Return one for each row that was opened, and one for each row with a value that did not open."""
        return [
            Opening(action, noted.matter_id or matter_id, table, key, {"purpose": purpose, "columns": sorted(columns)})
            for (table, key), noted in self._rows.items()
            for action, columns in (("phi.opened", noted.opened), ("seal.broken", noted.broken))
            if columns
        ]


_access: ContextVar[_Access | None] = ContextVar("phi_access", default=None)


@contextmanager
def phi_access(*, actor: Actor, purpose: Purpose, matter_id: UUID | None = None, at: datetime) -> Iterator[None]:
    """Let sealed values open within, and record each row that was opened, or did not open, in one INSERT at the end.

    The events are written even when the block raises, for what was opened has been seen; if they cannot be written,
    AuditUnavailable goes up and the response with the opened values is never sent. Source: 45 CFR 164.312(b).

    An event names the case that its row is of, wherever it is opened: on its page, in a list or by a search.
    `matter_id` is the case that rows are opened for which are of none.
    """
    access = _Access()
    token = _access.set(access)
    try:
        yield
    finally:
        _access.reset(token)
        if openings := access.openings(purpose, matter_id):
            try:
                write_openings(openings, actor=actor, at=at)
            except DatabaseError as error:
                raise AuditUnavailable(f"{purpose}: cannot be recorded, so it is not shown") from error


def note_opening(row: Model, column: str) -> None:
    """Remember that a value is being opened. Raises AccessRequired outside `phi_access`."""
    access = _access.get()
    if access is None:
        table = row._meta.db_table
        raise AccessRequired(f"{table}.{column} is sealed: read it inside phi_access(actor=…, purpose=…)")
    access.noted(row).opened.add(column)


def note_broken(row: Model, column: str) -> None:
    """Remember that a value did not open: it was altered, or its key is gone, and somebody has to look into it."""
    logger.error("Sealed value %s.%s of row %s cannot be opened", row._meta.db_table, column, row.pk)
    access = _access.get()
    if access is not None:
        noted = access.noted(row)
        noted.opened.discard(column)
        noted.broken.add(column)
