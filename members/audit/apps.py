from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only record of who did and who read what."""

    name = "members.audit"
    label = "audit"
