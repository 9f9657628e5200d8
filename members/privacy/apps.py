from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Sealed fields, the one way to open them, and scoped reads."""

    name = "members.privacy"
    label = "privacy"
