"""Random lives of clocks on random calendars, reckoned by the engine and the slow way."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from slas.algebra import BREACH, DayEnd, Measure, Rule, StartRule, Threshold
from slas.calendar import Calendar
from slas.fold import ClockRefused, EventKind, Happening, Terms, fold
from slas.policy import Extension
from tests.slas.calendars import make_calendar
from tests.slas.oracle import utc_midnight
from tests.slas.packs import house_terms
from tests.slas.slow_clock import Impossible, SlowClock, Walk

DAYS = 45
REASON = "waiting"
PATTERN = house_terms("resolve", "standard").policy
RULES = [Rule(*parts) for parts in ((m, s, e) for m in Measure for s in StartRule for e in DayEnd)]


@dataclass(frozen=True, slots=True)
class Place:
    """A calendar, the same with one offset for ever, and the walk along it."""

    calendar: Calendar
    naive: Calendar
    walk: Walk
    begins: datetime


def make_place(random: Random, tz: str, odd) -> Place:
    """Return a calendar with hours of any kind around a date on which its clocks do something odd."""
    weekly = {day: _hours(random) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    weekly["wed"] = weekly["wed"] or [["09:00", "12:30"], ["13:15", "17:00"]]
    holidays = [odd + timedelta(days=random.randint(-15, 15)) for _ in range(3)]
    calendar = make_calendar(tz, weekly, holidays, years=(odd.year - 1, odd.year + 1))
    begins = utc_midnight(odd) - timedelta(days=DAYS // 3)
    walk = Walk(calendar.definition, begins, DAYS)
    offset = round((walk.stretches[0].wall - begins.replace(tzinfo=None)).total_seconds())
    span = (calendar.starts_at // 10**6 - 3 * 86_400, calendar.ends_at // 10**6 + 3 * 86_400)
    return Place(calendar, Calendar(calendar.definition, tuple((at, offset) for at in span)), walk, begins)


def _hours(random: Random) -> list[list[str]]:
    edges = sorted(random.sample(range(289), 2 * random.choice((0, 1, 1, 2))))
    texts = [f"{n // 12:02}:{n % 12 * 5:02}" for n in edges]
    return [list(pair) for pair in zip(texts[::2], texts[1::2], strict=True)]


def make_life(random: Random, place: Place) -> SlowClock:
    """Return a start after the first whole day of the walk, with up to two pauses and an extension or none."""
    rule = random.choice(RULES)
    started_at = place.begins + timedelta(days=2, microseconds=random.randrange(20 * 86_400 * 10**6))
    amount = random.randint(1, 8) if rule.measure.is_days else timedelta(microseconds=random.randrange(1, 3 * 10**11))
    life = SlowClock(place.walk, rule, started_at, amount)
    at = started_at
    for kind in random.choice(((), (), ("pause",), ("extend",), ("pause", "extend"), ("pause", "pause"))):
        at += timedelta(microseconds=random.randrange(4 * 86_400 * 10**6))
        if kind == "extend":
            more = random.randint(1, 5)
            life = life.and_then("extend", at, more if rule.measure.is_days else timedelta(hours=more))
        else:
            life = life.and_then("pause", at)
            at += timedelta(microseconds=random.randrange(3 * 86_400 * 10**6))
            life = life.and_then("resume", at)
    return life


def reckoned(calendar: Calendar, life: SlowClock) -> datetime | None:
    """Return what the engine makes of a life, None where it refuses it."""
    policy = replace(
        PATTERN,
        rule=life.rule,
        thresholds=(Threshold(BREACH, permille=1000),),
        pause_reasons=(REASON,),
        extension=Extension(1, 10**9, (), (REASON,), ""),
    )
    happenings = [Happening(EventKind.START, life.started_at, units=_units(life.budget))]
    for kind, at, *more in life.happened:
        happenings.append(Happening(EventKind(kind), at, units=_units(*more) if more else 0, reason=REASON))
    try:
        return fold(Terms(calendar, policy), happenings).due_at
    except ClockRefused:
        return None


def truth_of(life: SlowClock) -> datetime | None:
    """Return what the slow way makes of a life, None where it is impossible. Raises OffTheWalk."""
    try:
        return life.due_at()
    except Impossible:
        return None


def _units(amount: int | timedelta) -> int:
    return amount // timedelta(microseconds=1) if isinstance(amount, timedelta) else amount
