"""Password authentication that tells nobody which addresses have an account."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet
from django.http import HttpRequest

from members.accounts.models import User
from members.accounts.password_forms import forms_of
from members.accounts.prepared import PreparedQuery


class PasswordBackend(BaseBackend):
    """Finds the user by the index of the e-mail address; every answer costs one query and one Argon2 computation."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002
        email: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        """Return the active user with this address and password, or None."""
        if email is None or password is None:
            return None
        user = User.objects.of_email(email).with_standing().first()
        if user is None:
            for form in forms_of(password):
                make_password(form)  # as much work as checking one, so that time does not tell either
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: str | UUID) -> User | None:
        """Return the user of a session with everything that decides what it may reach, in one query."""
        return _USER.get(user_id=user_id)


def _active(user_id: UUID) -> QuerySet[User]:
    return User.objects.with_standing().filter(is_active=True, pk=user_id)


_USER = PreparedQuery(_active, user_id=UUID(int=0))
