"""How many effects a second the relay publishes in envelopes, against one message for each."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
from celery import Celery
from django.db import connection

from slas.queries import database_now
from slas.relay import ENVELOPE
from slas.sweep import fire_everything
from slas.timer import Relay
from tests.benchmarks.figure import Figure
from tests.slas.many import crowd
from tests.slas.workers import broker_url

EFFECTS, SAMPLE = 100 * ENVELOPE, 500
TARGET = 50
QUEUE = "benchmark"


def measure() -> Figure:
    """Publish a sample one by one and the rest in envelopes: taken, sent and committed, by the relay itself."""
    with crowd(EFFECTS + SAMPLE, due_in=timedelta(0)), _relay() as (relay, conn):
        with connection.cursor() as cursor:
            fire_everything(cursor, now=database_now(), who="benchmark")
        one_by_one = _rate(relay, conn, SAMPLE, 1)
        in_envelopes = _rate(relay, conn, EFFECTS, ENVELOPE)
    return Figure(
        name="slas_envelopes",
        value=in_envelopes,
        unit="effects/s",
        baseline=one_by_one,
        baseline_is="one message for each effect",
        target=f">= {TARGET} times",
        ok=in_envelopes >= TARGET * one_by_one,
    )


def _rate(relay: Relay, conn: psycopg.Connection, number: int, size: int) -> float:
    began = time.perf_counter()
    for _ in range(number // size):
        if relay.send_envelope(conn, size) != size:
            raise RuntimeError("the outbox ran dry")
    return number / (time.perf_counter() - began)


@contextmanager
def _relay() -> Iterator[tuple[Relay, psycopg.Connection]]:
    """Return a relay whose messages nobody consumes, and its connection."""
    app = Celery("benchmark", broker=broker_url(), set_as_current=False)
    app.conf.task_default_queue = QUEUE
    relay = Relay(app)
    try:
        with relay.connect() as conn:
            yield relay, conn
    finally:
        with app.connection_for_write() as broker:
            broker.default_channel.queue_purge(QUEUE)
        app.close()
