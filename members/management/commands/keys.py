"""Looks after the keyring: the ceremony of a rotation, a step at a time."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from shutil import get_terminal_size
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from tqdm import tqdm

from members.actors import SYSTEM
from members.privacy import ceremonies
from members.privacy.checks import key_faults
from members.privacy.keyring import Keyring, keyring
from members.privacy.ring import KeyringUnusable
from members.privacy.rotation import Rotation, RowsLocked
from members.privacy.sealed_tables import UNREADABLE, count_by_key, sealed_tables

UNFINISHED, UNUSABLE, INTERRUPTED = 1, 2, 130
MOST_SHOWN = 10

EXAMPLES = """
examples, in the order of a rotation:
  manage.py keys status           which keys there are, and how many values are under each
  manage.py keys add              puts a fresh key into the ring; nothing is sealed under it yet
  manage.py keys promote 2        seals whatever is written from now on under key 2
  manage.py keys reencrypt        seals everything else anew under it
  manage.py keys destroy 1        takes key 1 out of the ring for good, once nothing is under it
  manage.py keys wrap FILE        lets a KMS hold the key to the ring; SECURITY.md tells how to make FILE

Back the ring up after add and before destroy, apart from the database. Web server and workers run on: each follows a
changed ring within a second. Every step can be stopped in whatever way and run again; one taken already says so.

exit status: 0 done (status: everything is under the primary key), 1 something is left to do and the last line says
what, 2 the ring cannot be used, a step is refused or the database went away.
"""


class Command(BaseCommand):
    help = "Look after the keyring: status, add, promote, reencrypt, destroy, wrap."
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        kwargs |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
        status = steps.add_parser("status", help="which keys there are, and how many values are under each")
        status.add_argument("--columns", action="store_true", help="by table and column, too")
        status.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")
        steps.add_parser("add", help="put a fresh key into the ring, or make the ring")
        for step, words in (("promote", "seal under this key from now on"), ("destroy", "take it out of the ring")):
            steps.add_parser(step, help=words).add_argument("number", type=int, metavar="NUMBER")
        reencrypt = steps.add_parser("reencrypt", help="seal everything anew under the primary key")
        reencrypt.add_argument("--quiet", action="store_true", help="no progress bar")
        wrap = steps.add_parser("wrap", help="wrap the ring's keys by an envelope that the KMS made")
        wrap.add_argument("file", type=Path, metavar="FILE", help="the envelope as the KMS gave it; - reads it")

    def handle(self, *, step: str, **options: Any) -> None:
        steps: dict[str, Callable[..., None]] = {
            "status": self._status,
            "add": self._add,
            "promote": self._promote,
            "reencrypt": self._reencrypt,
            "destroy": self._destroy,
            "wrap": self._wrap,
        }
        try:
            steps[step](**options)
        except (KeyringUnusable, ceremonies.StepRefused) as refused:
            raise CommandError(str(refused), returncode=UNUSABLE) from None
        except (InterfaceError, OperationalError) as error:
            self._stop(f"The database went away ({type(error).__name__}). Run it again to continue.", UNUSABLE)
        except KeyboardInterrupt:
            self._stop("Stopped. Run it again to continue.", INTERRUPTED)

    def _add(self, **_: Any) -> None:
        number, is_first = ceremonies.add_key(actor=SYSTEM, at=timezone.now())
        if is_first:
            self.stdout.write("The ring is made, with key 1. Back it up now, apart from the database.")
        else:
            self.stdout.write(f"Key {number} is in the ring. Back the ring up, then: manage.py keys promote {number}")

    def _promote(self, *, number: int, **_: Any) -> None:
        if ceremonies.promote_key(actor=SYSTEM, at=timezone.now(), number=number):
            self.stdout.write(f"Key {number} seals from now on. Next: manage.py keys reencrypt")
        else:
            self.stdout.write(f"Key {number} is the primary key already.")

    def _destroy(self, *, number: int, **_: Any) -> None:
        at = timezone.now()
        if ceremonies.destroy_key(actor=SYSTEM, at=at, number=number):
            self.stdout.write(
                f"Key {number} is out of the ring. Backups of the database from before {at:%Y-%m-%d %H:%M} UTC open"
                f" only with key {number}: keep it in one backup of the ring, apart, until the last of them is deleted."
                " Then destroy it there, too."
            )
        else:
            self.stdout.write(f"Key {number} is not in the ring, and nothing is sealed under it.")

    def _wrap(self, *, file: Path, **_: Any) -> None:
        try:
            envelope = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=UNUSABLE) from None
        if not envelope:
            raise CommandError(f"{file} is empty. It has to hold the envelope that the KMS made.", returncode=UNUSABLE)
        made = ceremonies.wrap_keys(actor=SYSTEM, at=timezone.now(), envelope=envelope)
        self.stdout.write(f"The ring is {'made and ' if made else ''}wrapped. Only the KMS can open it from now on.")

    def _reencrypt(self, *, quiet: bool, **_: Any) -> None:
        run = Rotation(actor=SYSTEM, at=timezone.now())
        shown = sys.stderr.isatty() and not quiet
        size = get_terminal_size()  # with a fallback: a terminal of unknown size would show no bar at all
        shape = {"disable": not shown, "ncols": size.columns, "nrows": size.lines}
        with tqdm(total=run.left() if shown else None, unit=" rows", **shape) as bar:
            try:
                for rows in run.run():
                    bar.update(rows)
            except RowsLocked:
                bar.close()
                self._tell(run)
                self._stop("Some rows are locked by somebody else. Run it again when they are done.", UNFINISHED)
        self._tell(run)
        if run.broken:
            self._name_broken(run)

    def _tell(self, run: Rotation) -> None:
        self.stderr.write(f"{run.rows:,} rows were sealed anew under key {keyring().primary}.", str)

    def _name_broken(self, run: Rotation) -> None:
        for value in sorted(run.broken, key=str)[:MOST_SHOWN]:
            self.stderr.write(f"  {value.table}.{value.column} of row {value.pk} does not open", str)
        self._stop(
            f"{len(run.broken):,} values do not open and stay as they are: each was altered, or its key is gone."
            " Restore them from a backup, then run this again.",
            UNFINISHED,
        )

    def _status(self, *, columns: bool, as_json: bool, **_: Any) -> None:
        ring, counts = keyring(), {table.name: count_by_key(table) for table in sealed_tables()}
        total = sum((count for table in counts.values() for count in table.values()), Counter[int]())
        faults = key_faults()
        if as_json:
            self._print_json(ring, counts, total, faults)
        else:
            self._print(ring, counts if columns else {}, total, faults)
        if faults or total.keys() - ring.numbers - {UNREADABLE}:
            sys.exit(UNUSABLE)
        if +total and set(+total) != {ring.primary}:
            sys.exit(UNFINISHED)

    def _print(
        self, ring: Keyring, counts: dict[str, dict[str, Counter[int]]], total: Counter[int], faults: list[str]
    ) -> None:
        for number in sorted(ring.numbers | total.keys()):
            self.stdout.write(f"{_name(ring, number):42} {total[number]:14,} values")
        for table, by_column in counts.items():
            for column, count in by_column.items():
                for number in sorted(count):
                    self.stdout.write(f"  {_name(ring, number):40} {count[number]:14,} in {table}.{column}")
        for fault in faults:
            self.stdout.write(fault)

    def _print_json(
        self, ring: Keyring, counts: dict[str, dict[str, Counter[int]]], total: Counter[int], faults: list[str]
    ) -> None:
        told = {
            "primary": ring.primary,
            "ring": sorted(ring.numbers),
            "values": {str(number): total[number] for number in sorted(ring.numbers | total.keys())},
            "columns": {
                f"{t}.{c}": count for t, by_column in counts.items() for c, count in by_column.items() if count
            },
            "faults": faults,
        }
        self.stdout.write(json.dumps(told, indent=1))

    def _stop(self, why: str, status: int) -> None:
        self.stderr.write(why)
        sys.exit(status)


def _name(ring: Keyring, number: int) -> str:
    if number == UNREADABLE:
        return "in no sealed format"
    words = [f"key {number}"]
    if number == ring.primary:
        words.append("primary")
    if number == ring.index_number:
        words.append("makes blind indexes")
    if number not in ring.numbers:
        words.append("NOT IN THE RING")
    return ", ".join(words)
