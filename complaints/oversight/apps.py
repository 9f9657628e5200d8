from django.apps import AppConfig


class OversightConfig(AppConfig):
    """Looking over who opens what: the audit trail on screen, and what stands out in it."""

    name = "complaints.oversight"
    label = "oversight"
