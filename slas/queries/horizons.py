"""How far the reviewed days of calendars reach: beyond them no clock could start or fall due."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Q, QuerySet

from slas.models import CalendarVersion, PolicyVersion

HORIZON_ALARM_DAYS = 400  # a year, and a month to review the next one in


@dataclass(frozen=True, slots=True)
class HorizonAlarm:
    """A calendar whose reviewed days run out, after which no clock could start or fall due by it."""

    calendar: str
    last_on: date
    days_left: int

    def __str__(self) -> str:
        """Return the sentence that an operator reads."""
        return (
            f"calendar {self.calendar} ends on {self.last_on}, in {self.days_left} days; "
            "review the years after it and publish them as its next version"
        )


def horizon_alarms(now: datetime) -> list[HorizonAlarm]:
    """Return the calendars that end within 400 days, the first to end first: one query."""
    return [alarm for alarm in _horizons(now, CalendarVersion.objects.all()) if alarm.days_left < HORIZON_ALARM_DAYS]


def calendar_horizon_days(now: datetime) -> int | None:
    """Return the days left in the first calendar to end of those that obligations in force count by: one query."""
    in_force = PolicyVersion.objects.filter(Q(effective_to=None) | Q(effective_to__gt=now.date()))
    used = CalendarVersion.objects.filter(calendar__in=in_force.values("calendar"))
    return next((horizon.days_left for horizon in _horizons(now, used)), None)


def _horizons(now: datetime, rows: QuerySet[CalendarVersion]) -> list[HorizonAlarm]:
    ends = rows.values_list("calendar").annotate(end=Max("last_on")).order_by("end", "calendar")
    return [HorizonAlarm(calendar, last_on, (last_on - now.date()).days) for calendar, last_on in ends]
