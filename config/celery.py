"""The Celery application and its whole schedule."""

import os

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

from django.conf import settings

from config.sealer import install as install_sealer
from config.start import see_that_the_keys_are_here
from slas.timer import install as install_timer

app = Celery("redress")
app.conf.update(
    broker_url=settings.BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": 300,  # above the longest task limit, or a slow task is handed out twice
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "retry_on_timeout": True,
    },
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_soft_time_limit=120,
    task_time_limit=150,
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=10,
    worker_hijack_root_logger=False,
    timezone="UTC",
    beat_schedule={
        # The worker's own timer sweeps; this tick is redundant, so that a timer that died delays nothing for long.
        "sweep": {"task": "slas.tick", "schedule": 30.0},
        # The worker's own sealer seals; this is redundant, as the tick is.
        "seal audit": {"task": "complaints.seal_audit", "schedule": 30.0, "options": {"expires": 30}},
        "prune": {"task": "slas.prune", "schedule": 3600.0},
        "forget": {"task": "complaints.forget", "schedule": 24 * 3600.0},  # old drafts, as the pages say
        "tend index": {"task": "complaints.tend_index", "schedule": 24 * 3600.0},  # words that have become common
        "review access": {"task": "complaints.review_access", "schedule": 3600.0},  # opens each quarter, and closes
        "ask after openings": {"task": "complaints.ask_after_openings", "schedule": 3600.0},
        "watch openings": {"task": "complaints.watch_openings", "schedule": 3600.0, "options": {"expires": 3600}},
        "recheck files": {"task": "complaints.recheck_files", "schedule": 60.0, "options": {"expires": 60}},
        "erase listed": {"task": "complaints.erase_listed", "schedule": 300.0, "options": {"expires": 300}},
        "sweep files": {"task": "complaints.sweep_files", "schedule": 3600.0},
        "verify": {"task": "slas.verify", "schedule": 24 * 3600.0},  # each clock is the fold of its events
    },
)
app.autodiscover_tasks()
install_timer(app)
install_sealer(app)
signals.worker_init.connect(see_that_the_keys_are_here)
