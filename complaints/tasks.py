"""What Celery runs for complaints. Beat sends it."""

from celery import shared_task
from celery.utils.log import get_task_logger
from django.conf import settings

from complaints.files.moving import move_files
from complaints.files.sweep import sweep
from complaints.intake.operations import forget_old_drafts
from complaints.operations import ask_after_openings
from complaints.operations.recheck_files import recheck_files
from complaints.oversight.watch import escalate_reviews, watch_over_openings
from complaints.retention.disclosures import forget_old_disclosures
from complaints.retention.ledger import begin as begin_ledger
from complaints.retention.work import erase_listed
from complaints.search.upkeep import tend_index
from members.audit.anchor import anchor_all
from members.audit.health import seal_health
from members.audit.sealer import seal_all
from members.operations import close_overdue_review, forget_expired_sessions, open_access_review
from members.privacy.signing import audit_signer
from slas.queries import database_now

log = get_task_logger(__name__)


@shared_task(name="complaints.forget")
def forget() -> None:
    """Delete what is kept no longer: drafts that nobody sent, sessions that are over, old consents and disclosures."""
    now = database_now()
    # The days of drafts are promised on the form: what the database might refuse comes after them.
    log.info("%d drafts were not sent in time and are deleted", forget_old_drafts(at=now))
    forget_expired_sessions(at=now)
    log.info("%d consents and disclosures have been kept their years and are deleted", forget_old_disclosures(at=now))


@shared_task(name="complaints.review_access")
def review_access() -> None:
    """Close the access review whose time is over, then open the one that is due. Running it again changes nothing."""
    now = database_now()
    revoked = close_overdue_review(at=now)
    if revoked:
        log.warning("%d roles were taken away, for nobody said that they are still needed", revoked)
    if review := open_access_review(at=now):
        log.info("%s is open until %s", review, review.due_at)


@shared_task(name="complaints.ask_after_openings")
def remind_of_openings() -> None:
    """Ask once more after openings that nobody has answered for, and log while there are any."""
    if waiting := ask_after_openings(at=database_now()):
        log.error("openings of restricted cases that have waited for an answer for three days: %d", waiting)


@shared_task(name="complaints.watch_openings")
def watch_openings() -> None:
    """Make review items of what stands out in the audit trail, and ask after those that have waited for three days."""
    now = database_now()
    if made := watch_over_openings(at=now):
        log.warning("things that stand out in the audit trail and wait to be looked into: %d", made)
    if overdue := escalate_reviews(at=now):
        log.error("review items that have waited for an answer for three days: %d", overdue)


@shared_task(name="complaints.seal_audit")
def seal_audit() -> None:
    """Seal the audit events that wait, and write the new checkpoints down outside of the database."""
    now = database_now()
    for code in seal_health(now, settings.AUDIT_ANCHORS).wrong:
        log.error("the audit trail was not kept in time: %s", code)
    seal_all(signer=audit_signer(), at=now)
    anchor_all(settings.AUDIT_ANCHORS, at=now)


@shared_task(name="complaints.recheck_files")
def recheck() -> None:
    """Have files checked that wait for the virus check; release them, or remove them and tell."""
    done = recheck_files(at=database_now())
    if done.released or done.removed:
        log.info("%d files were released by the virus check, %d were removed", done.released, done.removed)


@shared_task(name="complaints.sweep_files")
def sweep_files() -> None:
    """Move what is not in the store yet, then compare it with the rows; a database behind its trail deletes nothing."""
    now = database_now()
    moved = sum(1 for _ in move_files(at=now))
    swept = sweep(at=now, is_behind=seal_health(now, settings.AUDIT_ANCHORS).is_cut)
    if moved or swept.deleted:
        log.info("%d files were moved into the store, %d without a row deleted there", moved, swept.deleted)


@shared_task(name="complaints.erase_listed")
def erase_confirmed() -> None:
    """Erase what is on lists that two people have confirmed. It goes on where it was stopped."""
    begin_ledger()
    done = erase_listed(at=database_now())
    if done.erased or done.left:
        log.info("%d complaints were erased for their time is over, %d left alone", done.erased, done.left)


# Not acks_late: after an upgrade a large house has more to index than fits into the time a message stays out.
@shared_task(name="complaints.tend_index", acks_late=False, soft_time_limit=3600, time_limit=3660)
def tend_search_index() -> None:
    """Index what is not indexed yet, and drop the words that have become common. It goes on where it was stopped."""
    filled, dropped = tend_index(at=database_now())
    log.info("%d texts were indexed, %d words have become common and were dropped", filled, dropped)
