"""Codes on paper for the day the phone is lost: 120 random bits each, kept only as keyed hashes, each good once."""

import secrets
from uuid import UUID

from members.privacy.blind_index import blind_index

HOW_MANY = 10
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0 and o, 1 and l, i: they are typed from paper
LENGTH = 25  # 25 signs of 31 are 123 bits
GROUP = 5


def new_codes() -> list[str]:
    """Return fresh codes as they are printed: `7kq4m-2xd9h-…`, in five groups."""
    return [_in_groups("".join(secrets.choice(SIGNS) for _ in range(LENGTH))) for _ in range(HOW_MANY)]


def code_index(user_id: UUID, code: str) -> bytes:
    """Return the keyed hash that stands for a code of this user; case, blanks and dashes do not matter."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return blind_index("accounts.recovery_code", f"{user_id}:{plain}")


def _in_groups(text: str) -> str:
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))
