"""The one door to what is sealed: `phi_access` says who reads and why, and records what was read."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from members.actors import Actor
from members.audit.models import Event


class AccessRequired(RuntimeError):
    """A sealed value was read outside `phi_access`."""


class _Access:
    def __init__(self) -> None:
        self.opened: dict[tuple[str, UUID], set[str]] = {}


_access: ContextVar[_Access | None] = ContextVar("phi_access", default=None)


@contextmanager
def phi_access(
    *, actor: Actor, purpose: str, matter_id: UUID | None = None, at: datetime | None = None
) -> Iterator[None]:
    """Let sealed values open within, and record each row that was opened, in one INSERT, when it ends.

    The events are written even when the block raises, for what was opened has been seen; if they cannot be written,
    that error goes up and the response with the opened values is never sent. Source: 45 CFR 164.312(b).
    """
    access = _Access()
    token = _access.set(access)
    try:
        yield
    finally:
        _access.reset(token)
        if access.opened:
            moment = at or timezone.now()
            Event.objects.bulk_create(
                Event.by(
                    actor,
                    at=moment,
                    action="phi.opened",
                    matter_id=matter_id,
                    object_type=table,
                    object_id=key,
                    detail={"purpose": purpose, "columns": sorted(columns)},
                )
                for (table, key), columns in access.opened.items()
            )


def note_opening(table: str, key: UUID, column: str) -> None:
    """Remember that a value is being opened. Raises AccessRequired outside `phi_access`."""
    access = _access.get()
    if access is None:
        raise AccessRequired(f"{table}.{column} is sealed: read it inside phi_access(actor=…, purpose=…)")
    access.opened.setdefault((table, key), set()).add(column)
