from django.apps import AppConfig
from django.core import checks


class PrivacyConfig(AppConfig):
    """Sealed fields, the one way to open them, and scoped reads."""

    name = "members.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Register the check of the keyring."""
        from members.privacy.checks import check_keys  # noqa: PLC0415 -- it walks the models, which are loaded by now

        checks.register(check_keys, checks.Tags.database)
