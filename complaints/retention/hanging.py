"""All rows that hang on a complaint: found by walking the foreign keys, so that a new table cannot be forgotten."""

from collections.abc import Iterator
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import ForeignObjectRel, Model

from complaints.models import Enclosure
from slas.models import Matter

Hanging = dict[type[Model], set]
"""Keys of rows by their table."""


def hanging_on(complaint_id: UUID) -> Hanging:
    """Return the keys of the complaint, its matter, and of every row that leads to one of them over any number of keys.

    A row that leads to another of its own table stays (see `delete`): a digest tells of several complaints.
    """
    found: Hanging = {Matter: {complaint_id}}
    waiting: list[tuple[type[Model], set]] = [(Matter, {complaint_id})]
    while waiting:
        model, keys = waiting.pop()
        for relation in _references_to(model):
            rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": keys})
            fresh = set(rows.values_list("pk", flat=True)) - found.get(relation.related_model, set())
            if fresh:
                found.setdefault(relation.related_model, set()).update(fresh)
                waiting.append((relation.related_model, fresh))
    return found


def stored_files(found: Hanging) -> set[UUID]:
    """Return the keys of those rows that have an object in the store."""
    return found.get(Enclosure, set())


def counts_of(found: Hanging) -> dict[str, int]:
    """Return how many rows there are of each table that has any."""
    return {model._meta.db_table: len(keys) for model, keys in sorted(found.items(), key=lambda item: item[0].__name__)}


def delete(found: Hanging) -> None:
    """Delete these rows in whatever order: references are checked once, at the end. Raises IntegrityError."""
    for model, keys in found.items():
        for name in _names_of_own_kind(model):
            model._base_manager.filter(**{f"{name}__in": keys}).exclude(pk__in=keys).update(**{name: None})
        rows = model._base_manager.filter(pk__in=list(keys))  # of several columns only a list is taken
        rows._raw_delete(DEFAULT_DB_ALIAS)  # noqa: SLF001 -- delete() looks for references row by row, and refuses
    connection.check_constraints()


def tables() -> set[type[Model]]:
    """Return every table whose rows can hang on a complaint."""
    known: set[type[Model]] = {Matter}
    waiting: list[type[Model]] = [Matter]
    while waiting:
        fresh = {relation.related_model for relation in _references_to(waiting.pop())} - known
        known |= fresh
        waiting.extend(fresh)
    return known


def _references_to(model: type[Model]) -> Iterator[ForeignObjectRel]:
    """Give the foreign keys of other tables that lead to this one."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and not relation.many_to_many and relation.related_model != model:
            yield relation


def _names_of_own_kind(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if field.related_model is model]
