"""Clocks that count by an older version of a calendar than they could."""

from collections.abc import Iterator
from functools import cached_property
from uuid import UUID

from django.db.models import QuerySet

from slas.models import OPEN, CalendarVersion, Clock


class OutdatedPins:
    """The clocks that are pinned to an older version of a calendar than `calendar`."""

    def __init__(self, calendar: CalendarVersion) -> None:
        """Take the version that is to be counted by."""
        self.calendar = calendar

    @cached_property
    def versions(self) -> list[UUID]:
        """Return the ids of the older versions: one query."""
        older = CalendarVersion.objects.filter(calendar=self.calendar.calendar, version__lt=self.calendar.version)
        return list(older.values_list("pk", flat=True))

    @property
    def clocks(self) -> QuerySet[Clock]:
        """Return them, ended ones too."""
        return Clock.objects.filter(calendar__in=self.versions)

    def open_count(self) -> int:
        """Return how many are open."""
        return self.clocks.filter(state__in=OPEN).count()

    def ended_count(self) -> int:
        """Return how many have ended, with a verdict or without one."""
        return self.clocks.exclude(state__in=OPEN).count()

    def chunks(self, size: int) -> Iterator[list[tuple[UUID, UUID]]]:
        """Yield the keys (matter, clock) of those that are open, in order; each chunk is read when it is asked for."""
        rows = self.clocks.filter(state__in=OPEN).order_by("pk").values_list("matter_id", "id")
        keys = list(rows[:size])
        while keys:
            yield keys
            keys = list(rows.filter(pk__gt=keys[-1])[:size]) if len(keys) == size else []
