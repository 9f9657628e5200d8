"""References that cannot be guessed, can be read out on the phone, and notice when they are mistyped."""

import secrets
from datetime import datetime

ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXYZ"
"""29 signs: a prime number of them makes the check character find every single slip and every swap of two neighbours;
leaving out the vowels makes no words, and leaves no 0, O, 1 or I to confuse."""
BODY_LENGTH = 7


def new_reference(at: datetime, prefix: str = "C") -> str:
    """Return a reference such as C-26-7KQ4-M2XD; its last sign is the check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(BODY_LENGTH))
    return _format(prefix, f"{at:%y}", body + _check_character(f"{at:%y}", body))


def read_reference(typed: str) -> str | None:
    """Return a typed reference in its one written form, or None when it cannot be right.

    Case, spaces and dashes do not matter.
    """
    signs = "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())
    prefix, year, code = signs[:1], signs[1:3], signs[3:]
    if prefix != "C" or not year.isdigit() or len(code) != BODY_LENGTH + 1 or not set(code) <= set(ALPHABET):
        return None
    return _format(prefix, year, code) if _check_character(year, code[:-1]) == code[-1] else None


def _check_character(year: str, body: str) -> str:
    total = int(year) + sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(body, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def _format(prefix: str, year: str, code: str) -> str:
    return f"{prefix}-{year}-{code[:4]}-{code[4:]}"
