"""What an operator's monitor asks: is the process there, can it work, are deadlines, files and the audit trail kept."""

import logging
from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from complaints.files.health import files_health
from complaints.retention.health import ledger_troubles
from config.metrics_token import shows_token
from members.accounts.throttle import can_count
from members.audit.health import seal_health
from members.backup.health import backup_health
from slas.queries import database_now, health, read_clocks, troubles

log = logging.getLogger(__name__)


@require_safe
@never_cache
def live(_request: HttpRequest) -> JsonResponse:
    """Answer as long as the process serves requests."""
    return JsonResponse({"live": True})


@require_safe
@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """Tell whether database and broker answer; 503 without the database, so that a balancer sends requests elsewhere.

    Without the broker complaints are still filed, which a balancer must not prevent: the alarm is that of `limits`.
    """
    parts = {"database": _database_answers(), "broker": _broker_answers()}
    return JsonResponse(parts, status=200 if parts["database"] else 503)


@require_safe
@never_cache
def limits(_request: HttpRequest) -> JsonResponse:
    """Tell whether attempts are counted. While they are not nobody signs in, and complaints are filed unlimited."""
    counting = can_count()
    return JsonResponse({"counting": counting}, status=200 if counting else 503)


@require_safe
@never_cache
def deadlines(request: HttpRequest) -> JsonResponse:
    """Tell whether timers fire, by the status and the codes of what is wrong; the figures to whoever shows the token.

    The web tier counts, not the sweeper: a dead sweeper cannot call itself well.
    """
    try:
        figures = health(*read_clocks())
    except DatabaseError:
        return JsonResponse({"database": False}, status=503)
    wrong = troubles(figures)
    told = {name: _seconds(value) for name, value in asdict(figures).items()} if shows_token(request) else {}
    status = 503 if any(trouble.is_alarm for trouble in wrong) else 200
    return JsonResponse(told | {"wrong": [trouble.code for trouble in wrong]}, status=status)


@require_safe
@never_cache
def audit(request: HttpRequest) -> JsonResponse:
    """Tell whether events are sealed and checkpoints anchored, in the same shape as `deadlines`."""
    try:
        figures = seal_health(database_now(), settings.AUDIT_ANCHORS)
    except DatabaseError:
        return JsonResponse({"database": False}, status=503)
    for code in figures.wrong:
        log.error("the audit trail is not kept: %s", code)
    told = {name: _seconds(value) for name, value in asdict(figures).items()} if shows_token(request) else {}
    return JsonResponse(told | {"wrong": figures.wrong}, status=503 if figures.wrong else 200)


@require_safe
@never_cache
def files(request: HttpRequest) -> JsonResponse:
    """Tell whether files are checked for viruses and all there, in the same shape as `deadlines`."""
    try:
        figures = files_health(database_now())
    except DatabaseError:
        return JsonResponse({"database": False}, status=503)
    told = {name: _seconds(value) for name, value in asdict(figures).items()} if shows_token(request) else {}
    told |= {"scanning": figures.scanning, "wrong": figures.wrong}
    return JsonResponse(told, status=503 if figures.wrong else 200)


@require_safe
@never_cache
def recovery(request: HttpRequest) -> JsonResponse:
    """Tell whether a loss could be undone: the newest backup's age, and the ledger of erasures."""
    try:
        figures, ledger = backup_health(database_now(), patience=backup_patience()), ledger_troubles()
    except DatabaseError:
        return JsonResponse({"database": False}, status=503)
    wrong = figures.wrong + ledger
    told = {"backup_age": _seconds(figures.age)} if shows_token(request) else {}
    return JsonResponse(told | {"wrong": wrong}, status=503 if wrong else 200)


def backup_patience() -> timedelta | None:
    """Return how old the newest backup may be, None where no backups are expected."""
    return timedelta(minutes=settings.BACKUP_MINUTES) if settings.BACKUP_MINUTES else None


def _seconds(figure: int | timedelta | None) -> float | None:
    return figure.total_seconds() if isinstance(figure, timedelta) else figure


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker_answers() -> bool:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as broker:
            return bool(broker.ping())
    except RedisError:
        return False
