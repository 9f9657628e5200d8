"""Compares the store of files with the rows at once, and deletes what has no row once somebody has looked."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from complaints.files.sweep import SAFE_AGE, Swept, sweep
from members.audit.health import seal_health
from slas.queries import database_now

WITHHELD, AWAY = 1, 2
EXAMPLES = f"""
examples:
  manage.py sweep_files                 what the worker does each hour
  manage.py sweep_files --however-many  delete what has no row, however many objects that are

The second is for somebody who has made sure that DATABASE_URL names the store's own database, and that this is not an
earlier state of it. What is younger than {SAFE_AGE.days} days stays in any case.

exit status: 0 done, 1 nothing was deleted for there are too many without a row, 2 the store cannot be reached.
"""


class Command(BaseCommand):
    help = "Compare the store of files with the rows, and delete old objects that have none."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        kwargs |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--however-many", action="store_true", help="delete also where the worker does not dare to")

    def handle(self, *, however_many: bool, **_options: Any) -> None:
        now = database_now()
        try:
            behind = seal_health(now, settings.AUDIT_ANCHORS).is_cut
            self._tell(sweep(at=now, is_behind=behind, however_many=however_many))
        except OSError as error:
            raise CommandError(f"The store of files cannot be used: {error}", returncode=AWAY) from error

    def _tell(self, swept: Swept) -> None:
        self.stdout.write(f"{swept.deleted:,} objects without a row deleted, {swept.without_row:,} still there.")
        self.stdout.write(f"{swept.missing:,} files are not in the store.")
        if swept.is_withheld:
            words = "Too many have no row, or the audit trail's anchor knows more than this database. See --help."
            raise CommandError(words, returncode=WITHHELD)
