"""Time-based one-time codes (RFC 6238, SHA-1, six digits, 30 seconds): what authenticator apps understand."""

import hmac
import secrets
from base64 import b32encode
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from django_otp.oath import hotp

STEP_SECONDS = 30
DIGITS = 6
TOLERANCE_STEPS = 1  # a clock may be one step off, or a code be typed at the last moment
KEY_BYTES = 20  # RFC 4226, 4 R6: at least 128 bits, 160 recommended
LONGEST_WAIT = timedelta(hours=1)


def new_key() -> bytes:
    """Return a fresh secret key."""
    return secrets.token_bytes(KEY_BYTES)


def step_of(key: bytes, code: str, *, at: datetime, after_step: int) -> int | None:
    """Return the time step whose code this is, or None if it is none of those valid at `at`.

    Only steps after `after_step` count, so that a code works once (RFC 6238, 5.2).
    """
    typed = code.encode()
    now = int(at.timestamp()) // STEP_SECONDS
    found = None
    for step in range(now - TOLERANCE_STEPS, now + TOLERANCE_STEPS + 1):
        if hmac.compare_digest(_code(key, step), typed) and step > after_step:
            found = step
    return found


def code_at(key: bytes, at: datetime) -> str:
    """Return the code that an authenticator app shows at this moment."""
    return _code(key, int(at.timestamp()) // STEP_SECONDS).decode()


def free_at(*, failures: int, failed_at: datetime | None) -> datetime | None:
    """Return when the next code may be tried: the wait after a failure doubles each time, up to an hour."""
    if not failures or failed_at is None:
        return None
    return failed_at + min(timedelta(seconds=2 ** min(failures - 1, 20)), LONGEST_WAIT)


def text_secret(key: bytes) -> str:
    """Return the key as apps take it by hand: base 32, in groups of four."""
    text = b32encode(key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def provisioning_uri(key: bytes, *, issuer: str, account: str) -> str:
    """Return the address inside the QR code. Source: Google Authenticator's Key URI Format."""
    label = quote(f"{issuer}:{account}", safe="")
    query = urlencode(
        {"secret": text_secret(key).replace(" ", ""), "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS},
        quote_via=quote,
    )
    return f"otpauth://totp/{label}?{query}"


def _code(key: bytes, step: int) -> bytes:
    return f"{hotp(key, step, DIGITS):0{DIGITS}d}".encode()
