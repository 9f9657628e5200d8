"""Real Celery workers for the tests: processes of their own, on the test's database and on a broker of their own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from slas.models import Sweeper

ROOT = Path(__file__).resolve().parents[2]
PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
WORKERS, APART, JOURNEYS = (first + PROCESS for first in (4, 8, 12))
"""Databases of Valkey, some for each process of pytest: a worker that listened to another's would take its messages."""


def database_url():
    config = connection.settings_dict
    parts = {"host": config["HOST"], "port": config["PORT"], "user": config["USER"], "password": config["PASSWORD"]}
    parts |= config["OPTIONS"]
    return f"postgresql:///{config['NAME']}?{urlencode({name: value for name, value in parts.items() if value})}"


def broker_url(number=WORKERS):
    """Return the address of the broker with another database of it."""
    address = re.sub(r"virtual_host=\d+", f"virtual_host={number}", settings.BROKER_URL)
    return address if "virtual_host=" in address else re.sub(r"(//[^/]+)(/\d*)?$", rf"\1/{number}", address)


class Worker:
    """One worker with the deadline timer; `options` are Celery's, `variables` change its environment."""

    def __init__(self, name, *options, **variables):
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the worker
        command = [sys.executable, "-m", "celery", "--app", "config.celery", "worker", "--timer", "--pool", "prefork"]
        command += [
            "--concurrency",
            "1",
            "--without-gossip",
            "--without-mingle",
            "--hostname",
            name,
            "--loglevel",
            "info",
            *options,
        ]
        self.process = subprocess.Popen(  # noqa: S603 -- our own program
            command,
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": database_url(), "REDIS_URL": broker_url()} | variables,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait_until_ready(self, seconds=60):
        """Wait for the sweeper's first sign of life and for the consumer."""
        wait_for(lambda: Sweeper.objects.exists() and " ready." in self.output(), seconds, self.output)

    def output(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def kill(self):
        """End it and its children as a power cut would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def running_worker(name="drill@test", *options, **variables):
    Sweeper.objects.all().delete()
    worker = Worker(name, *options, **variables)
    try:
        worker.wait_until_ready()
        yield worker
    finally:
        worker.kill()
        worker.log.close()


def wait_for(happened, seconds, explain=str):
    """Poll until it happened. Raises AssertionError with an explanation after so many seconds."""
    end = time.monotonic() + seconds
    while not (result := happened()):
        assert time.monotonic() < end, explain()
        time.sleep(0.02)
    return result
