"""A ring comes from a file for its owner alone or from a variable, and a KMS may hold the key to it."""

import json
import shlex
import subprocess
import sys

import pytest

from members.privacy.keyring import Keyring, keyring, keyring_of, live
from members.privacy.keyring_sources import FileSource, VariableSource, configured_source, unwrap_with_kms
from members.privacy.ring import KeyringUnusable, Ring, read_ring, write_ring
from tests.members.privacy.conftest import no_kms, put_ring


@pytest.fixture
def ring():
    return Ring.new()


def prints(words: str) -> str:
    """Return a command that prints something, whatever it is asked."""
    return shlex.join([sys.executable, "-c", f"import sys; sys.stdin.buffer.read(); print({words!r}, end='')"])


@pytest.mark.parametrize("mode", [0o400, 0o600])
def test_a_file_for_its_owner_alone_is_read(tmp_path, ring, mode):
    put_ring(path := tmp_path / "ring.json", ring, mode=mode)
    assert FileSource(path).read() == ring


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o640, 0o644, 0o420])
def test_a_file_that_others_can_read_is_refused_with_the_cure(tmp_path, ring, mode):
    put_ring(path := tmp_path / "ring.json", ring, mode=mode)
    with pytest.raises(KeyringUnusable) as refused:
        FileSource(path).read()
    assert str(refused.value) == (
        f"The keyring {path} can be read by others (mode {mode:04o}), so it is not used. Run: chmod 0400 {path}"
    )


def test_a_file_that_is_not_there_is_named_with_the_cure(tmp_path):
    for ask in (FileSource(tmp_path / "none.json").read, FileSource(tmp_path / "none.json").stamp):
        with pytest.raises(KeyringUnusable, match=r"none\.json cannot be read: No such file.*manage\.py keys add"):
            ask()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"primary": 1, "keys": {"1": "c2VjcmV0"}}',
        '{"primary": 1, "keys": {"1": "s3cr3t!"}}',
        '{"primary": 1, "keys": {"one": "c2VjcmV0"}}',
        '{"primary": 1, "keys": {}}',
    ],
)
def test_what_is_no_ring_is_refused_without_repeating_it(text):
    with pytest.raises(KeyringUnusable, match=r"Put .* back") as refused:
        read_ring(text, no_kms)
    assert "c2VjcmV0" not in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"primary": 5}, "says that key 5 is its primary one, and lacks it"),
        ({"index": None}, "lacks the key of blind indexes"),
        ({"index": 7}, "lacks the key of blind indexes"),
        ({"index": "c2hvcnQ="}, "Key of indexes of the ring has not 32 bytes"),
    ],
)
def test_a_ring_that_lacks_something_is_refused_by_name(ring, changes, words):
    data = json.loads(write_ring(ring.with_new_key()[0], no_kms)) | {"primary": 1} | changes
    with pytest.raises(KeyringUnusable, match=words):
        read_ring(json.dumps(data), no_kms)


def test_a_ring_does_not_show_its_keys_in_a_traceback(ring):
    assert repr(ring) == "Ring(primary=1)"


def test_a_ring_may_stand_in_a_variable_which_goes_before_a_file(settings, ring):
    settings.KEYRING, settings.KEYRING_FILE = write_ring(ring, no_kms), "/nowhere"
    assert isinstance(configured_source(), VariableSource)
    live.forget()
    assert keyring().check_value(1) == keyring_of(ring).check_value(1)
    live.forget()


def test_a_ring_of_before_makes_its_indexes_as_it_did(ring):
    """Such a ring names the key of a number, and one key alone names none."""
    of_before = Keyring({1: ring.keys[1]}, 1)
    for index in ({}, {"index": 1}):
        text = json.dumps(json.loads(write_ring(Ring(ring.keys, 1), no_kms)) | index)
        of_now = read_ring(text, no_kms)
        for ring_of_before in (of_now, of_now.with_new_key()[0]):
            assert keyring_of(ring_of_before).index("a.b.c", "x") == of_before.index("a.b.c", "x")


def test_the_key_of_indexes_has_nothing_to_do_with_keys_that_can_be_destroyed(ring):
    rotated, number = ring.with_new_key()
    alone = Ring({number: rotated.keys[number]}, number, ring.index)
    assert keyring_of(alone).index("a.b.c", "x") == keyring_of(ring).index("a.b.c", "x")


def test_a_wrapped_ring_opens_with_the_kms_alone(tmp_path, ring, kms, settings):
    envelope, _ = kms
    wrapped = Ring(ring.keys, 1, ring.index, envelope)
    text = write_ring(wrapped, unwrap_with_kms)
    plain = json.loads(write_ring(ring, no_kms))

    assert read_ring(text, unwrap_with_kms) == wrapped
    assert plain["keys"]["1"] not in text
    assert plain["index"] not in text
    settings.KMS_COMMAND = ""
    with pytest.raises(KeyringUnusable, match="Set REDRESS_KMS_COMMAND to the program that unwraps"):
        read_ring(text, unwrap_with_kms)
    other = tmp_path / "other.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(other), "2048"], check=True, capture_output=True)  # noqa: S603, S607
    settings.KMS_COMMAND = f"openssl pkeyutl -decrypt -pkeyopt rsa_padding_mode:oaep -inkey {shlex.quote(str(other))}"
    with pytest.raises(KeyringUnusable, match=r"\(openssl\) ended with status 1: .* See that this machine may use"):
        read_ring(text, unwrap_with_kms)


def test_a_program_may_print_the_key_in_base64(settings):
    settings.KMS_COMMAND = prints("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n")
    assert unwrap_with_kms(b"envelope") == b"01234567890123456789012345678901"


@pytest.mark.parametrize("words", ["", "not a key", "c2hvcnQ=", "0123456789" * 4])
def test_a_program_that_prints_no_key_is_told_so_without_repeating_it(settings, words):
    settings.KMS_COMMAND = prints(words)
    with pytest.raises(KeyringUnusable, match="printed no key") as refused:
        unwrap_with_kms(b"envelope")
    assert not words or words not in str(refused.value)


def test_a_program_that_is_not_there_is_named(settings):
    settings.KMS_COMMAND = "/nowhere/kms --decrypt"
    with pytest.raises(KeyringUnusable, match=r"\(/nowhere/kms\) did not answer: FileNotFoundError"):
        unwrap_with_kms(b"envelope")


def test_a_wrapped_key_does_not_open_in_the_place_of_another(ring, kms):
    """Checklist 18, for the ring itself."""
    envelope, _ = kms
    two, number = ring.with_new_key()
    data = json.loads(write_ring(Ring(two.keys, 1, two.index, envelope), unwrap_with_kms))
    data["keys"]["1"], data["keys"][str(number)] = data["keys"][str(number)], data["keys"]["1"]
    with pytest.raises(KeyringUnusable, match="Key 1 of the ring does not open under the ring's envelope"):
        read_ring(json.dumps(data), unwrap_with_kms)
