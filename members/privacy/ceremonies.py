"""The steps of a rotation that change the ring: add, promote, destroy, wrap. Each can be killed and repeated.

The audit event and the record of the key come before the file: what is killed in between has told of a step that the
next run takes, and has not taken one in silence.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import ProgrammingError, connection, transaction
from django.db.models import Max

from members.actors import Actor
from members.audit.models import Event
from members.privacy.key_records import record_promotion
from members.privacy.keyring import LOOK_EVERY, keyring_of
from members.privacy.keyring_sources import unwrap_with_kms
from members.privacy.models import SealingKey
from members.privacy.ring import Ring
from members.privacy.ring_file import held_ring
from members.privacy.sealed_tables import count_by_key, sealed_tables

FOLLOWED_AFTER = timedelta(seconds=LOOK_EVERY + 2)
"""From then on no running process seals under the key that was primary before."""
PATIENCE = 120.0  # s that a transaction may be older than the promotion before `destroy_key` gives up
PAUSE = 0.2  # s
QUIET = """SELECT clock_timestamp() > %s AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE xact_start < %s
AND datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid())"""

HIDDEN = """SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
AND query = '<insufficient privilege>')"""


class StepRefused(Exception):
    """The step would lose something; `str()` is a sentence that says the cure."""


def add_key(*, actor: Actor, at: datetime) -> tuple[int, bool]:
    """Put a fresh key into the ring; return its number, and whether it is the first, with which the ring begins.

    Raises KeyringUnusable.
    """
    with held_ring() as file:
        if file.ring is None:
            _see_that_none_was_lost()
            file.put(Ring.new())
            return 1, True
        highest = SealingKey.objects.aggregate(highest=Max("number"))["highest"] or 0
        ring, number = file.ring.with_new_key(above=highest)
        _record(actor, at, "keys.added", number)
        file.put(ring)
        return number, False


def promote_key(*, actor: Actor, at: datetime, number: int) -> bool:
    """Seal under this key from now on; return False if that is so already. Raises KeyringUnusable, StepRefused."""
    with held_ring() as file:
        ring = _with(file.ring, number)
        if ring.primary == number:
            return False
        record_promotion(keyring_of(ring), number)
        _record(actor, at, "keys.promoted", number)
        file.put(replace(ring, primary=number))
        return True


def destroy_key(*, actor: Actor, at: datetime, number: int) -> bool:
    """Take a key out of the ring for good; return False if it is not in it, and nothing needs it.

    Raises KeyringUnusable, and StepRefused as long as anything is sealed under the key or might come to be.
    """
    with held_ring() as file:
        ring = _made(file.ring)
        if number == ring.primary:
            raise StepRefused(f"Key {number} is the primary key. Promote another first: manage.py keys promote NUMBER")
        if number == ring.index:
            raise StepRefused(
                f"Key {number} is also the one that blind indexes are made under, as in rings from before. Without it"
                " no address or number would be found any more; it has to stay."
            )
        _wait_for_older_transactions(ring)
        if under := list(_values_under(number)):
            cure = "Seal them anew first: manage.py keys reencrypt"
            if not _has(ring, number):
                cure = "The ring lacks that key; put it back from a backup of the ring"
            raise StepRefused(f"Values are still sealed under key {number}: {'; '.join(under)}. {cure}")
        with transaction.atomic():
            if SealingKey.objects.filter(number=number, destroyed_at=None).update(destroyed_at=at) or _has(
                ring, number
            ):
                _record(actor, at, "keys.destroyed", number)
        if not _has(ring, number):
            return False
        file.put(ring.without(number))
        return True


def wrap_keys(*, actor: Actor, at: datetime, envelope: bytes) -> bool:
    """Write the ring's keys wrapped by what the KMS unwraps from the envelope; return whether this made the ring.

    Raises KeyringUnusable.
    """
    unwrap_with_kms(envelope)  # or nothing could be read any more, and nothing is to be told of
    with held_ring() as file:
        if file.ring is None:
            _see_that_none_was_lost()
            file.put(replace(Ring.new(), envelope=envelope))
            return True
        _record(actor, at, "keys.wrapped", None)
        file.put(replace(file.ring, envelope=envelope))
        return False


def _see_that_none_was_lost() -> None:
    """Raise StepRefused if the database had a ring; before its first migration it had none."""
    with suppress(ProgrammingError), transaction.atomic():
        if SealingKey.objects.filter(destroyed_at=None).exists():
            raise StepRefused(
                "This database is sealed under a ring that is not here; a new one would open nothing of it. Put the"
                " ring back from its backup."
            )


def _made(ring: Ring | None) -> Ring:
    if ring is None:
        raise StepRefused("There is no ring yet. Make one with: manage.py keys add")
    return ring


def _with(ring: Ring | None, number: int) -> Ring:
    made = _made(ring)
    if not _has(made, number):
        known = ", ".join(map(str, sorted(made.keys)))
        raise StepRefused(f"The ring has no key {number}; it has {known}. Add one with: manage.py keys add")
    return made


def _has(ring: Ring, number: int) -> bool:
    return number in ring.keys


def _record(actor: Actor, at: datetime, action: str, number: int | None) -> None:
    detail = {} if number is None else {"key": number}
    Event.by(actor, at=at, action=action, object_type=SealingKey._meta.db_table, detail=detail).save(force_insert=True)


def _wait_for_older_transactions(ring: Ring) -> None:
    """Return when nobody can write any more what was sealed before the primary key became it. Raises StepRefused.

    A process follows a promotion within a second; what it sealed before then is in a transaction that began before.
    """
    with connection.cursor() as cursor:
        cursor.execute(HIDDEN)
        if cursor.fetchone()[0]:
            raise StepRefused(
                "Other database roles are at work here, and this one may not see since when. Run this with the"
                " DATABASE_URL of the web server, or as a role that was granted pg_read_all_stats."
            )
    known = SealingKey.objects.filter(number=ring.primary).first()
    if known is None:  # somebody promoted it by hand, and nobody knows when
        record_promotion(keyring_of(ring), ring.primary)
        known = SealingKey.objects.get(number=ring.primary)
    followed_at = (known.promoted_at or known.known_at) + FOLLOWED_AFTER
    give_up_at = time.monotonic() + PATIENCE
    while not _is_quiet_since(followed_at):
        if time.monotonic() > give_up_at:
            raise StepRefused(
                f"Transactions in the database are older than the promotion of key {ring.primary} and could still write"
                " what they sealed before. Wait for them or end them, and run this again."
            )
        time.sleep(PAUSE)


def _is_quiet_since(followed_at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(QUIET, [followed_at, followed_at])
        return bool(cursor.fetchone()[0])


def _values_under(number: int) -> Iterator[str]:
    """Yield how many values of which column are sealed under a key."""
    for table in sealed_tables():
        for column, counts in count_by_key(table).items():
            if counts[number]:
                yield f"{counts[number]:,} in {table.name}.{column}"
