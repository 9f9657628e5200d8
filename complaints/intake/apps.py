from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """The guided form and its drafts."""

    name = "complaints.intake"
    label = "intake"
