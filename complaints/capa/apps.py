from django.apps import AppConfig


class CapaConfig(AppConfig):
    """Root causes, corrective and preventive actions."""

    name = "complaints.capa"
    label = "capa"
