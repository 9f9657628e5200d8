"""What Celery runs for complaints. Beat sends it."""

from celery import shared_task
from celery.utils.log import get_task_logger

from complaints.intake.operations import forget_old_drafts
from members.operations import forget_expired_sessions
from slas.queries import database_now

log = get_task_logger(__name__)


@shared_task(name="complaints.forget")
def forget() -> None:
    """Delete what must not be kept: drafts that nobody sent, and sessions that are over."""
    now = database_now()
    forget_expired_sessions(at=now)
    log.info("%d drafts were not sent in time and are deleted", forget_old_drafts(at=now))
