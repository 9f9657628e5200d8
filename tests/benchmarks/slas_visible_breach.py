"""Whether a breach is visible on the queue and in the reports though no sweeper ever came round."""

from datetime import timedelta

from django.db import transaction

from complaints.quality.indicators import headline_indicators
from complaints.queries.queue import SavedView, read_whole_view
from members.actors import Role
from slas.models import Firing
from slas.queries import database_now
from tests.benchmarks.figure import Figure
from tests.complaints import stages
from tests.people import actor_of, staff

SILENCE = timedelta(days=40)


def measure() -> Figure:
    """Let a complaint go unanswered, fire nothing, and look; nothing of it stays."""
    now = database_now()
    with transaction.atomic():
        agent, quality = actor_of(staff(Role.AGENT)), actor_of(staff(Role.QUALITY_MANAGER))
        missed_before = _missed(quality, now)
        complaint = stages.received(at=now - SILENCE, email="")
        overdue = read_whole_view(actor=agent, view=SavedView.OVERDUE, at=now)
        on_the_queue = complaint.reference in {row.reference for row in overdue}
        in_the_reports = _missed(quality, now) > missed_before
        fired = Firing.objects.filter(matter_id=complaint.pk).exists()
        transaction.set_rollback(True)
    return Figure(
        name="slas_visible_breach",
        value=on_the_queue and in_the_reports,
        unit="yes or no",
        baseline=fired,
        baseline_is="whether a flag that the sweep sets would show it",
        target="yes",
        ok=on_the_queue and in_the_reports and not fired,
    )


def _missed(quality, now) -> int:
    return sum(indicator.missed for indicator in headline_indicators(actor=quality, at=now))
