"""Keys are numbered, can be added, and say which of them is for what."""

import pytest

from members.privacy.keyring import Keyring, SealBroken

OLD, NEW = b"a" * 32, b"b" * 32


def test_what_was_sealed_under_an_older_key_opens_after_a_new_one_became_primary():
    sealed = Keyring({1: OLD}, 1).seal(b"words", purpose="field", bound_to=b"here")
    rotated = Keyring({1: OLD, 2: NEW}, 2, index=1)

    assert rotated.open(sealed, purpose="field", bound_to=b"here") == b"words"
    assert rotated.seal(b"words", purpose="field", bound_to=b"here")[1:5] == (2).to_bytes(4, "big")


def test_an_index_stays_when_the_primary_key_changes():
    before = Keyring({1: OLD}, 1).index("a.b.c", "dana@example.org")
    assert Keyring({1: OLD, 2: NEW}, 2, index=1).index("a.b.c", "dana@example.org") == before


def test_a_value_whose_key_was_destroyed_does_not_open():
    sealed = Keyring({1: OLD}, 1).seal(b"words", purpose="field", bound_to=b"here")
    with pytest.raises(SealBroken, match="key 1 is not in the keyring"):
        Keyring({2: NEW}, 2).open(sealed, purpose="field", bound_to=b"here")


@pytest.mark.parametrize(
    ("keys", "primary", "index"),
    [
        ({1: OLD}, 2, None),
        ({1: b"short"}, 1, None),
        ({}, 1, None),
        ({1: OLD, 2: NEW}, 2, None),
        ({1: OLD, 2: NEW}, 2, 3),
    ],
    ids=["no primary", "short key", "no key", "several keys and none named for indexes", "no such key for indexes"],
)
def test_a_ring_that_cannot_work_is_refused(keys, primary, index):
    with pytest.raises(ValueError, match="a keyring needs"):
        Keyring(keys, primary, index)
