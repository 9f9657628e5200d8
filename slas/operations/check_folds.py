"""The nightly proof that every clock is what its events say."""

import logging
from datetime import datetime

from slas.models import Clock, FoldCheck
from slas.queries import misfolded_clocks

log = logging.getLogger(__name__)


def check_folds(*, at: datetime) -> FoldCheck:
    """Compare every clock with the fold of its events, name those that differ in the log, and record how many."""
    clocks, misfolded = Clock.objects.count(), 0
    for clock in misfolded_clocks():
        log.error("clock %s of matter %s is not the fold of its events", clock.id, clock.matter_id)
        misfolded += 1
    return FoldCheck.objects.create(began_at=at, clocks=max(clocks, misfolded), misfolded=misfolded)
