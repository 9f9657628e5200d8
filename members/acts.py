"""One act, one transaction, one flush.

An operation tells its act what to write; the act writes it all at the end, with one INSERT per table. So an act has a
small, fixed number of statements, and a thousand historical acts can share one transaction (`batch`) while running
through exactly the same operations as a live one.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from members.actors import Actor
from members.audit.models import Event

Row = TypeVar("Row", bound=Model)


class _Writes:
    """Rows that wait to be written, and an identity map of those that are new."""

    def __init__(self) -> None:
        self.new: dict[type[Model], dict[Any, Model]] = {}
        self.changed: dict[tuple[type[Model], Any], tuple[Model, set[str]]] = {}

    def flush(self) -> None:
        """Write every row; foreign keys are checked at commit, hence the order of tables does not matter.

        Changes come first: a change may free what a new row takes, as an ended clock does for its successor.
        """
        for row, fields in self.changed.values():
            row.save(update_fields=sorted(fields))
        for model, rows in self.new.items():
            model._base_manager.bulk_create(rows.values(), batch_size=2000)
        self.new.clear()
        self.changed.clear()


_pending: ContextVar[_Writes | None] = ContextVar("pending_writes", default=None)


@dataclass(frozen=True, slots=True)
class Act:
    """What one actor does at one moment. `at` is the moment the act counts for, which is in the past for an import."""

    actor: Actor
    at: datetime
    _writes: _Writes

    def add(self, *rows: Model) -> None:
        """Insert these rows when the act ends."""
        for row in rows:
            self._writes.new.setdefault(type(row), {})[row.pk] = row

    def change(self, row: Model, **values: Any) -> None:
        """Set these attributes now, and update just these columns when the act ends."""
        for name, value in values.items():
            setattr(row, name, value)
        if row.pk not in self._writes.new.get(type(row), {}):
            self._writes.changed.setdefault((type(row), row.pk), (row, set()))[1].update(values)

    def lock(self, model: type[Row], pk: Any) -> Row:
        """Return the row, locked until the transaction ends; a row that this act or batch added is returned as it is.

        Raises the model's DoesNotExist.
        """
        if (new := self._writes.new.get(model, {}).get(pk)) is not None:
            return new  # type: ignore[return-value]
        if (model, pk) in self._writes.changed:
            return self._writes.changed[model, pk][0]  # type: ignore[return-value]
        return model._base_manager.select_for_update(no_key=True, of=("self",)).get(pk=pk)

    def added(self, model: type[Row], **equal: Any) -> list[Row]:
        """Return the rows of this act or batch that are not written yet and have these attribute values."""
        rows = self._writes.new.get(model, {}).values()
        return [row for row in rows if all(getattr(row, name) == value for name, value in equal.items())]  # type: ignore[misc]

    def held(self, model: type[Row], **equal: Any) -> list[Row]:
        """Return the rows that this act or batch added or changed and that have these attribute values now."""
        rows = [row for (kind, _), (row, _fields) in self._writes.changed.items() if kind is model]
        rows.extend(self._writes.new.get(model, {}).values())
        return [row for row in rows if all(getattr(row, name) == value for name, value in equal.items())]  # type: ignore[misc]

    def record(
        self,
        action: str,
        *,
        matter_id: UUID | None = None,
        object_type: str = "",
        object_id: UUID | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Write an audit event in the same transaction. `action` is a past fact; `detail` holds ids and codes only."""
        self.add(
            Event.by(
                self.actor,
                at=self.at,
                action=action,
                matter_id=matter_id,
                object_type=object_type,
                object_id=object_id,
                detail=dict(detail or {}),
            )
        )


@contextmanager
def batch() -> Iterator[None]:
    """Let all acts within share one transaction and one flush. All of them are written, or none."""
    writes = _Writes()
    with transaction.atomic():
        token = _pending.set(writes)
        try:
            yield
            writes.flush()
        finally:
            _pending.reset(token)


@contextmanager
def act(*, actor: Actor, at: datetime) -> Iterator[Act]:
    """Open an act; inside a batch, or inside another act, it joins that one's transaction."""
    if (pending := _pending.get()) is not None:
        yield Act(actor, at, pending)
        return
    with batch():
        pending = _pending.get()
        assert pending is not None  # noqa: S101 -- batch() has just set it
        yield Act(actor, at, pending)
