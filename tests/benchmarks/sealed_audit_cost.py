"""What recording adds to a request that shows a case: the events of what was opened, queued for their seal.

The same page is asked with and without writing its events, in turns with the commit of one bare row: a page waits until
the disk has its events, and how long a disk takes for that differs from 0.1 to 3 ms.
"""

import time
from statistics import median
from unittest.mock import patch

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from members.actors import Role
from members.audit.models import Event
from members.privacy import access
from slas.models import PolicyVersion
from slas.operations import publish_policies
from tests.benchmarks.figure import Figure
from tests.complaints import stages
from tests.people import actor_of, sign_in, staff

REQUESTS, WARM_UP = 300, 30
TARGET_MS = 1


# Nothing is collected for a benchmark, and how files are named is not what it measures.
PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@override_settings(STORAGES=settings.STORAGES | PLAIN_FILES)
def measure() -> Figure:
    """Ask in turns, so that whatever else this machine does falls on both alike."""
    if not PolicyVersion.objects.exists():
        publish_policies()
    user = staff(Role.AGENT)
    row = stages.investigated(actor_of(user))
    client = Client(headers={"Host": "localhost"})
    sign_in(client, user)
    path = reverse("desk:case", args=[row.reference])
    before = Event.objects.count()
    recorded, unrecorded, commits = [], [], []
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS benchmark_row (number int)")
    for number in range(WARM_UP + REQUESTS):
        with patch.object(access._Access, "openings", lambda *_: ()):
            without = _milliseconds(client, path)
        taken = _milliseconds(client, path)
        if number >= WARM_UP:
            recorded.append(taken)
            unrecorded.append(without)
            commits.append(_one_commit())
    events = (Event.objects.count() - before) / (WARM_UP + REQUESTS)
    cost = median(recorded) - median(unrecorded) - median(commits)
    return Figure(
        name="sealed_audit_cost",
        value=cost,
        unit="ms",
        baseline=median(unrecorded),
        baseline_is="the same page without recording what it opens",
        target=f"<= {TARGET_MS} ms, besides the commit",
        ok=cost <= TARGET_MS,
        more={"recorded_ms": median(recorded), "commit_ms": median(commits), "events_a_page": events},
    )


def _one_commit() -> float:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO benchmark_row VALUES (1)")
    return (time.perf_counter() - began) * 1000


def _milliseconds(client: Client, path: str) -> float:
    began = time.perf_counter()
    response = client.get(path)
    taken = (time.perf_counter() - began) * 1000
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
    return taken
