"""Where somebody is signed in."""

from typing import Any, Self
from uuid import UUID

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import QuerySet

from members.accounts.models.users import User


class Session(AbstractBaseSession):
    """A session that names its user, so that a person's sessions can be found, listed and ended.

    The primary key is no key of the session but its index: who reads this table gets into nobody's session.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    handle = models.UUIDField(
        null=True, unique=True, help_text="By which pages and operations name it: it stays while the key turns."
    )
    device = models.CharField(max_length=60, blank=True, help_text="Browser and system, as the browser names them.")
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    def get_decoded(self) -> dict[str, Any]:
        """Return what the session holds; the last sign of life is told by its column, which is written by itself."""
        told: dict[str, Any] = super().get_decoded()
        return told | {"seen_at": self.seen_at.timestamp()} if self.seen_at else told

    @classmethod
    def of(cls, user_id: UUID, *, but_for: UUID | None = None) -> QuerySet[Self]:
        """Return the sessions of a user but for the one with this handle."""
        mine = cls.objects.filter(user=user_id)
        return mine.exclude(handle=but_for) if but_for else mine

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Return the store that keeps these rows."""
        from members.accounts.sessions import SessionStore  # noqa: PLC0415 -- the store imports this model

        return SessionStore
