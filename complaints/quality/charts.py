"""Charts as plain numbers: this lays them out, templates/ui/chart_*.html draws them as SVG. No script, no database.

Coordinates are whole units of the drawing's own view box, so that no locale can turn a decimal point into a comma.
"""

from dataclasses import dataclass, replace
from math import ceil
from textwrap import wrap

from django.utils.translation import gettext as _

WIDTH = 720
VITAL_PERCENT = 80
HEIGHT_FOR_A_COUNT = 32


@dataclass(frozen=True, slots=True)
class Category:
    """One thing that is counted. `rest` marks what is no cause of its own ("Other"): it always comes last.

    `late` marks a category that is bad in itself, such as an age beyond its limit. `url` leads to the cases.
    """

    label: str
    count: int
    url: str = ""
    rest: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line: where it runs and what stands at its two ends."""

    at: int
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with everything that is written on it; `middle` is the centre of its long label."""

    category: Category
    x: int
    y: int
    width: int
    height: int
    middle: int
    label_lines: tuple[str, ...]
    vital: bool
    percent: int
    cumulative_percent: int
    cumulative_y: int

    @property
    def holds_its_count(self) -> bool:
        """Tell whether the count is written inside: a high bar has room, and above it runs the cumulative line."""
        return self.height >= HEIGHT_FOR_A_COUNT


@dataclass(frozen=True, slots=True)
class Pareto:
    """A Pareto chart: bars by falling count, the cumulative line and the 80 % line on one common scale."""

    title: str
    total: int
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    vital_y: int
    width: int = WIDTH
    height: int = 0
    left: int = 44
    right: int = WIDTH - 44
    bottom: int = 304

    @property
    def line(self) -> str:
        """Return the cumulative line as the points of a polyline."""
        return " ".join(f"{bar.middle},{bar.cumulative_y}" for bar in self.bars)


def pareto(title: str, categories: list[Category], *, most: int = 8) -> Pareto | None:
    """Lay out a Pareto chart of at most `most` bars, None when there is nothing to count.

    Categories without a case are left out. Those after the `most - 1` largest are added up as "Other", together with
    whatever is marked `rest`. The left scale runs to the total, the right one to 100 %, so that one grid serves both.
    """
    counted = _ranked([category for category in categories if category.count], most)
    if not counted:
        return None
    total = sum(category.count for category in counted)
    frame = Pareto(title, total, (), (), 0)
    top = 24
    depth = frame.bottom - top
    slot = (frame.right - frame.left) / len(counted)
    bars, before = [], 0
    for place, category in enumerate(counted):
        so_far = before + category.count
        height = round(depth * category.count / total)
        bars.append(
            Bar(
                category=category,
                x=round(frame.left + slot * (place + 0.12)),
                y=frame.bottom - height,
                width=round(slot * 0.76),
                height=height,
                middle=round(frame.left + slot * (place + 0.5)),
                label_lines=_lines(category.label, slot),
                vital=100 * before < VITAL_PERCENT * total and not category.rest,
                percent=round(100 * category.count / total),
                cumulative_percent=round(100 * so_far / total),
                cumulative_y=frame.bottom - round(depth * so_far / total),
            ),
        )
        before = so_far
    ticks = tuple(
        Tick(frame.bottom - round(depth * percent / 100), round(total * percent / 100), percent)
        for percent in range(0, 101, 20)
    )
    return replace(
        frame,
        bars=tuple(bars),
        ticks=ticks,
        vital_y=frame.bottom - round(depth * VITAL_PERCENT / 100),
        height=frame.bottom + 12 + 16 * max(len(bar.label_lines) for bar in bars),
    )


@dataclass(frozen=True, slots=True)
class BarChart:
    """Lying bars in the order given: for ages and other scales that have an order of their own."""

    title: str
    total: int
    bars: tuple[Bar, ...]
    height: int
    width: int = 440
    left: int = 116


def bar_chart(title: str, categories: list[Category]) -> BarChart | None:
    """Lay out one lying bar a category, empty ones too; None when all are empty."""
    total = sum(category.count for category in categories)
    if not total:
        return None
    step = 40
    frame = BarChart(title, total, (), height=step * len(categories) + 8)
    room = frame.width - frame.left - 44
    largest = max(category.count for category in categories)
    bars = tuple(
        Bar(
            category=category,
            x=frame.left,
            y=step * place + 8,
            width=ceil(room * category.count / largest),
            height=step - 16,
            middle=step * place + step // 2 + 5,
            label_lines=(category.label,),
            vital=not category.late,
            percent=round(100 * category.count / total),
            cumulative_percent=0,
            cumulative_y=0,
        )
        for place, category in enumerate(categories)
    )
    return replace(frame, bars=bars)


def _ranked(categories: list[Category], most: int) -> list[Category]:
    """Order by falling count and gather the tail and the rests in one last category."""
    named = sorted((category for category in categories if not category.rest), key=lambda category: -category.count)
    rests = [category for category in categories if category.rest]
    if len(named) + len(rests) > most:
        named, rests = named[: most - 1], named[most - 1 :] + rests
    if len(rests) > 1:
        rests = [Category(_("Other"), sum(category.count for category in rests), rest=True)]
    return named + rests


def _lines(label: str, slot: float) -> tuple[str, ...]:
    """Break a label into at most four lines that fit under its bar; what does not fit ends in an ellipsis."""
    return tuple(wrap(label, width=max(8, int(slot / 7.4)), max_lines=4, placeholder=" …", break_long_words=False))
