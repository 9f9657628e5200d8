"""When people act in the demonstration: members at any waking hour, staff on weekdays between nine and five."""

from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings

OPENS, CLOSES = time(9), time(16, 40)
FIRST_WEEKEND_DAY = 5
WAKES, SLEEPS = 7, 22


def waking(moment: datetime, rng: Random) -> datetime:
    """Return a moment of the same local day at which a member may sit down and write."""
    return _local(moment).replace(hour=rng.randrange(WAKES, SLEEPS), minute=rng.randrange(60), second=rng.randrange(60))


def at_work(moment: datetime, rng: Random) -> datetime:
    """Return the moment itself if it is at work, else one soon after the next opening."""
    local = _local(moment)
    if local.weekday() < FIRST_WEEKEND_DAY and OPENS <= local.time() < CLOSES:
        return local
    if local.time() >= OPENS or local.weekday() >= FIRST_WEEKEND_DAY:
        local += timedelta(days=1)
    while local.weekday() >= FIRST_WEEKEND_DAY:
        local += timedelta(days=1)
    return local.replace(hour=OPENS.hour, minute=rng.randrange(5, 55), second=rng.randrange(60))


class Pace:
    """The moments of one complaint, each after the last, and none after now."""

    def __init__(self, start: datetime, *, now: datetime, rng: Random) -> None:
        """Begin at the receipt."""
        self.at, self.now, self._rng = start, now, rng

    def soon(self, *, seconds: int) -> datetime:
        """Return a moment some seconds later, whatever the hour: programs do not sleep."""
        self.at = min(self.at + timedelta(seconds=seconds), self.now)
        return self.at

    def next(self, *, hours: float) -> datetime:
        """Return a moment at work about so many hours later."""
        wanted = self.at + timedelta(hours=hours * self._rng.uniform(0.7, 1.3), seconds=self._rng.randrange(60))
        self.at = min(max(at_work(wanted, self._rng), self.at + timedelta(seconds=20)), self.now)
        return self.at


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(settings.HOUSE_TIME_ZONE))
