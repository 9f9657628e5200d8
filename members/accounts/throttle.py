"""An exact counter of attempts in Valkey: however many calls run at once, a limit of five lets five through."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from functools import cache
from typing import Any

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from members.privacy.blind_index import blind_index

# One round trip that reads, decides and counts. The window starts with the first attempt and anew with the last one
# allowed, so that a lock holds for its whole time; attempts that are refused do not prolong it. The first of these in
# each window answers -1, so that it can be recorded once.
TAKE = """
local taken = tonumber(redis.call('GET', KEYS[1]) or '0')
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
if taken >= limit then
  local left = redis.call('PTTL', KEYS[1])
  if left > 0 and redis.call('SET', KEYS[2], 1, 'NX', 'PX', left) then return -1 end
  return 0
end
taken = redis.call('INCR', KEYS[1])
if taken == 1 or taken == limit then redis.call('PEXPIRE', KEYS[1], window) end
return 1
"""
# Gives one back, and never more than were taken: a counter that went meanwhile stays gone.
GIVE_BACK = "if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end"
log = logging.getLogger(__name__)


class CounterAway(Exception):
    """Valkey does not answer, so nothing can be counted. Who guards a door with a counter keeps it shut."""


class TooManyFromHere(Exception):
    """So many wrong passwords came from one network that none is heard from it for a while, whosever account it is."""


class TooManyLinks(Exception):
    """So many links were asked for by one person, or to one address, that no more are sent for a while."""


class Taken(IntEnum):
    """What becomes of an attempt: NO_MORE is the first refusal of a window, the only one that is recorded.

    Else whoever is shut out could fill the audit trail.
    """

    YES = 1
    NO_MORE = -1
    NO = 0


@dataclass(frozen=True, slots=True)
class Counter:
    """So many attempts in a window, for each key. The window is measured by Valkey's own clock."""

    name: str
    limit: int
    window: timedelta

    def take(self, *key: str) -> bool:
        """Use up one attempt; return False when none is left. Raises CounterAway."""
        return self.count(*key) is Taken.YES

    def count(self, *key: str) -> Taken:
        """Do as `take`, and tell the first refusal of a window from those that follow. Raises CounterAway."""
        window = int(self.window.total_seconds() * 1000)
        name = self._key(key)
        return Taken(self._call("eval", TAKE, 2, name, f"{name}:told", self.limit, window))

    def take_or_alarm(self, *key: str) -> bool:
        """Do as `take`, for a door that stays open while nothing can be counted: then all pass, and the log says so.

        Once an outage and process; the alarm itself is /health/limits and its metric, which ask Valkey themselves.
        """
        try:
            passed = self.take(*key)
        except CounterAway:
            if not outage.is_known:
                log.exception("Valkey is away: %s is not limited, and nobody can sign in", self.name)
            outage.is_known = True
            return True
        outage.is_known = False
        return passed

    def give_back(self, *key: str) -> None:
        """Give one attempt back. Raises CounterAway."""
        self._call("eval", GIVE_BACK, 1, self._key(key))

    def forget(self, *key: str) -> None:
        """Give all attempts back. Raises CounterAway."""
        name = self._key(key)
        self._call("delete", name, f"{name}:told")

    def _key(self, parts: tuple[str, ...]) -> str:
        """Hash the parts: Valkey holds neither e-mail nor network addresses."""
        return f"throttle:{self.name}:{blind_index(f'throttle.{self.name}', chr(0).join(parts)).hex()}"

    def _call(self, command: str, *arguments: Any) -> Any:
        try:
            return getattr(valkey(), command)(*arguments)
        except RedisError as error:
            raise CounterAway(f"the counter {self.name} cannot be reached") from error


@dataclass(slots=True)
class Outage:
    """Whether this process has said already that Valkey is away."""

    is_known: bool = False


outage = Outage()


@cache
def valkey() -> Redis:
    """Return the process's connection pool. A sign-in waits half a second for Valkey, not longer."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)


def can_count() -> bool:
    """Tell whether Valkey answers just now. While it does not nobody signs in, and complaints are filed unlimited."""
    try:
        return bool(valkey().ping())
    except RedisError:
        return False


SIGN_IN = Counter("sign_in", limit=5, window=timedelta(minutes=15))
SIGN_IN_OF_ACCOUNT = Counter("sign_in.account", limit=100, window=timedelta(days=1))
SIGN_IN_BY_NETWORK = Counter("sign_in.network", limit=100, window=timedelta(hours=1))
CODES = Counter("recovery_codes", limit=5, window=timedelta(minutes=15))
RESET = Counter("reset", limit=3, window=timedelta(hours=1))
RESET_BY_NETWORK = Counter("reset_by_network", limit=10, window=timedelta(hours=1))
REGISTRATION = Counter("registration", limit=5, window=timedelta(hours=1))
REGISTRATION_BY_NETWORK = Counter("registration_by_network", limit=20, window=timedelta(hours=1))
EMAIL_CHANGE = Counter("email_change", limit=5, window=timedelta(hours=1))
EMAIL_CHANGE_TO = Counter("email_change_to", limit=3, window=timedelta(hours=1))
PASSKEYS_RECORDED = Counter("passkeys_recorded", limit=5, window=timedelta(minutes=15))
