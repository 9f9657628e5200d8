"""The session store, how far a session has come, and how long it lasts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from members.accounts.audiences import Standing
from members.accounts.models import Session, User
from members.accounts.prepared import PreparedQuery
from members.identifiers import new_id
from members.privacy.blind_index import blind_index

STARTED, SEEN, PROVEN, FACTOR, DEVICE = "started_at", "seen_at", "proven_at", "factor_id", "device"
HANDLE, NETWORKS = "handle", "networks"
RECOVERY = "recovery"
"""Stands for the factor in a session that was entered by a code on paper."""
# Writing the session on every request would double the writes of a page; so an idle session may end this much early.
SEEN_PRECISION = timedelta(seconds=30)
# A browser may take turns between networks of several providers, or of IPv4 and IPv6.
MOST_NETWORKS = 8
Told = SessionBase | Mapping[str, Any]
"""What a session holds: the one of a request, or one that was read from its row."""


class SessionStore(DatabaseStore):
    """Sessions in the database, each under the index of its key and with its user in a column of its own.

    What was ended stays ended: a key turns in place, in the row that is there, and never makes a row anew.
    """

    _as_loaded: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the model of the rows."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        """Return the row of a session that has not expired; else forget the key, as Django's own store does."""
        key = self.session_key
        row = _SESSION.get(session_key=_stored(key), now=timezone.now()) if key else None
        if row is None:
            self._session_key = None
        self._as_loaded = row
        return row

    def load(self) -> dict[str, Any]:
        """Return what the session holds, nothing where there is none."""
        row = self._get_session_from_db()
        return row.get_decoded() if row else {}

    def exists(self, session_key: str) -> bool:
        """Tell whether a session has this key."""
        return super().exists(_stored(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to store, naming the user who is signed in."""
        row: Session = super().create_model_instance(data)
        row.session_key = _stored(row.session_key)
        row.user_id = data.get(SESSION_KEY)
        row.handle = data.get(HANDLE)
        row.device = data.get(DEVICE, "")
        row.started_at, row.seen_at = _moment(data.get(STARTED)), _moment(data.get(SEEN))
        return row

    def cycle_key(self) -> None:
        """Go on under a new key. Raises SessionInterrupted where the session was ended meanwhile."""
        self._session  # noqa: B018 -- loads it: a session that is not there has no key afterwards
        if self.session_key is None:
            self.create()
            return
        key = self._get_new_session_key()
        if not Session.objects.filter(pk=_stored(self.session_key)).update(session_key=_stored(key)):
            raise SessionInterrupted("The session was ended while its key was to turn.")
        self._session_key = key
        self.modified = True

    def save_changes(self) -> bool:
        """Write what this request has changed into a session whose key another one has turned; False if it was ended.

        What the other request has written stays: its proof, above all.
        """
        handle = handle_of(self)
        if handle is None or self._as_loaded is None:
            return False
        before, mine = self._as_loaded.get_decoded(), self._session
        with transaction.atomic():
            row = Session.objects.select_for_update().filter(handle=handle).first()
            if row is None:
                return False
            told = row.get_decoded()
            for name in {*before, *mine}:
                if name not in mine:
                    told.pop(name, None)
                elif name not in before or mine[name] != before[name]:
                    told[name] = mine[name]
            row.session_data = self.encode(told)
            row.save(update_fields=["session_data"])
        return True

    def see(self, at: datetime) -> None:
        """Write the last sign of life and nothing else, under whatever key the session goes on.

        Raises SessionInterrupted where the session was ended meanwhile.
        """
        if not Session.objects.filter(handle=handle_of(self)).update(seen_at=Greatest("seen_at", at)):
            raise SessionInterrupted("The session was ended during its request.")
        self._session[SEEN] = at.timestamp()  # for what is saved later; by itself no reason to save

    def delete(self, session_key: str | None = None) -> None:
        """Delete the row of this key, or of this session's own."""
        if key := session_key or self.session_key:
            Session.objects.filter(pk=_stored(key)).delete()

    def flush(self) -> None:
        """Empty the session and delete its row, also where another request has turned its key meanwhile."""
        handle = handle_of(self)
        super().flush()
        if handle:
            Session.objects.filter(handle=handle).delete()


def _stored(session_key: str) -> str:
    """Return by what the database knows a key: the key itself would let anybody in who reads the table or a copy."""
    return blind_index("accounts.session", session_key).hex()


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


def handle_of(session: SessionBase) -> UUID | None:
    """Return by what pages and operations name the session of somebody who is signed in: it lets nobody in."""
    handle = session.get(HANDLE)
    return UUID(handle) if handle else None


def begin(session: SessionBase, *, at: datetime, device: str = "", network: str = "") -> None:
    """Start both clocks of a session whose password was right, under a new key; no factor counts for it yet."""
    session.cycle_key()
    session.pop(FACTOR, None)
    session.setdefault(HANDLE, str(new_id()))
    session[STARTED] = session[SEEN] = session[PROVEN] = at.timestamp()
    session[DEVICE], session[NETWORKS] = device, [network]


def add_factor(session: SessionBase, factor: UUID | str, *, at: datetime, network: str) -> None:
    """Let the session count as verified by this factor, a device's id or RECOVERY, under a new session key."""
    prove(session, at=at, network=network)
    session[FACTOR] = str(factor)


def prove(session: SessionBase, *, at: datetime, network: str) -> None:
    """Note that the person has just shown again who it is, and where, under a new session key.

    Raises SessionInterrupted where the session was ended meanwhile, as `add_factor` does.
    """
    session.cycle_key()
    session[PROVEN] = session[SEEN] = at.timestamp()
    elsewhere = [one for one in session.get(NETWORKS, ()) if one != network]
    session[NETWORKS] = [*elsewhere, network][-MOST_NETWORKS:]


def proven_within(session: SessionBase, limit: timedelta, *, at: datetime) -> bool:
    """Tell whether the person has shown a password or a factor within the limit."""
    return at.timestamp() - session.get(PROVEN, 0) < limit.total_seconds()


def proven_from(session: SessionBase, network: str) -> bool:
    """Tell whether the person has shown at this network who it is."""
    return network in session.get(NETWORKS, ())


def last_network(session: Told) -> str:
    """Return at which network the person has last shown who it is, "" where that is not known."""
    return next(reversed(session.get(NETWORKS, ())), "")


def keep_alive(session: SessionStore, *, at: datetime) -> None:
    """Note a sign of life of a session that was begun. Raises SessionInterrupted where it was ended meanwhile."""
    if HANDLE in session and at.timestamp() - session[SEEN] >= SEEN_PRECISION.total_seconds():
        session.see(at)


def time_left(session: Told, user: User, *, at: datetime, alive: bool = False) -> Left:
    """Return how long the session goes on without a further sign of life; `alive` is one now.

    One that was never begun here is over.
    """
    lifetime = STAFF_LIFETIME if user.is_staff_account else MEMBER_LIFETIME
    absolute = lifetime.absolute - timedelta(seconds=at.timestamp() - session.get(STARTED, 0))
    idle = lifetime.idle - timedelta(seconds=0 if alive else at.timestamp() - session.get(SEEN, 0))
    return Left(absolute, "absolute") if absolute <= max(idle, timedelta()) else Left(idle, "idle")


def lasts(session: Told, user: User, *, at: datetime) -> bool:
    """Tell whether a session that is kept still opens anything: its password and epoch are the user's, its time is on.

    The user must come from `with_standing()`.
    """
    good = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    return session.get(HASH_SESSION_KEY) in good and time_left(session, user, at=at).time > timedelta()


def over_by(session: Told, user: User, *, at: datetime, device: str) -> str | None:
    """Return what ended the session, "idle", "absolute" or "device", or None while it lasts.

    A session that was never begun here counts as over. So does one that turns up in another browser or on another
    system: a cookie does not move by itself. Versions and network addresses may change meanwhile, as they do for honest
    people; of staff the gate asks for a factor on a network that is new to the session.
    """
    left = time_left(session, user, at=at)
    if left.time <= timedelta():
        return left.limit
    return None if session.get(DEVICE, "") == device else "device"


def standing_of(session: Told, user: User) -> Standing:
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
