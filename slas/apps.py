from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SlasConfig(AppConfig):
    """Deadlines: calendars, policy packs, clocks, and the timer that fires them."""

    name = "slas"
    label = "slas"

    def ready(self) -> None:
        from slas import announcements  # noqa: F401 -- registers its handler, now that the models are loaded

        post_migrate.connect(publish_after_migration, sender=self)


def publish_after_migration(*, using: str, **_: Any) -> None:
    """Publish the files once their tables are there, so that a database is never without its policies."""
    from django.db import connections

    from slas.models import PolicyVersion
    from slas.operations import publish_policies

    if PolicyVersion._meta.db_table in connections[using].introspection.table_names():
        publish_policies()
