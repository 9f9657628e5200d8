"""How long a sign-in takes, Argon2 included, and whether time tells an unknown address from a wrong password or a lock.

The answers are asked for in turns, so that whatever else this machine does falls on all alike. How alike two sorts are
is the probability that one takes longer than the other (Mann and Whitney's U, divided by the number of pairs): a half
says that nothing can be told from one answer.
"""

import random
import time
from collections.abc import Callable
from statistics import median
from uuid import uuid4

from django.contrib.auth.hashers import identify_hasher
from django.test import Client
from django.test.utils import override_settings

from members.accounts.models import User
from tests.benchmarks.figure import Figure
from tests.people import PASSWORD, an_email, member_account

ROUNDS, WARM_UP = 60, 5
TARGET_MS = 250
TELLING = 0.15
"""So far from a half may the probability be: twice what 60 rounds of the very same request give by chance."""
SIGN_IN = "/en/account/sign-in/"


@override_settings(STORAGES={"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}})
def measure() -> Figure:
    """Sign in as somebody who may, as nobody, with a wrong password, and at a lock."""
    good, wrong, locked = (an_email() for _ in range(3))
    for email in (good, wrong, locked):
        member_account(email=email)
    network = uuid4().hex  # of its own, for what is counted there outlives a run
    for _ in range(5):
        _ask(locked, "wrong", network)
    sorts: dict[str, Callable[[], float]] = {
        "right": lambda: _ask(good, PASSWORD, uuid4().hex),
        "unknown": lambda: _ask(an_email(), PASSWORD, uuid4().hex),
        "wrong": lambda: _ask(wrong, "wrong", uuid4().hex),
        "locked": lambda: _ask(locked, PASSWORD, network),
    }
    taken: dict[str, list[float]] = {name: [] for name in sorts}
    for number in range(WARM_UP + ROUNDS):
        for name in random.sample(sorted(sorts), len(sorts)):
            milliseconds = sorts[name]()
            if number >= WARM_UP:
                taken[name].append(milliseconds)
    tells = {f"{one}_longer_than_{other}": _longer(taken[one], taken[other]) for one, other in PAIRS}
    return Figure(
        name="accounts_sign_in",
        value=median(taken["right"]),
        unit="ms",
        baseline=_hashing(),
        baseline_is="one Argon2 computation",
        target=f"<= {TARGET_MS} ms, and no refusal told from another by its time",
        ok=median(taken["right"]) <= TARGET_MS and all(abs(share - 0.5) <= TELLING for share in tells.values()),
        more={f"{name}_ms": median(times) for name, times in taken.items()} | tells,
    )


PAIRS = (("unknown", "wrong"), ("unknown", "locked"), ("wrong", "locked"))


def _ask(email: str, password: str, address: str) -> float:
    """Return the milliseconds that an answer takes."""
    client = Client(REMOTE_ADDR=address, headers={"Host": "localhost"})
    began = time.perf_counter()
    response = client.post(SIGN_IN, {"email": email, "password": password})
    taken = (time.perf_counter() - began) * 1000
    if response.status_code not in {302, 422}:
        raise RuntimeError(f"the sign-in answered {response.status_code}")
    return taken


def _longer(one: list[float], other: list[float]) -> float:
    """Return the share of pairs of which the first takes longer."""
    return sum(a > b for a in one for b in other) / (len(one) * len(other))


def _hashing() -> float:
    stored = User.objects.order_by("pk").first().password
    hasher, times = identify_hasher(stored), []
    for _ in range(WARM_UP + 10):
        began = time.perf_counter()
        hasher.verify(PASSWORD, stored)
        times.append((time.perf_counter() - began) * 1000)
    return median(times)
