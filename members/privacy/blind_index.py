"""Exact look-up of values that are stored sealed."""

import unicodedata
from uuid import UUID

from members.privacy.keyring import keyring


def blind_index(column: str, value: str) -> bytes:
    """Return the 16-byte index of a value: equal for values that differ only in case, width or outer white space.

    `column` is "app.model.field"; each column has a key of its own, so that indexes cannot be joined.
    """
    return keyring().index(column, unicodedata.normalize("NFKC", value).strip().casefold())


def blind_token(column: str, form: str) -> UUID:
    """Return the same 16 bytes for a value in its one form, as the type that PostgreSQL keeps most tightly."""
    return UUID(bytes=keyring().index(column, form))
