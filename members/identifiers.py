"""Primary keys are made by the application, so that a sealed value can be bound to its row before the row exists."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a UUIDv7: unique without asking the database, and ordered by time, which keeps index pages dense."""
    return uuid7()
