"""Whether the ring holds every key that the database is sealed under; looked at before anything starts."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, OperationalError, ProgrammingError

from members.house_lock import RestoreUnderWay
from members.privacy.keyring import Keyring, keyring
from members.privacy.models import INDEX_KEY, SealingKey
from members.privacy.ring import KeyringUnusable
from members.privacy.sealed_tables import columns_under

NAMED = 3  # columns that a sentence names


def key_faults() -> list[str]:
    """Return a sentence, with its cure, for each key that the ring lacks and for each that is not the one of old.

    One row a key is read, however large the database is. Only for a key that is lacking the tables are searched, to
    name them: a key that nothing is sealed under is lacked by nobody. Raises KeyringUnusable, DatabaseError.
    """
    ring = keyring()
    return [fault for known in _known_keys() if (fault := _fault(ring, known))]


def check_keys(*, databases: Any = None, **_: Any) -> Iterator[CheckMessage]:
    """Check as Django's system checks do: with `check --database default`, and before each `migrate`."""
    if databases:
        try:
            yield from (Error(fault, id="privacy.E001") for fault in key_faults())
        except KeyringUnusable as fault:
            yield Error(str(fault), id="privacy.E002")
        except OperationalError:
            return  # whoever needs the database says so better


def _known_keys() -> list[SealingKey]:
    try:
        return list(SealingKey.objects.filter(destroyed_at=None).order_by("number"))
    except ProgrammingError:  # before the first migration
        return []


def _fault(ring: Keyring, known: SealingKey) -> str | None:
    if known.number == INDEX_KEY:
        if known.check_value in (None, ring.check_value(None)):
            return None
        return (
            "The ring's key of blind indexes is not the one that this database was made with: no account, address or"
            " number would be found. Put the ring of this database back from its backup."
        )
    if known.number in ring.numbers:
        if known.check_value in (None, ring.check_value(known.number)):
            return None
        return (
            f"Key {known.number} of the ring is not the key {known.number} that this database was sealed with."
            " Put the ring of this database back from its backup."
        )
    if not (columns := list(islice(columns_under(known.number), NAMED))):
        return None
    return (
        f"Key {known.number} is not in the ring, and values are sealed under it, for instance in {', '.join(columns)}."
        f" Put key {known.number} back from a backup of the ring; without it they cannot be read by anybody."
    )


def start_faults() -> list[str]:
    """Return what has to stop a process that is starting; nothing while the database is away, as it may come back."""
    try:
        return key_faults()
    except (KeyringUnusable, RestoreUnderWay) as fault:
        return [str(fault)]
    except DatabaseError:
        return []
