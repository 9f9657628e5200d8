"""What Celery runs for the deadline engine. The timer sends `settle`; beat sends the others, none of them vital."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from celery.utils.log import get_task_logger
from django.db import connection

from slas.models import Sweeper
from slas.operations import check_folds
from slas.outbox import bury, forget_settled, settle
from slas.queries import database_now
from slas.sweep import fire_everything, take_back

log = get_task_logger(__name__)
FORBEARANCE = timedelta(seconds=5)
KEEP_SETTLED, KEEP_SWEEPERS = timedelta(days=30), timedelta(days=1)


@shared_task(name="slas.settle")
def settle_envelope(matter_ids: list[str], keys: list[str]) -> None:
    """Settle what the relay took out of the outbox."""
    settle([(UUID(matter_id), key) for matter_id, key in zip(matter_ids, keys, strict=True)])


@shared_task(name="slas.tick")
def tick() -> None:
    """Fire what a living timer would have fired, in case no worker carries one; firing twice is impossible."""
    with connection.cursor() as cursor:
        if taken := fire_everything(cursor, now=database_now() - FORBEARANCE, who="tick"):
            log.warning("the redundant tick fired %d clocks: does a worker run with --timer?", taken)


@shared_task(name="slas.prune")
def prune() -> None:
    """Try again what was set aside, give up on hopeless effects; delete settled ones and the pulses of lost workers."""
    now = database_now()
    with connection.cursor() as cursor:
        take_back(cursor)
    bury()
    forget_settled(now - KEEP_SETTLED)
    Sweeper.objects.filter(seen_at__lt=now - KEEP_SWEEPERS).delete()


# Not acks_late: a million clocks take longer than a message stays out before it is handed out again.
@shared_task(name="slas.verify", acks_late=False, soft_time_limit=3600, time_limit=3660)
def verify() -> None:
    """Prove that every clock is the fold of its events, and leave the result where the web tier looks."""
    check_folds(at=database_now())
