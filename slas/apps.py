from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate


class SlasConfig(AppConfig):
    """Deadlines: calendars, policy packs, clocks, and the timer that fires them."""

    name = "slas"
    label = "slas"

    def ready(self) -> None:
        """Connect what must wait until the models are loaded."""
        from slas import announcements, replay_effects  # noqa: F401, PLC0415 -- they register their handlers

        post_migrate.connect(publish_after_migration, sender=self)


def publish_after_migration(*, using: str, plan: Sequence[Any] | None = None, **_: Any) -> None:
    """Publish the files once every migration is applied, so that a database is never without its policies.

    On the way there, or back, the tables are not those that publication writes to. `plan` is None after a flush, which
    changes no table.
    """
    from slas.operations import publish_policies  # noqa: PLC0415 -- not before the apps are ready

    if plan is None or _is_complete(using):
        publish_policies()


def _is_complete(using: str) -> bool:
    executor = MigrationExecutor(connections[using])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
