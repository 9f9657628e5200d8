"""What falls due in each week, then and by a draft: two lines. Drawn by templates/quality/policies_weeks.html."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

MOST_LABELS = 8
ROUND = (1, 2, 3, 4, 5, 6, 8)


@dataclass(frozen=True, slots=True)
class Week:
    """One week: its Monday, its numbers, and where they stand."""

    monday: date
    before: int
    after: int
    x: int
    before_y: int
    after_y: int
    is_labelled: bool


@dataclass(frozen=True, slots=True)
class WeekChart:
    """Two lines over the weeks on one scale that begins at nought."""

    title: str
    weeks: tuple[Week, ...]
    ticks: tuple[tuple[int, int], ...]
    width: int = 720
    height: int = 268
    left: int = 48
    right: int = 700
    top: int = 16
    bottom: int = 232

    @property
    def before_line(self) -> str:
        """Return the line of what was due, as the points of a polyline."""
        return " ".join(f"{week.x},{week.before_y}" for week in self.weeks)

    @property
    def after_line(self) -> str:
        """Return the line of what is due by the draft, as the points of a polyline."""
        return " ".join(f"{week.x},{week.after_y}" for week in self.weeks)


def week_chart(title: str, weeks: Sequence[tuple[date, int, int]]) -> WeekChart | None:
    """Lay out the weeks, each a Monday with its numbers then and by the draft; None where there is no week."""
    if not weeks:
        return None
    frame = WeekChart(title, (), ())
    step = _step(max(max(before, after) for _monday, before, after in weeks))
    highest = step * 4
    depth, slots = frame.bottom - frame.top, max(len(weeks) - 1, 1)
    every = ceil(len(weeks) / MOST_LABELS)

    def height_of(count: int) -> int:
        return frame.bottom - round(depth * count / highest)

    laid = tuple(
        Week(
            monday=monday,
            before=before,
            after=after,
            x=round(frame.left + (frame.right - frame.left) * place / slots),
            before_y=height_of(before),
            after_y=height_of(after),
            is_labelled=place % every == 0,
        )
        for place, (monday, before, after) in enumerate(weeks)
    )
    return WeekChart(title, laid, tuple((height_of(step * number), step * number) for number in range(5)))


def _step(highest: int) -> int:
    """Return the distance of four grid lines that just reach the highest number, as round as can be."""
    wanted, power = max(ceil(highest / 4), 1), 1
    while True:
        for digit in ROUND:
            if digit * power >= wanted:
                return digit * power
        power *= 10
