"""One act, one transaction, one flush.

An operation tells its act what to write; the act writes it all at the end, with one INSERT per table. So an act has a
small, fixed number of statements, and a thousand historical acts can share one transaction (`batch`) while running
through exactly the same operations as a live one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

from members.actors import Actor
from members.audit.models import Event
from members.privacy.fields import SealedBytesField

Row = TypeVar("Row", bound=Model)

MANY = 100
"""Rows of one table from which COPY is worth its set-up; a person's act never has so many."""

SOME = 10
"""Changed rows of one table from which one UPDATE is worth building; a person's act hardly ever has so many."""


class HeldTwice(RuntimeError):
    """Two copies of one row were changed in one act; the later would have been lost."""


class _Writes:
    """Rows that wait to be written, an identity map of those that are held, and how to undo what a refused act did."""

    def __init__(self) -> None:
        self.new: dict[type[Model], dict[Any, Model]] = {}
        self.changed: dict[tuple[type[Model], Any], tuple[Model, set[str]]] = {}
        self.locked: dict[tuple[type[Model], Any], Model] = {}
        self.of_matter: dict[tuple[type[Model], Any], dict[int, Model]] = {}
        self._undo: list[Callable[[], object]] = []
        self._depth = 0

    def add(self, row: Model) -> None:
        """Hold a new row."""
        rows, key = self.new.setdefault(type(row), {}), row.pk
        if key not in rows:
            self._undo.append(lambda: rows.pop(key))
        rows[key] = row
        self._file(row)

    def _file(self, row: Model) -> None:
        """Remember the row by its matter, so that a batch of thousands finds it without looking through them all."""
        if (matter_id := getattr(row, "matter_id", None)) is not None:
            self.of_matter.setdefault((type(row), matter_id), {})[id(row)] = row

    def change(self, row: Model, values: Mapping[str, Any]) -> None:
        """Set attributes of a row that is held, or is held from now on. Raises HeldTwice."""
        key = type(row), row.pk
        if (held := self.held(*key)) is not None and held is not row:
            raise HeldTwice(f"{row!r} is another copy of a row that this act holds: change the one that lock() gave")
        self._undo.append(_restorer(row))
        for name, value in values.items():
            setattr(row, name, value)
        if row.pk in self.new.get(type(row), {}):
            return
        fields = self.changed.setdefault(key, (row, set()))[1]
        self._file(row)
        former = frozenset(fields)
        fields.update(values)
        self._undo.append(lambda: fields.intersection_update(former))

    def held(self, model: type[Model], pk: Any) -> Model | None:
        """Return the copy of a row that was added, changed or locked before."""
        if (new := self.new.get(model, {}).get(pk)) is not None:
            return new
        if (model, pk) in self.changed:
            return self.changed[model, pk][0]
        return self.locked.get((model, pk))

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Take back what is written within if it raises: whoever catches the refusal may go on and flush the rest."""
        start = len(self._undo)
        self._depth += 1
        try:
            yield
        except BaseException:
            while len(self._undo) > start:
                self._undo.pop()()
            raise
        finally:
            self._depth -= 1
        if not self._depth:
            self._undo.clear()

    def flush(self) -> None:
        """Write every row; foreign keys are checked at commit, hence the order of tables does not matter.

        Changes come first: a change may free what a new row takes, as an ended clock does for its successor.
        """
        _update(self.changed.values())
        for model, rows in self.new.items():
            _insert(model, list(rows.values()))
        self.new.clear()
        self.changed.clear()
        self.of_matter.clear()


def _update(changed: Iterable[tuple[Model, set[str]]]) -> None:
    """Write changed columns: many rows of one table with the same columns by one UPDATE.

    Django builds it of values that are read from the rows, so it is not for what is sealed; and a key of several
    columns has no one column to choose them by.
    """
    alike: dict[tuple[type[Model], tuple[str, ...]], list[Model]] = defaultdict(list)
    for row, fields in changed:
        if fields:
            alike[type(row), tuple(sorted(fields))].append(row)
    for (model, names), rows in alike.items():
        columns = [model._meta.get_field(name) for name in names]
        plain = not any(isinstance(column, SealedBytesField) for column in columns)
        if len(rows) >= SOME and plain and len(model._meta.pk_fields) == 1:
            model._base_manager.bulk_update(rows, names)
        else:
            for row in rows:
                row.save(update_fields=names)


def _insert(model: type[Model], rows: list[Model]) -> None:
    """Write new rows of one table: few by one INSERT, many by COPY, which costs a quarter of it."""
    if len(rows) < MANY or not _copy(model, rows):
        model._base_manager.bulk_create(rows)


def _copy(model: type[Model], rows: list[Model]) -> bool:
    """Write rows by COPY; or return False, and write none, if a value is an expression that only INSERT evaluates."""
    database = connections[DEFAULT_DB_ALIAS]  # the thing itself: its proxy would look it up again for every value
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    given = [field for field in fields if not all(_left_to_database(row, field) for row in rows)]
    lines = [[field.get_db_prep_save(field.pre_save(row, add=True), database) for field in given] for row in rows]
    if any(hasattr(value, "resolve_expression") for line in lines for value in line):
        return False
    columns = ", ".join(database.ops.quote_name(str(field.column)) for field in given)
    statement = f"COPY {database.ops.quote_name(model._meta.db_table)} ({columns}) FROM STDIN"
    with database.wrap_database_errors, database.cursor() as cursor, cursor.copy(statement) as copy:
        for line in lines:
            copy.write_row(line)
    for row in rows:
        row._state.adding, row._state.db = False, database.alias  # noqa: SLF001 -- as bulk_create does
    return True


def _left_to_database(row: Model, field: Field) -> bool:
    """Tell whether a column is to take its own default; the attribute is looked at raw, lest a sealed one open."""
    return isinstance(row.__dict__.get(field.attname), DatabaseDefault)


def _restorer(row: Model) -> Callable[[], object]:
    """Return what puts a row back as it is now; attributes are copied raw, so that what is sealed stays so."""
    state = row._state  # noqa: SLF001 -- Django has no other way to forget a related row
    attributes, related = dict(row.__dict__), dict(state.fields_cache)

    def restore() -> None:
        row.__dict__.clear()
        row.__dict__.update(attributes)
        state.fields_cache = related

    return restore


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
            self._writes.add(row)

    def change(self, row: Model, **values: Any) -> None:
        """Set these attributes now, and update just these columns when the act ends. Raises HeldTwice."""
        self._writes.change(row, values)

    def lock(self, model: type[Row], pk: Any) -> Row:
        """Return the row, locked until the transaction ends; a row that this act or batch holds is returned as it is.

        Raises the model's DoesNotExist.
        """
        row = self._writes.held(model, pk)
        if row is None:
            row = model._base_manager.select_for_update(no_key=True, of=("self",)).get(pk=pk)
            self._writes.locked[model, pk] = row
        return row  # type: ignore[return-value]

    def lock_all(self, model: type[Row], pks: Iterable[Any]) -> dict[Any, Row]:
        """Return the rows that exist of these, locked as by `lock` but with one query, in the order of their keys.

        So two acts that want some of the same rows wait for each other instead of getting stuck.
        """
        found = {pk: self._writes.held(model, pk) for pk in sorted(set(pks))}
        wanted = [pk for pk, row in found.items() if row is None]
        if wanted:
            rows = model._base_manager.select_for_update(no_key=True, of=("self",)).filter(pk__in=wanted)
            for row in rows.order_by("pk"):
                found[row.pk] = self._writes.locked[model, row.pk] = row
        return {pk: row for pk, row in found.items() if row is not None}  # type: ignore[misc]

    def added(self, model: type[Row], **equal: Any) -> list[Row]:
        """Return the rows of this act or batch that are not written yet and have these attribute values."""
        rows = self._writes.new.get(model, {}).values()
        return [row for row in rows if all(getattr(row, name) == value for name, value in equal.items())]  # type: ignore[misc]

    def is_new(self, model: type[Model], pk: Any) -> bool:
        """Tell whether this act or batch added the row, so that the database cannot know anything about it."""
        return pk in self._writes.new.get(model, {})

    def held(self, model: type[Row], **equal: Any) -> list[Row]:
        """Return the rows that this act or batch added or changed and that have these attribute values now."""
        writes = self._writes
        if "matter_id" in equal:
            rows = [
                row
                for row in writes.of_matter.get((model, equal["matter_id"]), {}).values()
                if writes.held(model, row.pk) is row  # else a refused act took it back
            ]
        else:
            rows = [row for (kind, _), (row, _fields) in writes.changed.items() if kind is model]
            rows.extend(writes.new.get(model, {}).values())
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
    """Open an act; inside a batch, or inside another act, it joins that one's transaction.

    An act that raises leaves nothing behind, in a batch too: an import reports the bad line and goes on.
    """
    if (pending := _pending.get()) is not None:
        with pending.all_or_nothing():
            yield Act(actor, at, pending)
        return
    with batch():
        pending = _pending.get()
        assert pending is not None  # noqa: S101 -- batch() has just set it
        yield Act(actor, at, pending)
