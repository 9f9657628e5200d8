from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    """Who may come in: users, their roles, second factors and sessions."""

    name = "members.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Leave `last_login` to the operation that starts the session: it is told the time, the signal reads it."""
        user_logged_in.disconnect(dispatch_uid="update_last_login")
