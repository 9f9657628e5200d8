from django.apps import AppConfig


class CorrespondenceConfig(AppConfig):
    """Messages, letters and what is sent out."""

    name = "complaints.correspondence"
    label = "correspondence"
