from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class SlasConfig(AppConfig):
    """Deadlines: calendars, policy packs, clocks, and the timer that fires them."""

    name = "slas"
    label = "slas"

    def ready(self) -> None:
        """Connect what must wait until the models are loaded."""
        from slas import announcements, replay_effects  # noqa: F401, PLC0415 -- they register their handlers

        post_migrate.connect(publish_after_migration, sender=self)


def publish_after_migration(*, using: str, **_: Any) -> None:
    """Publish the files once their tables are there, so that a database is never without its policies."""
    from slas.models import PolicyVersion  # noqa: PLC0415 -- not before the apps are ready
    from slas.operations import publish_policies  # noqa: PLC0415

    if PolicyVersion._meta.db_table in connections[using].introspection.table_names():
        publish_policies()
