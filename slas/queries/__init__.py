"""Reads of the deadline engine. Nothing here changes a row."""

from slas.queries.clocks import database_now, misfolded_clocks, open_clocks
from slas.queries.health import Health, health
from slas.queries.horizons import HORIZON_ALARM_DAYS, HorizonAlarm, calendar_horizon_days, horizon_alarms

__all__ = (
    "HORIZON_ALARM_DAYS",
    "Health",
    "HorizonAlarm",
    "calendar_horizon_days",
    "database_now",
    "health",
    "horizon_alarms",
    "misfolded_clocks",
    "open_clocks",
)
