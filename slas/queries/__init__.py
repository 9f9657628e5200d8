"""Reads of the deadline engine. Nothing here changes a row."""

from slas.queries.clocks import database_now, misfolded_clocks, open_clocks, read_clocks
from slas.queries.database import OldestSnapshot, oldest_snapshot
from slas.queries.due_days import DueDay, due_days
from slas.queries.effects import DeadEffects, FailingEffects, dead_effects, dead_letters, failing_effects
from slas.queries.firings import Burst, FiredCode, FireLag, busiest_minutes, fire_lag, fired_by_code, fired_by_hour
from slas.queries.health import Health, health, last_fold_check
from slas.queries.horizons import HORIZON_ALARM_DAYS, HorizonAlarm, calendar_horizon_days, horizon_alarms
from slas.queries.troubles import CODES as TROUBLE_CODES
from slas.queries.troubles import LATEST_HEARTBEAT, Trouble, troubles

__all__ = (
    "HORIZON_ALARM_DAYS",
    "LATEST_HEARTBEAT",
    "TROUBLE_CODES",
    "Burst",
    "DeadEffects",
    "DueDay",
    "FailingEffects",
    "FireLag",
    "FiredCode",
    "Health",
    "HorizonAlarm",
    "OldestSnapshot",
    "Trouble",
    "busiest_minutes",
    "calendar_horizon_days",
    "database_now",
    "dead_effects",
    "dead_letters",
    "due_days",
    "failing_effects",
    "fire_lag",
    "fired_by_code",
    "fired_by_hour",
    "health",
    "horizon_alarms",
    "last_fold_check",
    "misfolded_clocks",
    "oldest_snapshot",
    "open_clocks",
    "read_clocks",
    "troubles",
)
