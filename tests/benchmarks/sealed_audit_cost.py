"""What recording adds to a request that shows a case: the events of what was opened, queued for their seal, committed.

The same page is asked with and without writing its events, each first as often as the other. What it takes longer is
told with the commit, for a page that is not recorded has none. The baseline is the commit of one bare row in between:
the least that anything durable takes. It is the disk's, 0.1 to 5 ms.
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

PAIRS, WARM_UP = 300, 30
TARGET_MS = 1


# Nothing is collected for a benchmark, and how files are named is not what it measures.
PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@override_settings(STORAGES=settings.STORAGES | PLAIN_FILES)
def measure() -> Figure:
    """Ask in pairs, so that whatever else this machine does falls on both alike."""
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
    for number in range(WARM_UP + PAIRS):
        asked = [(recorded, _milliseconds), (unrecorded, _unrecorded)]
        for times, ask in asked if number % 2 else reversed(asked):
            times.append(ask(client, path))
            commits.append(_one_commit())
    events = (Event.objects.count() - before) / len(recorded)
    added = median(one - other for one, other in zip(recorded[WARM_UP:], unrecorded[WARM_UP:], strict=True))
    return Figure(
        name="sealed_audit_cost",
        value=added,
        unit="ms",
        baseline=median(commits),
        baseline_is="the commit of one bare row",
        target=f"<= {TARGET_MS} ms",
        ok=added <= TARGET_MS,
        more={
            "recorded_ms": median(recorded[WARM_UP:]),
            "unrecorded_ms": median(unrecorded[WARM_UP:]),
            "events_a_page": events,
        },
    )


def _unrecorded(client: Client, path: str) -> float:
    with patch.object(access._Access, "openings", lambda *_: ()):
        return _milliseconds(client, path)


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
