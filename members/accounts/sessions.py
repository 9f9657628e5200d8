"""The session store, how far a session has come, and how long it lasts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet
from django.utils import timezone

from members.accounts.audiences import Standing
from members.accounts.models import Session, User
from members.accounts.prepared import PreparedQuery
from members.privacy.blind_index import blind_index

STARTED, SEEN, PROVEN, FACTOR, DEVICE = "started_at", "seen_at", "proven_at", "factor_id", "device"
RECOVERY = "recovery"
"""Stands for the factor in a session that was entered by a code on paper."""
# Writing the session on every request would double the writes of a page; so an idle session may end this much early.
SEEN_PRECISION = timedelta(seconds=30)


class SessionStore(DatabaseStore):
    """Sessions in the database, each with its user in a column of its own."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the model of the rows."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        """Return the row of a session that has not expired; else forget the key, as Django's own store does."""
        row = _SESSION.get(session_key=self.session_key, now=timezone.now()) if self.session_key else None
        if row is None:
            self._session_key = None
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to store, naming the user who is signed in."""
        row: Session = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.device = data.get(DEVICE, "")
        row.started_at, row.seen_at = _moment(data.get(STARTED)), _moment(data.get(SEEN))
        return row


def _unexpired(session_key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=session_key, expire_date__gt=now)


_SESSION = PreparedQuery(_unexpired, session_key="", now=datetime.max.replace(tzinfo=UTC))


def _moment(timestamp: float | None) -> datetime | None:
    return None if timestamp is None else datetime.fromtimestamp(timestamp, UTC)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts without a sign of life, and at most. Source: ASVS 5.0, 7.3."""

    idle: timedelta
    absolute: timedelta


STAFF_LIFETIME = Lifetime(idle=timedelta(minutes=15), absolute=timedelta(hours=8))
MEMBER_LIFETIME = Lifetime(idle=timedelta(minutes=20), absolute=timedelta(hours=12))
WARNING = timedelta(minutes=2)
"""How long before its end a session says so. WCAG 2.2.1 wants 20 seconds at least."""


@dataclass(frozen=True, slots=True)
class Left:
    """The time that is left of a session, none or less once it is over, and the limit that ends it."""

    time: timedelta
    limit: Literal["idle", "absolute"]

    @property
    def seconds(self) -> int:
        """Return the whole seconds left, 0 when it is over."""
        return max(0, int(self.time.total_seconds()))

    @property
    def warning(self) -> int:
        """Return how many seconds before its end a page says so."""
        return int(WARNING.total_seconds())


def session_handle(session_key: str) -> str:
    """Return by what a page names a session: its key would let anybody in who reads the page."""
    return blind_index("accounts.session", session_key).hex()


def begin(session: SessionBase, *, at: datetime, device: str = "") -> None:
    """Start both clocks of a session whose password was right; no factor counts for it yet."""
    session.pop(FACTOR, None)
    session[STARTED] = session[SEEN] = session[PROVEN] = at.timestamp()
    session[DEVICE] = device


def add_factor(session: SessionBase, factor: UUID | str, *, at: datetime) -> None:
    """Let the session count as verified by this factor, a device's id or RECOVERY, under a new session key."""
    session.cycle_key()
    session[FACTOR] = str(factor)
    session[PROVEN] = at.timestamp()


def prove(session: SessionBase, *, at: datetime) -> None:
    """Note that the person has just shown again who it is, under a new session key."""
    session.cycle_key()
    session[PROVEN] = at.timestamp()


def proven_within(session: SessionBase, limit: timedelta, *, at: datetime) -> bool:
    """Tell whether the person has shown a password or a factor within the limit."""
    return at.timestamp() - session.get(PROVEN, 0) < limit.total_seconds()


def keep_alive(session: SessionBase, *, at: datetime) -> None:
    """Note a sign of life."""
    if at.timestamp() - session[SEEN] >= SEEN_PRECISION.total_seconds():
        session[SEEN] = at.timestamp()


def time_left(session: SessionBase, user: User, *, at: datetime) -> Left:
    """Return how long the session goes on without another sign of life. One that was never begun here is over."""
    lifetime = STAFF_LIFETIME if user.is_staff_account else MEMBER_LIFETIME
    absolute = lifetime.absolute - timedelta(seconds=at.timestamp() - session.get(STARTED, 0))
    idle = lifetime.idle - timedelta(seconds=at.timestamp() - session.get(SEEN, 0))
    return Left(absolute, "absolute") if absolute <= max(idle, timedelta()) else Left(idle, "idle")


def over_by(session: SessionBase, user: User, *, at: datetime, device: str) -> str | None:
    """Return what ended the session, "idle", "absolute" or "device", or None while it lasts.

    A session that was never begun here counts as over. So does one that turns up in another browser or on another
    system: a cookie does not move by itself. Versions and network addresses may change meanwhile, as they do for honest
    people. Whoever steals the cookie and copies the browser's name too is not found out by this.
    """
    left = time_left(session, user, at=at)
    if left.time <= timedelta():
        return left.limit
    return None if session.get(DEVICE, "") == device else "device"


def standing_of(session: SessionBase, user: User) -> Standing:
    """Return how far the user of a session has come. A factor that was removed counts no longer.

    Whoever needs a passkey and has none gets as far as setting one up, whatever else was shown.
    """
    if not user.has_factor:
        return Standing.ENROLLING if user.is_staff_account else Standing.SIGNED_IN
    shown = session.get(FACTOR)
    if shown in {str(passkey_id) for passkey_id in user.passkey_ids}:
        return Standing.SIGNED_IN
    if shown != RECOVERY and shown not in {str(app_id) for app_id in user.app_ids}:
        return Standing.VERIFYING
    if not user.needs_passkey:
        return Standing.SIGNED_IN
    return Standing.VERIFYING if user.passkey_ids and shown != RECOVERY else Standing.ENROLLING
