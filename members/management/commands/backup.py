"""Takes an encrypted backup of database, files and audit anchor, or checks one."""

import errno
import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from datetime import datetime
from pathlib import Path
from shutil import get_terminal_size
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from tqdm import tqdm

from members.actors import SYSTEM
from members.acts import act
from members.backup.checking import check_backup, faults_of_keys, unknown_migrations
from members.backup.refusals import BackupBroken, BackupRefused
from members.backup.snapshot import kept_columns, snapshot, table_size
from members.backup.taking import take_backup
from members.privacy.file_storage import StoredObject, sealed_files, stored_objects
from members.privacy.ring import KeyringUnusable

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
BROKEN, UNUSABLE, INTERRUPTED = 1, 2, 130
EXAMPLES = """
examples:
  manage.py backup /mnt/backups                     makes redress-20261122T031500Z.backup in that folder
  manage.py backup /mnt/backups/before-upgrade.backup
  manage.py backup --verify /mnt/backups/before-upgrade.backup
  manage.py backup --verify FILE --json             what it holds: moment, migrations, rows and digests of each table

Database, files and the anchor of the audit trail as of one moment, while everything runs on. The file is sealed under a
key of the ring and holds nothing in clear; THE RING IS NOT IN IT: back that up apart, for without it nothing opens.
Sessions are not in it either. Killed at any moment, it leaves no file that looks like a backup.

exit status: 0 done (--verify: the backup is whole and this ring opens it), 1 the backup is broken, 2 it cannot be
written or read here, and the last line says why, 130 stopped.
"""


class Command(BaseCommand):
    help = "Take an encrypted backup of database, files and audit anchor, or check one."
    requires_system_checks = ()

    def create_parser(self, *args: Any, **options: Any) -> ArgumentParser:
        parser: ArgumentParser = super().create_parser(*args, **options)
        parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, EXAMPLES
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("place", type=Path, metavar="TO", help="a folder, or the name of a file that is not there")
        parser.add_argument("--verify", action="store_true", help="check this backup instead, and change nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(self, *_: Any, place: Path | str, verify: bool, as_json: bool, quiet: bool, **__: Any) -> None:
        place = Path(place)
        try:
            (self._verify if verify else self._take)(place, as_json=as_json, shown=sys.stderr.isatty() and not quiet)
        except BackupBroken as broken:
            raise CommandError(str(broken), returncode=BROKEN) from None
        except (BackupRefused, KeyringUnusable) as refused:
            raise CommandError(str(refused), returncode=UNUSABLE) from None
        except OSError as error:
            raise CommandError(_of_disk(place, error), returncode=UNUSABLE) from None
        except DatabaseError as error:
            words = f"The database cannot be read ({type(error).__name__}). Nothing is left of this backup."
            raise CommandError(words, returncode=UNUSABLE) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped before the end.", returncode=INTERRUPTED) from None

    def _take(self, to: Path, *, as_json: bool, shown: bool) -> None:
        at = timezone.now()
        with act(actor=SYSTEM, at=at) as this:  # before the first byte: what is copied was told of, come what may
            this.record("backup.begun")
        with _bar(_expected() if shown else None, shown=shown) as bar:
            made = take_backup(to, at=at, anchors=settings.AUDIT_ANCHORS, progress=bar.update)
        size = made.stat().st_size
        with act(actor=SYSTEM, at=timezone.now()) as this:
            this.record("backup.taken", detail={"taken_at": at.isoformat(), "size": size})
        told = {"file": str(made), "taken_at": at.isoformat(), "size": size}
        words = f"{made}: {size / 1e6:,.1f} MB, as of {_moment(at)}."
        self.stdout.write(json.dumps(told) if as_json else words)

    def _verify(self, path: Path, *, as_json: bool, shown: bool) -> None:
        with _bar(path.stat().st_size, shown=shown) as bar:
            opening, parts, _ = check_backup(path, progress=bar.update)
        if as_json:
            self.stdout.write(json.dumps(opening.told() | {"parts": parts}, indent=1))
        else:
            rows = sum(part["count"] for name, part in parts.items() if name.startswith("table "))
            self.stdout.write(
                f"Whole, as of {_moment(opening.taken_at)}: {rows:,} rows in {len(opening.columns)} tables,"
                f" {parts['files']['count']:,} files, {parts['anchor']['count']:,} lines of the anchor."
            )
        if faults := faults_of_keys(opening):
            raise BackupRefused(" ".join(faults))
        if unknown := unknown_migrations(opening):
            raise BackupRefused(f"A newer release made it: {unknown[-1]} is not known here.")


def _expected() -> int:
    """Return about how many bytes there will be."""
    with snapshot() as cursor:
        rows = table_size(cursor, list(kept_columns(cursor)))
    return rows + sum(map(_size, stored_objects()))


def _size(stored: StoredObject) -> int:
    try:
        return int(sealed_files().size(stored.name))
    except FileNotFoundError:
        return 0  # it was deleted meanwhile


def _bar(total: int | None, *, shown: bool) -> tqdm:
    size = get_terminal_size()  # with a fallback: a terminal of unknown size would show no bar at all
    return tqdm(total=total, unit="B", unit_scale=True, disable=not shown, ncols=size.columns, nrows=size.lines)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _of_disk(place: Path, error: OSError) -> str:
    if error.errno in NO_ROOM:
        return f"There is no room for {place}. Nothing is left of this backup; free some space or name another place."
    return f"{error.filename or place}: {error.strerror or error}."
