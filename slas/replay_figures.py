"""The sum of many replayed clocks, in constant memory however many there are. Plain Python."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from slas.calendar import MICROSECOND
from slas.policy import Policy
from slas.replay import PastClock, Replayed, Verdict

NEWLY_LATE, NEWLY_IN_TIME, LATE_EITHER_WAY = "newly_late", "newly_in_time", "late_either_way"
GROUPS = (NEWLY_LATE, NEWLY_IN_TIME, LATE_EITHER_WAY)
MOST_KEPT = 1000
"""Lines of each group that a draft keeps for its page; the command writes them all."""


@dataclass(slots=True)
class Count:
    """Clocks of one month, obligation or of all: how many, and how many were late before and after."""

    clocks: int = 0
    late_before: int = 0
    late_after: int = 0
    newly_late: int = 0
    newly_in_time: int = 0

    def add(self, was_late: bool, is_late: bool) -> None:  # noqa: FBT001 -- before and after, in this order
        """Count one clock."""
        self.clocks += 1
        self.late_before += was_late
        self.late_after += is_late
        self.newly_late += is_late > was_late
        self.newly_in_time += was_late > is_late


@dataclass(frozen=True, slots=True)
class ReplayLine:
    """One clock of the list: then, and by the draft. `matter_id` finds its reference; moments are UTC."""

    group: str
    matter_id: str
    matter_kind: str
    obligation: str
    started_at: str
    due_before: str
    due_after: str
    ended_at: str
    before: str
    after: str


def _line_of(clock: PastClock, own: Policy, before: Verdict, replayed: Replayed) -> ReplayLine:
    assert replayed.due_at is not None  # noqa: S101 -- what is refused has no line
    group = LATE_EITHER_WAY
    if before.is_late != replayed.verdict.is_late:
        group = NEWLY_IN_TIME if before.is_late else NEWLY_LATE
    return ReplayLine(
        group=group,
        matter_id=str(clock.matter_id),
        matter_kind=clock.matter_kind,
        obligation=obligation_name(own),
        started_at=clock.started_at.isoformat(),
        due_before=clock.due_at.isoformat(),
        due_after=replayed.due_at.isoformat(),
        ended_at=clock.ended_at.isoformat() if clock.ended_at else "",
        before=before,
        after=replayed.verdict,
    )


def obligation_name(policy: Policy) -> str:
    """Return what figures call an obligation."""
    return f"{policy.pack}: {policy.name}"


@dataclass(slots=True)
class Figures:
    """What many clocks came to. Weeks begin on Monday; days are those of the zone."""

    zone: ZoneInfo
    total: Count = field(default_factory=Count)
    moved: int = 0
    no_verdict: int = 0
    by_obligation: dict[str, Count] = field(default_factory=dict)
    by_month: dict[str, Count] = field(default_factory=dict)
    due_before: Counter[date] = field(default_factory=Counter)
    due_after: Counter[date] = field(default_factory=Counter)
    shifts: Counter[int] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    kept: dict[str, list[ReplayLine]] = field(default_factory=lambda: {group: [] for group in GROUPS})

    def take(self, clock: PastClock, own: Policy, replayed: Replayed, *, at: datetime) -> ReplayLine | None:
        """Count one clock, and return its line where it has one."""
        self.left_out.update(replayed.left_out)
        if replayed.due_at is None:
            self.refused[replayed.refused] += 1
            return None
        before, after = clock.verdict(at), replayed.verdict
        was_late, is_late = before.is_late, after.is_late
        for count in (
            self.total,
            self.by_obligation.setdefault(obligation_name(own), Count()),
            self.by_month.setdefault(f"{clock.started_at.astimezone(self.zone):%Y-%m}", Count()),
        ):
            count.add(was_late, is_late)
        self.no_verdict += after is Verdict.NONE
        due_before, due_after = _due_on(clock.due_at, self.zone), _due_on(replayed.due_at, self.zone)
        self.moved += clock.due_at != replayed.due_at
        self.shifts[(due_after - due_before).days] += 1
        self.due_before[_monday(due_before)] += 1
        self.due_after[_monday(due_after)] += 1
        if not (was_late or is_late):
            return None
        line = _line_of(clock, own, before, replayed)
        if len(self.kept[line.group]) < MOST_KEPT:
            self.kept[line.group].append(line)
        return line

    def weeks(self) -> Iterator[tuple[date, int, int]]:
        """Yield each week from the first to the last, its Monday, and how many clocks fall due in it then and now."""
        weeks = self.due_before.keys() | self.due_after.keys()
        if not weeks:
            return
        monday, last = min(weeks), max(weeks)
        while monday <= last:
            yield monday, self.due_before[monday], self.due_after[monday]
            monday += timedelta(days=7)

    def told(self) -> dict[str, Any]:
        """Return everything as plain values that JSON can hold."""
        return asdict(self.total) | {
            "moved": self.moved,
            "no_verdict": self.no_verdict,
            "by_obligation": _told(self.by_obligation),
            "by_month": _told(self.by_month),
            "by_week": [
                {"week": monday.isoformat(), "due_before": before, "due_after": after}
                for monday, before, after in self.weeks()
            ],
            "shift_days": {str(days): count for days, count in sorted(self.shifts.items())},
            "left_out": dict(self.left_out.most_common()),
            "refused": dict(self.refused.most_common()),
        }


@lru_cache(maxsize=10_000)  # most clocks are due at one of few closing times
def _due_on(due_at: datetime, zone: ZoneInfo) -> date:
    """Return the last day to comply: what is due at midnight is due on the day that ends then."""
    return (due_at - MICROSECOND).astimezone(zone).date()


@lru_cache(maxsize=10_000)
def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _told(counts: Mapping[str, Count]) -> dict[str, Any]:
    return {name: asdict(count) for name, count in sorted(counts.items())}
