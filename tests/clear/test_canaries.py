"""The search finds what is planted, in whatever form it is kept; and canaries tell where they were typed."""

import base64
import gzip
import zlib
from urllib.parse import quote

import pytest

from tests.clear.canaries import PLANTED, WORD, Canaries, found

KEPT = {
    "as it is": lambda text: text.encode(),
    "in capitals": lambda text: text.upper().encode(),
    "folded": lambda text: text.casefold().encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "hex": lambda text: text.encode().hex().upper().encode(),
    "escaped": lambda text: "".join(f"%{octet:02X}" for octet in text.encode()).encode(),
    "in an address": lambda text: quote(f"a b {text} ü").encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, second place": lambda text: base64.b64encode(b"x" + text.encode()),
    "base64, third place": lambda text: base64.b64encode(b"xy" + text.lower().encode()),
    "gzip": lambda text: gzip.compress(text.encode() * 3),
    "zlib": lambda text: zlib.compress(b"{'args': ['" + text.encode() + b"']}"),
}


@pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT)
def test_a_word_is_found_in_whatever_form_it_is_kept(kept):
    noise = bytes(range(256)) * 20
    assert found(noise + kept(f"{PLANTED}ab") + noise, PLANTED)
    assert not found(noise + kept("nothing of the kind") + noise, PLANTED)


def test_a_canary_tells_where_it_was_typed():
    canaries = Canaries()
    words = [canaries.word(f"field {number}") for number in range(60)]
    assert found(f"lost: {words[37].upper()}!".encode(), WORD) == {words[37].lower()}
    assert canaries.typed[words[37]] == "field 37"
