"""Scoped reads: rows that concern somebody are read only through `visible_to(actor)`."""

from typing import Any, NoReturn

from django.db import models

from members.actors import Actor


class ScopeRequired(RuntimeError):
    """Rows were read without saying for whom."""


CREATES = {"create", "acreate", "bulk_create", "abulk_create", "as_manager"}
ITERATES = {"__iter__", "__len__", "__bool__", "__getitem__", "__and__", "__or__", "__xor__", "_fetch_all"}
METHODS = {name for name, member in vars(models.QuerySet).items() if callable(member) and not name.startswith("_")}


class _Blocked(models.QuerySet):
    """What a scoped manager gives before a scope is named: it can add rows, and every other method raises."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise ScopeRequired(f"{self.model.__name__}: read through .visible_to(actor), or .unscoped(reason)")

    for _name in (METHODS | ITERATES) - CREATES:
        locals()[_name] = _refuse


class ScopedManager(models.Manager):
    """The default manager of protected models. The model says in `scope_for(actor, rows)` what an actor may see."""

    def get_queryset(self) -> models.QuerySet:
        """Return a query set that refuses every read; creating rows is free."""
        return _Blocked(self.model, using=self._db)

    def visible_to(self, actor: Actor) -> models.QuerySet:
        """Return the rows that this actor may see; lists, counts, searches and exports all start here."""
        return self.model.scope_for(actor, models.QuerySet(self.model, using=self._db))

    def unscoped(self, reason: str) -> models.QuerySet:
        """Return all rows, for the system itself. The reason is for the reader of the code."""
        if not reason:
            raise ScopeRequired("an unscoped read gives its reason")
        return models.QuerySet(self.model, using=self._db)
