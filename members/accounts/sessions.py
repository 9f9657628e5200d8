"""The session store, and how long a session lasts."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from members.accounts.models import Session


class SessionStore(DatabaseStore):
    """Sessions in the database, each with its user in a column of its own."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the model of the rows."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to store, naming the user who is signed in."""
        row: Session = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        return row
