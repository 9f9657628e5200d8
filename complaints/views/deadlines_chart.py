"""The lags of the last hours as columns. Plain arithmetic; the drawing is templates/staff/deadlines_chart.html."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log10

from complaints.time_left import duration
from slas.queries import Burst

LEAST, LATE = 0.001, 1.0  # seconds
TICKS = (0.01, 0.1, 1.0, 10.0, 60.0, 600.0, 3600.0, 86400.0)
LABEL_EVERY = 4


@dataclass(frozen=True, slots=True)
class Column:
    """One hour: its bar, none where nothing fired, and what the numbers say."""

    began_at: datetime
    fired: int
    median: str
    longest: str
    x: int
    y: int
    width: int
    height: int
    is_late: bool
    is_labelled: bool

    @property
    def middle(self) -> int:
        """Return where its label is centred."""
        return self.x + self.width // 2


@dataclass(frozen=True, slots=True)
class LagChart:
    """Columns on a logarithmic scale, for a good hour takes milliseconds and a bad one hours."""

    columns: tuple[Column, ...]
    ticks: tuple[tuple[int, str], ...]
    width: int = 720
    height: int = 236
    left: int = 64
    right: int = 712
    top: int = 12
    bottom: int = 204


def lag_chart(hours: Sequence[Burst]) -> LagChart | None:
    """Lay out one column an hour by its longest lag, None where nothing fired at all."""
    if not any(hour.fired for hour in hours):
        return None
    frame = LagChart((), ())
    longest = max(hour.longest for hour in hours)
    highest = next((tick for tick in TICKS if tick >= max(longest, LATE)), longest)
    depth = frame.bottom - frame.top
    slot = (frame.right - frame.left) / len(hours)

    def rise(seconds: float) -> int:
        return max(2, round(depth * log10(max(seconds, LEAST) / LEAST) / log10(highest / LEAST)))

    columns = tuple(
        Column(
            began_at=hour.began_at,
            fired=hour.fired,
            median=lag_in_words(hour.median),
            longest=lag_in_words(hour.longest if hour.fired else None),
            x=round(frame.left + slot * (place + 0.15)),
            y=frame.bottom - (rise(hour.longest) if hour.fired else 0),
            width=round(slot * 0.7),
            height=rise(hour.longest) if hour.fired else 0,
            is_late=hour.longest > LATE,
            is_labelled=(len(hours) - 1 - place) % LABEL_EVERY == 0,
        )
        for place, hour in enumerate(hours)
    )
    ticks = tuple((frame.bottom - rise(tick), lag_in_words(tick)) for tick in TICKS if tick <= highest)
    return LagChart(columns, ticks)


def lag_in_words(seconds: float | None) -> str:
    """Return a lag as short as it can be said: "8 ms", "1.2 s", "3m"; a dash for none."""
    if seconds is None:
        return "–"
    if seconds < LATE:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    if seconds < 60:  # noqa: PLR2004 -- a minute
        return f"{seconds:.3g} s"
    return duration(timedelta(seconds=seconds))
