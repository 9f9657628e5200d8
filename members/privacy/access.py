"""The one door to what is sealed: `phi_access` says who reads and why, and records what was read."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError

from members.actors import Actor
from members.audit.openings import Opening, write_openings

logger = logging.getLogger(__name__)


class AccessRequired(RuntimeError):
    """A sealed value was read outside `phi_access`."""


class AuditUnavailable(RuntimeError):
    """It cannot be recorded who reads what was opened, so it must not be shown."""


class _Access:
    def __init__(self) -> None:
        self.opened: dict[tuple[str, UUID], set[str]] = {}
        self.broken: dict[tuple[str, UUID], set[str]] = {}

    def openings(self, purpose: str) -> list[Opening]:
        """Return one for each row that was opened, and one for each row with a value that did not open."""
        return [
            Opening(action, table, key, {"purpose": purpose, "columns": sorted(columns)})
            for action, rows in (("phi.opened", self.opened), ("seal.broken", self.broken))
            for (table, key), columns in rows.items()
            if columns
        ]


_access: ContextVar[_Access | None] = ContextVar("phi_access", default=None)


@contextmanager
def phi_access(*, actor: Actor, purpose: str, matter_id: UUID | None = None, at: datetime) -> Iterator[None]:
    """Let sealed values open within, and record each row that was opened, or did not open, in one INSERT at the end.

    The events are written even when the block raises, for what was opened has been seen; if they cannot be written,
    AuditUnavailable goes up and the response with the opened values is never sent. Source: 45 CFR 164.312(b).
    """
    access = _Access()
    token = _access.set(access)
    try:
        yield
    finally:
        _access.reset(token)
        if openings := access.openings(purpose):
            try:
                write_openings(openings, actor=actor, at=at, matter_id=matter_id)
            except DatabaseError as error:
                raise AuditUnavailable(f"{purpose}: cannot be recorded, so it is not shown") from error


def note_opening(table: str, key: UUID, column: str) -> None:
    """Remember that a value is being opened. Raises AccessRequired outside `phi_access`."""
    access = _access.get()
    if access is None:
        raise AccessRequired(f"{table}.{column} is sealed: read it inside phi_access(actor=…, purpose=…)")
    access.opened.setdefault((table, key), set()).add(column)


def note_broken(table: str, key: UUID, column: str) -> None:
    """Remember that a value did not open: it was altered, or its key is gone, and somebody has to look into it."""
    logger.error("Sealed value %s.%s of row %s cannot be opened", table, column, key)
    access = _access.get()
    if access is not None:
        access.opened[table, key].discard(column)
        access.broken.setdefault((table, key), set()).add(column)
