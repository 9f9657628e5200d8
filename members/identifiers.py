"""Primary keys are made by the application, so that a sealed value can be bound to its row before the row exists."""

from hashlib import blake2b
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a UUIDv7: unique without asking the database, and ordered by time, which keeps index pages dense."""
    return uuid7()


def id_for(page: UUID, words: str) -> UUID:
    """Return the one id of what is sent from a page: the same words again, however often, have the same id.

    `page` is the UUIDv7 that was drawn when the page was made. Its time leads, so the id is a UUIDv7 too; other words
    from the same page, as after going back and changing them, have another id.
    """
    digest = blake2b(words.encode(), key=page.bytes, digest_size=7).digest()
    return UUID(bytes=page.bytes[:9] + digest)
