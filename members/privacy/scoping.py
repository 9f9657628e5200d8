"""Scoped reads: rows that concern somebody are read only through `visible_to(actor)`."""

from typing import Any, NoReturn

from django.db import models

from members.actors import Actor


class ScopeRequired(RuntimeError):
    """Rows were read without saying for whom."""


class _Blocked(models.QuerySet):
    """What a scoped manager gives before a scope is named: it can add rows, and nothing else.

    Every read, also as the other side of `|` or within a filter, asks a query set for its `query`; only raw SQL does
    not.
    """

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise ScopeRequired(f"{self.model.__name__}: read through .visible_to(actor), or .unscoped(reason)")

    query = property(_refuse)
    raw = _refuse


class ScopedManager(models.Manager):
    """The default manager of protected models. The model says in `scope_for(actor, rows)` what an actor may see.

    A reverse foreign key is scoped as well: `series.complaints.visible_to(actor)` gives those of the series that the
    actor may see. Following a key forwards is not; what is sealed stays sealed all the same.
    """

    def get_queryset(self) -> models.QuerySet:
        """Return a query set that refuses every read; creating rows is free."""
        return _Blocked(self.model, using=self._db)

    def visible_to(self, actor: Actor) -> models.QuerySet:
        """Return the rows that this actor may see; lists, counts, searches and exports all start here."""
        return self.model.scope_for(actor, self._rows())

    def unscoped(self, reason: str) -> models.QuerySet:
        """Return all rows, for the system itself. The reason is for the reader of the code."""
        if not reason:
            raise ScopeRequired("an unscoped read gives its reason")
        return self._rows()

    def _rows(self) -> models.QuerySet:
        """Return all rows of the table, or of the relation that this manager stands for."""
        rows = models.QuerySet(self.model, using=self._db)
        narrowed = getattr(self, "_apply_rel_filters", None)
        return narrowed(rows) if narrowed else rows
