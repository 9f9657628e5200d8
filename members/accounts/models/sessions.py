"""Where somebody is signed in."""

from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from members.accounts.models.users import User


class Session(AbstractBaseSession):
    """A session that names its user, so that a person's sessions can be found, listed and ended."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(max_length=60, blank=True, help_text="Browser and system, as the browser names them.")
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Return the store that keeps these rows."""
        from members.accounts.sessions import SessionStore  # noqa: PLC0415 -- the store imports this model

        return SessionStore
