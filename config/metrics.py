"""The figures of engine, door, files, recovery and audit trail in Prometheus' text form, for whoever holds the token.

Each is read from the database when it is asked for, so that any web worker gives the same answer, and one that counts
for the sweepers does not ask them. Counts and codes only: nothing that names a matter or a person.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from complaints.files.health import FILE_TROUBLES, files_health
from complaints.retention.health import LEDGER_TROUBLES, ledger_troubles
from config.csp_reports import reports_of
from config.health import backup_patience
from config.metrics_token import shows_token
from members.accounts.throttle import can_count
from members.audit.health import SEAL_TROUBLES, seal_health
from members.backup.health import BACKUP_OLD, backup_health
from slas.queries import (
    TROUBLE_CODES,
    FiredCode,
    FireLag,
    Health,
    database_now,
    fire_lag,
    fired_by_code,
    health,
    read_clocks,
    troubles,
)

HOUR = timedelta(hours=1)
WINDOWS = {"5m": timedelta(minutes=5), "1h": HOUR}


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer a scrape that shows the token of REDRESS_METRICS_TOKEN; without that setting there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not shows_token(request):
        words = "Send the header Authorization: Bearer, with the value of REDRESS_METRICS_TOKEN.\n"
        refusal = HttpResponse(words, content_type="text/plain; charset=utf-8", status=HTTPStatus.UNAUTHORIZED)
        refusal["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return refusal
    registry = CollectorRegistry()
    registry.register(EngineCollector())
    registry.register(DoorCollector())
    registry.register(AuditCollector())
    registry.register(FilesCollector())
    registry.register(RecoveryCollector())
    try:
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
    except DatabaseError:
        return HttpResponse("The database does not answer.\n", content_type="text/plain", status=503)


class EngineCollector(Collector):
    """Reads the figures of this moment."""

    def collect(self) -> Iterator[Metric]:
        """Yield every family: a constant number of queries."""
        now, clock_offset = read_clocks()
        figures = health(now, clock_offset)
        yield from _of_troubles(figures)
        yield from _of_clocks(figures)
        yield from _of_firings({name: fire_lag(now, span) for name, span in WINDOWS.items()}, fired_by_code(now, HOUR))
        yield from _of_outbox(figures)
        yield from _of_foundations(figures)


class DoorCollector(Collector):
    """Reads what Valkey counts: whether it does, and what browsers refused today."""

    def collect(self) -> Iterator[Metric]:
        """Yield every family; without Valkey the one that says so."""
        yield _gauge("limits_counted", "1 while attempts are counted; at 0 nobody can sign in.", can_count())
        reports = GaugeMetricFamily(
            "redress_csp_reports_today",
            "What the content security policy refused, as browsers report it.",
            labels=["directive", "refused", "url"],
        )
        with suppress(RedisError):
            for violation, count in reports_of(timezone.now()).items():
                reports.add_metric(violation, count)
        yield reports


class AuditCollector(Collector):
    """Reads whether audit events are sealed and checkpoints anchored."""

    def collect(self) -> Iterator[Metric]:
        """Yield every family: two queries."""
        figures = seal_health(database_now(), settings.AUDIT_ANCHORS)
        yield _gauge("audit_kept", "1 while no alarm stands: what /health/audit answers 200 for.", not figures.wrong)
        family = GaugeMetricFamily("redress_audit_trouble", "1 for each thing that is wrong, by code.", labels=["code"])
        for code in SEAL_TROUBLES:
            family.add_metric([code], code in figures.wrong)
        yield family
        waiting, unanchored = figures.oldest_pending or 0, figures.oldest_unanchored or 0
        yield _gauge("audit_events_unsealed", "Events that wait for their seal; exact below 100,000.", figures.pending)
        yield _gauge("audit_oldest_unsealed_seconds", "For how long the first of them waits.", waiting)
        yield _gauge("audit_checkpoint", "The newest checkpoint's number.", figures.checkpoint)
        yield _gauge("audit_anchored_checkpoint", "The newest one that every anchor knows.", figures.anchored)
        yield _gauge("audit_oldest_unanchored_seconds", "For how long the first after it waits.", unanchored)


class RecoveryCollector(Collector):
    """Reads whether a loss could be undone: backups and the ledger of erasures."""

    def collect(self) -> Iterator[Metric]:
        """Yield every family: two queries, and a look at the ledger."""
        figures = backup_health(database_now(), patience=backup_patience())
        wrong = figures.wrong + ledger_troubles()
        yield _gauge("recovery_kept", "1 while no alarm stands: what /health/recovery answers 200 for.", not wrong)
        family = GaugeMetricFamily(
            "redress_recovery_trouble", "1 for each thing that is wrong, by code.", labels=["code"]
        )
        for code in (BACKUP_OLD, *LEDGER_TROUBLES):
            family.add_metric([code], code in wrong)
        yield family
        yield _gauge("backup_age_seconds", "Since the newest backup of the last day was begun.", figures.age)


class FilesCollector(Collector):
    """Reads whether files are checked for viruses, and all there."""

    def collect(self) -> Iterator[Metric]:
        """Yield every family: one query, and a word with the virus check."""
        figures = files_health(database_now())
        yield _gauge("files_kept", "1 while no alarm stands: what /health/files answers 200 for.", not figures.wrong)
        family = GaugeMetricFamily("redress_files_trouble", "1 for each thing that is wrong, by code.", labels=["code"])
        for code in FILE_TROUBLES:
            family.add_metric([code], code in figures.wrong)
        yield family
        waiting = figures.oldest_waiting or timedelta()
        yield _gauge("files_waiting", "Files that wait for the virus check.", figures.waiting)
        yield _gauge("files_oldest_waiting_seconds", "For how long the first of them waits.", waiting)
        yield _gauge("files_missing", "Files that are not in the store.", figures.missing)
        yield _gauge("files_without_row", "Objects in the store that no row names.", figures.without_row)


def _of_troubles(figures: Health) -> Iterator[Metric]:
    found = troubles(figures)
    alarms = sum(trouble.is_alarm for trouble in found)
    yield _gauge("deadlines_kept", "1 while no alarm stands: what /health/deadlines answers 200 for.", not alarms)
    family = GaugeMetricFamily("redress_trouble", "1 for each thing that is wrong, by its code.", labels=["code"])
    for code in TROUBLE_CODES:
        family.add_metric([code], code in {trouble.code for trouble in found})
    yield family


def _of_clocks(figures: Health) -> Iterator[Metric]:
    yield _gauge("clocks_armed", "Clocks with a threshold ahead; an estimate from 10,000 on.", figures.armed)
    yield _gauge("clocks_set_aside", "Clocks that could not fire and were set aside.", figures.set_aside)
    yield _gauge("clocks_overdue_unfired", "Clocks with a threshold due and unfired.", figures.overdue_unfired)
    yield _gauge("clocks_oldest_overdue_seconds", "For how long the first of them is due.", figures.oldest_overdue or 0)
    yield _gauge("sweeper_heartbeat_age_seconds", "Since any sweeper was last seen.", figures.heartbeat_age)


def _of_firings(lags: dict[str, FireLag], codes: list[FiredCode]) -> Iterator[Metric]:
    late = GaugeMetricFamily(
        "redress_fire_lag_seconds",
        "From due to fired, of what fired in the window; the 100th percentile is the longest.",
        labels=["window", "percentile"],
    )
    for window, lag in lags.items():
        for percentile, seconds in (("50", lag.median), ("95", lag.p95), ("99", lag.p99), ("100", lag.longest)):
            if seconds is not None:
                late.add_metric([window, percentile], seconds)
    yield late
    fired = GaugeMetricFamily(
        "redress_firings_last_hour",
        "Thresholds reached in the last hour: fired by a sweeper, or suppressed as overtaken or ended in time.",
        labels=["code", "outcome"],
    )
    for code in codes:
        fired.add_metric([str(code.code), "fired"], code.fired)
        fired.add_metric([str(code.code), "suppressed"], code.suppressed)
    yield fired


def _of_outbox(figures: Health) -> Iterator[Metric]:
    yield _gauge("firing_conflicts", "Firings that the ledger had already and refused.", figures.conflicts)
    yield _gauge("outbox_unsettled", "Effects that are still to happen.", figures.outbox_unsettled)
    unanswered, unsettled = figures.oldest_unanswered or 0, figures.oldest_unsettled or 0
    yield _gauge("outbox_oldest_unanswered_seconds", "Age of the oldest that nobody tried to an end.", unanswered)
    yield _gauge("outbox_oldest_unsettled_seconds", "Age of the oldest, failing ones too.", unsettled)
    yield _gauge("outbox_dead", "Effects that used up their tries.", figures.outbox_dead)


def _of_foundations(figures: Health) -> Iterator[Metric]:
    yield _gauge(
        "fold_check_misfolded_clocks", "Clocks that the last check found unlike their events.", figures.misfolded
    )
    yield _gauge("fold_check_age_seconds", "Since the last check of all clocks.", figures.fold_checked)
    yield _gauge("calendar_horizon_days", "Days left in the first calendar to end.", figures.calendar_horizon_days)
    yield _gauge("database_xmin_age_transactions", "Transactions since the oldest snapshot.", figures.xmin_age)
    yield _gauge("database_oldest_snapshot_seconds", "Age of the oldest snapshot.", figures.oldest_snapshot)
    yield _gauge("database_clock_offset_seconds", "This host's clock minus the database's.", figures.clock_offset)


def _gauge(name: str, told: str, value: float | timedelta | None) -> Metric:
    """Return a family with one value; with none where there is nothing to tell yet."""
    family = GaugeMetricFamily(f"redress_{name}", told)
    if value is not None:
        family.add_metric([], value.total_seconds() if isinstance(value, timedelta) else value)
    return family
