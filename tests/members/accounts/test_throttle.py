"""The counter is exact, whatever happens at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest

from members.accounts import throttle
from members.accounts.throttle import Counter, CounterAway, Taken


def a_counter(limit=5, window=timedelta(minutes=15)):
    return Counter(f"test_{uuid4().hex}", limit=limit, window=window)


def test_a_parallel_burst_at_limit_10_passes_exactly_10():
    """Checklist 32."""
    counter = a_counter(limit=10)
    with ThreadPoolExecutor(max_workers=30) as burst:
        passed = list(burst.map(lambda _: counter.take("dana@example.org", "192.0.2.1"), range(60)))
    assert passed.count(True) == 10


def test_each_key_has_its_own_attempts():
    counter = a_counter(limit=1)
    assert counter.take("dana@example.org", "192.0.2.1")
    assert not counter.take("dana@example.org", "192.0.2.1")
    assert counter.take("dana@example.org", "192.0.2.2")
    assert counter.take("lee@example.org", "192.0.2.1")


def test_parts_of_a_key_do_not_run_into_each_other():
    counter = a_counter(limit=1)
    assert counter.take("ab", "c")
    assert counter.take("a", "bc")


def test_what_is_forgotten_starts_anew():
    counter = a_counter(limit=1)
    assert counter.take("dana")
    counter.forget("dana")
    assert counter.take("dana")


def test_the_lock_holds_for_the_window_after_the_last_attempt_and_refused_ones_do_not_prolong_it():
    counter, valkey = a_counter(limit=2, window=timedelta(minutes=15)), throttle.valkey()
    assert counter.take("dana")
    (key,) = valkey.scan_iter(f"throttle:{counter.name}:*")
    assert 899_000 < valkey.pttl(key) <= 900_000

    valkey.pexpire(key, 60_000)  # fourteen minutes later
    assert counter.take("dana")
    assert 899_000 < valkey.pttl(key) <= 900_000

    valkey.pexpire(key, 60_000)  # and another fourteen
    assert not counter.take("dana")
    assert valkey.pttl(key) <= 60_000

    valkey.delete(key)  # as Valkey does when the time is over
    assert counter.take("dana")


def test_valkey_learns_neither_address():
    counter = a_counter()
    counter.take("zebedee@example.org", "192.0.2.77")
    keys = b"".join(throttle.valkey().scan_iter(f"throttle:{counter.name}:*"))
    assert keys
    assert b"zebedee" not in keys
    assert b"192.0.2.77" not in keys


@pytest.mark.usefixtures("valkey_away")
def test_a_counter_without_valkey_says_so():
    with pytest.raises(CounterAway):
        a_counter().take("dana")


def test_what_is_given_back_can_be_taken_again_and_nothing_more():
    counter = a_counter(limit=2)
    counter.give_back("dana")
    assert counter.take("dana")
    assert counter.take("dana")
    counter.give_back("dana")
    assert [counter.take("dana"), counter.take("dana")] == [True, False]


def test_a_door_that_stays_open_is_limited_while_valkey_is_there():
    counter = a_counter(limit=1)
    assert [counter.take_or_alarm("dana"), counter.take_or_alarm("dana")] == [True, False]


def test_the_first_refusal_of_each_window_is_told_from_those_that_follow():
    counter, valkey = a_counter(limit=2), throttle.valkey()
    told = [Taken.YES, Taken.YES, Taken.NO_MORE, Taken.NO, Taken.NO]
    assert [counter.count("dana") for _ in range(5)] == told
    assert counter.count("lee") is Taken.YES
    for key in valkey.scan_iter(f"throttle:{counter.name}:*"):
        assert 0 < valkey.pttl(key) <= 900_000
    counter.forget("dana")
    assert [counter.count("dana") for _ in range(5)] == told
