"""The codes of the demo accounts."""

import base64
from datetime import UTC, datetime

import pytest

from config.stack.totp import code


@pytest.mark.parametrize(("second", "expected"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_rfc_6238(second, expected):
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert code(secret, datetime.fromtimestamp(second, UTC)) == expected


def test_a_secret_may_come_without_padding_and_in_small_letters():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert code("nbswy3dp", at) == code("NBSWY3DP", at)
    assert code("MFRGG", at) == code("MFRGG===", at)
