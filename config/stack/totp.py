"""The codes that the demo accounts' authenticator apps would show."""

import base64
from datetime import datetime

from members.accounts.totp import code_at


def code(secret: str, at: datetime) -> str:
    """Return the code of a base32 secret at a moment."""
    return code_at(base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True), at)
