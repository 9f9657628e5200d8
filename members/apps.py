from django.apps import AppConfig
from django.db.backends.signals import connection_created


class MembersConfig(AppConfig):
    """The people and the protection of their data."""

    name = "members"
    label = "members"

    def ready(self) -> None:
        """Let each connection keep a restore away, and be kept away by one."""
        from members.house_lock import enter  # noqa: PLC0415 -- Django is set up by now

        connection_created.connect(enter, dispatch_uid="members.house_lock")
