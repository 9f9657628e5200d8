"""Whether time tells who is known: at sign-in, where a password is forgotten, and at registration.

Answers are asked for in turns, so that whatever else this machine does falls on all alike. Of each pair stands the
ratio of its medians, and the probability that the first takes longer than the second (Mann and Whitney's U divided by
the number of pairs): a half says that one answer tells nothing.
"""

import random
import secrets
import time
from collections.abc import Callable
from datetime import date
from ipaddress import IPv6Address
from statistics import median
from uuid import uuid4

from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from members.actors import SYSTEM
from members.models import LineOfBusiness
from members.operations import KnownBy, register_member
from tests.benchmarks.figure import Figure
from tests.people import PASSWORD, an_email, member_account

ROUNDS, WARM_UP = 120, 5
TELLING = 0.1
SIGN_IN, FORGOT, REGISTER = (f"/en/account/{page}/" for page in ("sign-in", "forgot", "register"))
BORN = {"born_on_month": "6", "born_on_day": "30", "born_on_year": "1980"}
PAIRS = (
    ("sign_in_unknown", "sign_in_wrong"),
    ("sign_in_unknown", "sign_in_locked"),
    ("sign_in_wrong", "sign_in_locked"),
    ("forgot_known", "forgot_unknown"),
    ("register_right", "register_wrong"),
)


@override_settings(STORAGES={"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}})
def measure() -> Figure:
    """Ask on all three pages as somebody who is known and as somebody who is not."""
    sorts = _sorts()
    taken: dict[str, list[float]] = {name: [] for name in sorts}
    for number in range(WARM_UP + ROUNDS):
        for name in random.sample(sorted(sorts), len(sorts)):
            milliseconds = sorts[name]()
            if number >= WARM_UP:
                taken[name].append(milliseconds)
    medians = {name: median(times) for name, times in taken.items()}
    longer = {f"{one}_longer_than_{other}": _longer(taken[one], taken[other]) for one, other in PAIRS}
    ratios = {f"{one}_to_{other}": medians[one] / medians[other] for one, other in PAIRS}
    worst = max(abs(share - 0.5) for share in longer.values())
    return Figure(
        name="accounts_neutral",
        value=worst,
        unit="probability off a half",
        baseline=_by_chance(),
        baseline_is="the same request against itself",
        target=f"<= {TELLING}: known answers take longer in 40 to 60 of 100 pairs",
        ok=worst <= TELLING,
        more={f"{name}_ms": value for name, value in medians.items()} | ratios | longer,
    )


def _sorts() -> dict[str, Callable[[], float]]:
    """Return what is asked for; each known person is asked for as often as the limits hear."""
    known = [an_email() for _ in range(ROUNDS)]
    for email in known:
        member_account(email=email)
    locked = an_email()
    member_account(email=locked)
    networks = [str(IPv6Address(uuid4().int)) for _ in range(5)]  # a hundred failures are heard from each
    for network in networks * 5:
        _ask(SIGN_IN, {"email": locked, "password": "wrong"}, network)
    waiting = [_enrolled() for _ in range(ROUNDS)]
    return {
        "sign_in_unknown": lambda: _ask(SIGN_IN, {"email": an_email(), "password": PASSWORD}),
        "sign_in_wrong": lambda: _ask(SIGN_IN, {"email": secrets.choice(known), "password": "wrong"}),
        "sign_in_locked": lambda: _ask(SIGN_IN, {"email": locked, "password": PASSWORD}, secrets.choice(networks)),
        "forgot_known": lambda: _ask(FORGOT, {"email": secrets.choice(known)}),
        "forgot_unknown": lambda: _ask(FORGOT, {"email": an_email()}),
        "register_right": lambda: _ask(REGISTER, secrets.choice(waiting) | BORN),
        "register_wrong": lambda: _ask(REGISTER, {"member_number": uuid4().hex, "postal_code": "06103"} | BORN),
    }


def _enrolled() -> dict[str, str]:
    number = uuid4().hex
    register_member(
        actor=SYSTEM,
        at=timezone.now(),
        member_number=number,
        name="Joseph K",
        email=an_email(),
        known_by=KnownBy(date(1980, 6, 30), "06103"),
        line_of_business=LineOfBusiness.GROUP,
    )
    return {"member_number": number, "postal_code": "06103"}


def _ask(path: str, typed: dict[str, str], address: str | None = None) -> float:
    """Return the milliseconds that an answer takes, from a network of its own unless told otherwise."""
    client = Client(REMOTE_ADDR=address or str(IPv6Address(uuid4().int)), headers={"Host": "localhost"})
    began = time.perf_counter()
    response = client.post(path, typed)
    taken = (time.perf_counter() - began) * 1000
    if response.status_code not in {200, 422}:
        raise RuntimeError(f"{path} answered {response.status_code}")
    return taken


def _longer(one: list[float], other: list[float]) -> float:
    """Return the share of pairs of which the first takes longer."""
    return sum(a > b for a in one for b in other) / (len(one) * len(other))


def _by_chance() -> float:
    times = [_ask(FORGOT, {"email": an_email()}) for _ in range(2 * ROUNDS)]
    return abs(_longer(times[::2], times[1::2]) - 0.5)
