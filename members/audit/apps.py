from django.apps import AppConfig
from django.core import checks

from members.audit.checks import check_rights


class AuditConfig(AppConfig):
    """The append-only record of who did and who read what, and the chain that seals it."""

    name = "members.audit"
    label = "audit"

    def ready(self) -> None:
        """Register the check of the application's rights."""
        checks.register(check_rights, checks.Tags.database, deploy=True)
