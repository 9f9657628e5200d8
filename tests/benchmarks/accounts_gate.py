"""What the gate costs a request of somebody who is signed in: session, user, roles and the table of audiences.

The same view is asked with and without the middleware that finds out who asks and whether they may, in turns.
"""

import time
from statistics import median

from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from members.actors import Role
from tests.benchmarks.figure import Figure
from tests.people import sign_in, staff

REQUESTS, WARM_UP = 400, 50
TARGET_MS = 1
VIEW = "/health/live"
AT_THE_GATE = "members.accounts.middleware.GateMiddleware"


def measure() -> Figure:
    """Ask in turns, so that whatever else this machine does falls on both alike."""
    with_gate = Client(headers={"Host": "localhost"})
    sign_in(with_gate, staff(Role.AGENT, Role.LEAD))
    without_gate = Client(headers={"Host": "localhost"})
    with override_settings(MIDDLEWARE=[part for part in settings.MIDDLEWARE if part != AT_THE_GATE]):
        without_gate.get(VIEW)  # builds its chain of middleware
    asked, bare = [], []
    for number in range(WARM_UP + REQUESTS):
        times = _milliseconds(with_gate), _milliseconds(without_gate)
        if number >= WARM_UP:
            asked.append(times[0])
            bare.append(times[1])
    cost = median(asked) - median(bare)
    return Figure(
        name="accounts_gate",
        value=cost,
        unit="ms",
        baseline=median(bare),
        baseline_is="the same request without the gate",
        target=f"<= {TARGET_MS} ms",
        ok=cost <= TARGET_MS,
        more={"with_gate_ms": median(asked), "p95_ms": sorted(asked)[int(REQUESTS * 0.95)]},
    )


def _milliseconds(client: Client) -> float:
    began = time.perf_counter()
    response = client.get(VIEW)
    taken = (time.perf_counter() - began) * 1000
    if response.status_code != 200:
        raise RuntimeError(f"{VIEW} answered {response.status_code}")
    return taken
