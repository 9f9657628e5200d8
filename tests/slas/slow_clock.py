"""A clock that is reckoned the slow way: walk along the wall clock, minute by minute, and count.

It shares nothing with slas.calendar, slas.algebra and slas.fold but the definition of the calendar and the names of the
rules. Neighbouring minutes of one date that are alike are walked as one stretch.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from slas.algebra import DayEnd, Measure, StartRule
from tests.slas.oracle import MINUTE, Walker


class Impossible(Exception):
    """What happened could not have happened then."""


class OffTheWalk(Exception):
    """The answer lies beyond the days that were walked."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `begins` to `ends` the wall clock runs evenly from `wall` on, and it is open all the time or never."""

    begins: datetime
    ends: datetime
    wall: datetime
    is_open: bool


class Walk:
    """The stretches of some days."""

    def __init__(self, definition, start, days):
        self.stretches = list(stretches(Walker(definition, start, days)))
        self.ends = self.stretches[-1].ends
        over, closed = {}, {}
        for stretch in self.stretches:
            over[stretch.wall.date()] = stretch.ends
            if stretch.is_open:
                closed[stretch.wall.date()] = stretch.ends
        self.over = sorted(over.items())[:-1]
        self.closed = sorted((date, end) for date, end in closed.items() if date in dict(self.over))

    def days(self, rule, started_at):
        """Return the instants at which a day has passed, in order."""
        business = rule.measure is Measure.BUSINESS_DAYS
        if rule.day_end is DayEnd.SAME_TIME:
            time = self.wall_at(started_at).time()
            counted = {date for date, _ in self.closed} if business else {date for date, _ in self.over}
            return sorted(self.at_wall(datetime.combine(date, time), started_at) for date in counted)
        if business and rule.day_end is DayEnd.CLOSE:
            return sorted(end for _, end in self.closed)
        open_dates = {date for date, _ in self.closed}
        return sorted(end for date, end in self.over if not business or date in open_dates)

    def wall_at(self, instant):
        (stretch,) = (one for one in self.stretches if one.begins <= instant < one.ends)
        return stretch.wall + (instant - stretch.begins)

    def at_wall(self, wall, started_at):
        """Return the last instant that shows this, or the start itself; what is skipped is shown after the skip."""
        if self.wall_at(started_at) == wall:
            return started_at
        shown = None
        for stretch in self.stretches:
            if stretch.wall <= wall < stretch.wall + (stretch.ends - stretch.begins):
                shown = stretch.begins + (wall - stretch.wall)
            elif shown is None and stretch.wall > wall:
                return stretch.begins
        return shown

    def begin(self, rule, started_at):
        """Return the instant from which it counts."""
        if rule.start_rule is StartRule.NEXT_DAY:
            return min(end for _, end in self.over if end > started_at)
        if rule.start_rule is StartRule.NEXT_OPEN:
            return next(max(one.begins, started_at) for one in self.stretches if one.is_open and one.ends > started_at)
        return started_at

    def due(self, rule, started_at, amount, pauses):
        """Return when so many days, or so much time, have passed outside of the pauses. Raises OffTheWalk."""
        begin = self.begin(rule, started_at)
        if rule.measure.is_days:
            passed = [at for at in self.days(rule, started_at) if at > begin]
            left = [at for at in passed if not any(paused < at <= resumed for paused, resumed in pauses)]
            if amount > len(left):
                raise OffTheWalk
            return left[amount - 1]
        for low, high in self.counting(rule, begin, pauses):
            if amount <= high - low:
                return low + amount
            amount -= high - low
        raise OffTheWalk

    def counting(self, rule, begin, pauses):
        """Yield the times that count, in order."""
        cuts = sorted(pauses)
        for stretch in self.stretches:
            if stretch.ends <= begin or not (stretch.is_open or rule.measure is Measure.ELAPSED_SECONDS):
                continue
            low = max(stretch.begins, begin)
            for paused, resumed in cuts:
                if low < paused < stretch.ends:
                    yield low, paused
                if paused < stretch.ends and resumed > low:
                    low = max(low, resumed)
            if low < stretch.ends:
                yield low, stretch.ends


def stretches(walker):
    """Yield the minutes of a walker, those that are alike as one."""
    first = 0
    for number in range(1, len(walker.walls) + 1):
        wall = walker.walls[first]
        if (
            number == len(walker.walls)
            or walker.open[number] != walker.open[first]
            or walker.walls[number] != wall + (number - first) * MINUTE
            or walker.walls[number].date() != wall.date()
        ):
            yield Stretch(walker.minute(first), walker.minute(number), wall, walker.open[first])
            first = number


@dataclass
class SlowClock:
    """A start and what happened since: it knows when it is due, and whether that could have happened."""

    walk: Walk
    rule: object
    started_at: datetime
    budget: int | timedelta
    happened: tuple = ()  # of ("pause", at), ("resume", at), ("extend", at, days or time)

    def due_at(self):
        """Return the due date. Raises Impossible, OffTheWalk."""
        owed, pauses, paused_at = self.budget, [], None
        for kind, at, *more in self.happened:
            due_at = self.walk.due(self.rule, self.started_at, owed, pauses)
            if kind == "pause" and at >= due_at:
                raise Impossible
            if kind == "extend" and paused_at is None and at > due_at:
                raise Impossible
            match kind:
                case "pause":
                    paused_at = at
                case "resume":
                    pauses.append((paused_at, at))
                    paused_at = None
                case "extend":
                    owed += more[0]
        return self.walk.due(self.rule, self.started_at, owed, pauses)

    def and_then(self, *happening):
        """Return the clock to which this has happened too."""
        return SlowClock(self.walk, self.rule, self.started_at, self.budget, (*self.happened, happening))

    def by(self, walk):
        """Return the same life along another calendar."""
        return SlowClock(walk, self.rule, self.started_at, self.budget, self.happened)
