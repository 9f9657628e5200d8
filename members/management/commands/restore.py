"""Puts a backup back."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from pathlib import Path
from shutil import get_terminal_size
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from tqdm import tqdm

from members.backup.refusals import BackupBroken, BackupRefused
from members.backup.restoring import Restored, restore_backup
from members.privacy.ring import KeyringUnusable

WRONG, UNUSABLE, INTERRUPTED = 1, 2, 130
AGAIN = "Run it again with --replace before anything is started."
EXAMPLES = """
examples:
  manage.py restore /mnt/backups/redress-20261122T031500Z.backup
  manage.py restore FILE --continue-anchor   the house of that anchor is lost, and this one takes its place
  manage.py restore FILE --replace           empties database and file store first, for good

In this order: stop web server, workers and beat; put the keyring back from its own backup; restore; run
docs/database_roles.sql again if the application has a role of its own (this command needs the owner's DATABASE_URL);
start everything. The whole file, its keys and its release are checked before anything is written. All sessions end.
E-mail that was waiting is held back, for it may have gone out since: the page of deadlines lists it, to be sent again.
With --continue-anchor the audit trail's anchor goes on in the same file, which only grows; one that tells of another
chain than the backup's is refused. A trial beside a living house needs another REDRESS_AUDIT_ANCHOR. What was erased
since the backup is erased again, by the ledger that REDRESS_ERASURE_LEDGER names; without it nothing is restored.

exit status: 0 everything is back and the audit trail is intact, 1 the backup is broken, or the trail is not intact, or
something that was erased is back, and each is named, 2 refused, and nothing was changed unless the last line says so,
130 stopped.
"""


class Command(BaseCommand):
    help = "Put a backup back into an empty database and file store."
    requires_system_checks = ()

    def create_parser(self, *args: Any, **options: Any) -> ArgumentParser:
        parser: ArgumentParser = super().create_parser(*args, **options)
        parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, EXAMPLES
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="FROM", help="the backup")
        parser.add_argument("--replace", action="store_true", help="delete what is in database and file store first")
        words = "the ledger of erasures is lost for good: what was erased since this backup comes back"
        parser.add_argument("--without-ledger", action="store_true", help=words)
        words = "the anchor is that of the house which is lost, and goes on; never for a trial beside a living one"
        parser.add_argument("--continue-anchor", action="store_true", help=words)
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(self, *_: Any, path: Path | str, as_json: bool, quiet: bool, **options: Any) -> None:
        path, size = Path(path), get_terminal_size()
        how = {name: options[name] for name in ("replace", "without_ledger", "continue_anchor")}
        if not path.is_file():
            raise CommandError(f"{path} is no file.", returncode=UNUSABLE)
        shape = {"disable": quiet or not sys.stderr.isatty(), "ncols": size.columns, "nrows": size.lines}
        try:
            with tqdm(total=2 * path.stat().st_size, unit="B", unit_scale=True, **shape) as bar:
                told = {"at": timezone.now(), "anchors": settings.AUDIT_ANCHORS, "progress": bar.update}
                result = restore_backup(path, **told, **how)
        except BackupBroken as broken:
            raise CommandError(str(broken), returncode=WRONG) from None
        except (BackupRefused, KeyringUnusable) as refused:
            raise CommandError(str(refused), returncode=UNUSABLE) from None
        except OSError as error:
            fault = str(error.strerror or error).removesuffix(".")
            words = f"{error.filename or path}: {fault}. {AGAIN}"
            raise CommandError(words, returncode=UNUSABLE) from None
        except DatabaseError as error:
            words = f"The database refuses ({type(error).__name__}: {str(error).splitlines()[0]}). {AGAIN}"
            raise CommandError(words, returncode=UNUSABLE) from None
        except KeyboardInterrupt:
            raise CommandError(f"Stopped. {AGAIN}", returncode=INTERRUPTED) from None
        self._tell(result, as_json=as_json)
        if result.findings or result.to_do:
            sys.exit(WRONG)

    def _tell(self, result: Restored, *, as_json: bool) -> None:
        opening, files = result.opening, result.parts["files"]["count"]
        if as_json:
            told = {
                "taken_at": opening.taken_at.isoformat(),
                "rows": result.rows,
                "files": files,
                **result.counts,
                "to_do": result.to_do,
                "to_know": result.to_know,
                "anchors_continued": [str(path) for path in result.continued],
                "findings": [finding.told() for finding in result.findings],
            }
            self.stdout.write(json.dumps(told))
            return
        back_at = f"{opening.taken_at:%Y-%m-%d %H:%M:%S} UTC"
        self.stdout.write(f"Back at {back_at}: {result.rows:,} rows, {files:,} files. All sessions ended.")
        counts = Counter(result.counts)
        self.stdout.write(
            f"{counts['erased_again']:,} complaints erased again, {counts['held_back']:,} e-mails held back."
        )
        for sentence in result.to_know + result.to_do:
            self.stdout.write(sentence)
        for path in result.continued:
            self.stdout.write(f"{path} knew more than the backup: it goes on below, and still tells how much is lost.")
        for finding in result.findings:
            self.stdout.write(finding.words)
