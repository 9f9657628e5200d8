"""What an operator's monitor asks: is the process there, can it work, are the deadlines kept."""

from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from redis import Redis, RedisError

from slas.queries import Health, database_now, health

NEVER = timedelta(0)
LATEST_FIRING = timedelta(seconds=60)
LATEST_HEARTBEAT = timedelta(seconds=30)
LATEST_ANSWER = timedelta(minutes=5)
"""Effects take seconds. What nobody has tried for so long has no worker, or kills it."""
LATEST_EFFECT = timedelta(hours=1)
"""What fails is tried six times in half an hour, which outlasts a restart; what failed for an hour is an outage."""


def live(_request: HttpRequest) -> JsonResponse:
    """Answer as long as the process serves requests."""
    return JsonResponse({"live": True})


def ready(_request: HttpRequest) -> JsonResponse:
    """Tell whether database and broker answer; 503 if not, so that a balancer sends requests elsewhere."""
    parts = {"database": _database_answers(), "broker": _broker_answers()}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def deadlines(_request: HttpRequest) -> JsonResponse:
    """Tell whether timers fire. The web tier counts, not the sweeper: a dead sweeper cannot call itself well."""
    figures = health(database_now())
    body = {name: _seconds(value) for name, value in asdict(figures).items()}
    return JsonResponse(body, status=200 if keeps_its_deadlines(figures) else 503)


def keeps_its_deadlines(figures: Health) -> bool:
    """Tell whether timers fire and effects arrive: no threshold waits, a sweeper lives, nothing is stuck or dead."""
    return (
        (figures.oldest_overdue or NEVER) <= LATEST_FIRING
        and figures.heartbeat_age is not None
        and figures.heartbeat_age <= LATEST_HEARTBEAT
        and figures.set_aside == 0
        and (figures.oldest_unanswered or NEVER) <= LATEST_ANSWER
        and (figures.oldest_unsettled or NEVER) <= LATEST_EFFECT
        and figures.outbox_dead == 0
    )


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
