"""A running process follows its ring, and never fails because of it."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from members.privacy.keyring import LOOK_EVERY, KeyMissing, SealBroken, keyring, live
from members.privacy.ring import KeyringUnusable
from tests.members.privacy.conftest import put_ring

PLACE = {"purpose": "field", "bound_to": b"here"}


def let_a_look_be_due() -> None:
    time.sleep(LOOK_EVERY + 0.1)


def test_a_promoted_key_is_followed_within_a_second_without_a_restart(in_use):
    keyring()
    ring, number = in_use.ring.with_new_key()
    put_ring(in_use.path, replace(ring, primary=number))

    assert keyring().primary == in_use.number
    let_a_look_be_due()
    assert keyring().primary == number


def test_a_key_that_is_lacking_is_looked_for_at_once(in_use):
    keyring()
    ring, number = in_use.ring.with_new_key()
    put_ring(in_use.path, ring)

    assert number not in keyring().numbers
    assert number in keyring(having=number).numbers


def test_the_same_ring_is_not_read_again(in_use):
    before = keyring()
    let_a_look_be_due()
    assert keyring() is before
    assert keyring(having=in_use.number + 1) is before


@pytest.mark.parametrize("fault", ["gone", "cut off", "for others to read"])
def test_a_ring_that_becomes_unusable_leaves_a_running_process_with_its_own(in_use, caplog, fault):
    before = keyring()
    if fault == "gone":
        in_use.path.unlink()
    elif fault == "cut off":
        in_use.path.chmod(0o600)
        in_use.path.write_text(in_use.path.read_text()[:40])
    else:
        in_use.path.chmod(0o644)
    let_a_look_be_due()

    with caplog.at_level(logging.ERROR):
        assert keyring() is before
    assert "the former one goes on" in caplog.text


def test_a_process_that_has_no_ring_yet_says_why(in_use):
    in_use.path.unlink()
    live.forget()
    with pytest.raises(KeyringUnusable, match="cannot be read"):
        keyring()


def test_threads_that_seal_and_open_notice_nothing_of_rings_that_come_and_go(in_use):
    """Twenty keys are added and promoted meanwhile, each at once."""
    until = time.monotonic() + 3

    def seal_and_open(number: int) -> int:
        turns = 0
        while time.monotonic() < until:
            words = f"{number}:{turns}".encode()
            sealed = keyring().seal(words, **PLACE)
            having = int.from_bytes(sealed[1:5], "big")
            assert keyring(having=having).open(sealed, **PLACE) == words
            turns += 1
        return turns

    def rotate() -> int:
        for _ in range(20):
            ring, number = in_use.ring.with_new_key()
            put_ring(in_use.path, replace(ring, primary=number))
            keyring(having=number)
            time.sleep(0.1)
        return number

    with ThreadPoolExecutor(5) as people:
        turns = [people.submit(seal_and_open, number) for number in range(4)]
        newest = people.submit(rotate).result()
        assert all(turn.result() > 100 for turn in turns)
    assert keyring(having=newest).primary == newest


def test_what_is_missing_is_told_from_what_is_broken(in_use):
    sealed = keyring().seal(b"words", **PLACE)
    put_ring(in_use.path, replace(in_use.ring.with_new_key()[0], keys={1: b"k" * 32}, primary=1))
    ring = keyring(having=1)
    with pytest.raises(KeyMissing, match=f"key {in_use.number} is not in the keyring"):
        ring.open(sealed, **PLACE)
    with pytest.raises(SealBroken) as broken:
        ring.open(sealed[:10], **PLACE)
    assert not isinstance(broken.value, KeyMissing)
