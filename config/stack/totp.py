"""The codes that the demo accounts' authenticator apps would show (RFC 6238: SHA-1, 30 s, 6 digits)."""

import base64
import hmac
import struct
from datetime import datetime

PERIOD = 30  # s


def code(secret: str, at: datetime) -> str:
    """Return the code of a base32 secret at a moment."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    digest = hmac.digest(key, struct.pack(">Q", int(at.timestamp()) // PERIOD), "sha1")
    offset = digest[-1] & 0x0F
    return f"{(struct.unpack_from('>I', digest, offset)[0] & 0x7FFF_FFFF) % 1_000_000:06}"
