"""The audit sealer: a daemon thread of each Celery worker that carries the timer (`--timer`).

It needs no broker, so that events are sealed while that is down, and no free process of the pool, which a storm may
keep busy for long. Beat's task does the same in case no worker carries it; two at once do no harm.
"""

import threading
from collections.abc import Callable
from typing import Any

from celery import Celery, bootsteps, signals
from celery.utils.log import get_logger
from django.db import close_old_connections, connection

log = get_logger(__name__)

EVERY = 5.0  # seconds
TASK = "complaints.seal_audit"


class Sealer(threading.Thread):
    """Seals and anchors again and again, whatever went wrong the time before."""

    def __init__(self, seal: Callable[[], object], every: float = EVERY) -> None:
        """Take what seals; models are loaded later than this module, so it cannot be imported."""
        super().__init__(name="audit-sealer", daemon=True)
        self.seal, self.every, self.halted = seal, every, threading.Event()

    def run(self) -> None:
        """Work until halted."""
        while not self.halted.wait(self.every):
            close_old_connections()
            try:
                self.seal()
            except Exception as fault:  # noqa: BLE001 -- whatever it is, the next events want their seal
                log.warning("the audit trail cannot be sealed now: %s: %s", type(fault).__name__, fault)
                connection.close()
        connection.close()

    def halt(self, **_: Any) -> None:
        """End after the present round; a process that ends meanwhile does no harm, the database rolls back."""
        self.halted.set()


class AuditSealer(bootsteps.StartStopStep):
    """Starts the thread in workers run with --timer, after the pool has forked."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, *, timer: bool = False, **options: Any) -> None:  # noqa: ARG002 -- Celery's interface
        self.enabled = timer
        self.thread: Sealer | None = None

    def start(self, worker: Any) -> None:
        """Start it."""
        self.thread = Sealer(worker.app.tasks[TASK])
        self.thread.start()
        signals.worker_shutdown.connect(self.thread.halt, weak=False)


def install(app: Celery) -> None:
    """Let the app's workers carry the sealer."""
    app.steps["worker"].add(AuditSealer)
