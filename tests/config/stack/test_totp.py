"""The codes of the demo accounts."""

import base64
from datetime import UTC, datetime

from config.stack.totp import code


def test_the_code_is_that_of_rfc_6238():
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert code(secret, datetime.fromtimestamp(59, UTC)) == "287082"


def test_a_secret_may_come_without_padding_and_in_small_letters():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert code("nbswy3dp", at) == code("NBSWY3DP", at)
    assert code("MFRGG", at) == code("MFRGG===", at)
