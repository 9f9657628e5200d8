"""Makes the search index, or checks it."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from datetime import datetime
from shutil import get_terminal_size
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from tqdm import tqdm

from complaints.search import upkeep
from complaints.search.models import IndexedText
from slas.queries import database_now

WRONG, INTERRUPTED = 1, 130
EXAMPLES = """
examples:
  manage.py index_words           fill what the index lacks; stop it and run it again as you like
  manage.py index_words --all     make all of it anew, for instance after the key of indexes was changed
  manage.py index_words --check   open every text and compare; changes nothing

A task does the first every night by itself. Every text that is opened is on record in the audit trail.

exit status: 0 the index is whole, 1 --check found faults, 130 stopped.
"""


class Command(BaseCommand):
    help = "Make, complete or check the index by which sealed words are found."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        kwargs |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--all", action="store_true", help="make all of it anew")
        which.add_argument("--check", action="store_true", help="compare the index with the texts; change nothing")

    def handle(self, *, check: bool, **options: Any) -> None:
        try:
            if check:
                self._check(database_now())
            else:
                self._make(database_now(), anew=options["all"])
        except KeyboardInterrupt:
            self.stderr.write("Stopped. Run it again to continue.", str)
            sys.exit(INTERRUPTED)

    def _make(self, at: datetime, *, anew: bool) -> None:
        if anew:
            upkeep.start_anew()
        added = upkeep.add_missing()
        done = 0
        with _bar(upkeep.unfinished().count()) as bar:
            for number in upkeep.fill(at=at):
                done += number
                bar.update(number)
        members = upkeep.fill_members(at=at)
        dropped = upkeep.drop_common(at=at)
        self.stdout.write(
            f"{done:,} texts indexed, {added:,} of them new to the index; {members:,} members; "
            f"{dropped:,} words dropped because they have become common."
        )
        if not settings.KEYWORD_SEARCH:
            self.stdout.write("REDRESS_KEYWORD_SEARCH is off: no words are kept, only contacts and numbers.")

    def _check(self, at: datetime) -> None:
        with _bar(IndexedText.objects.unscoped("progress").count()) as bar:
            for number, found in upkeep.check(at=at):
                bar.update(number)
                faults = found
        self.stdout.write(
            f"{faults.missing:,} texts without a row, {faults.unfinished:,} rows not done, {faults.wrong:,} wrong, "
            f"{faults.of_nothing:,} of no text."
        )
        if faults:
            self.stdout.write("Run index_words to mend what is missing or not done, index_words --all for the rest.")
            sys.exit(WRONG)


def _bar(total: int) -> tqdm:
    """Return a bar on a terminal only."""
    size = get_terminal_size()
    return tqdm(total=total, unit=" texts", disable=not sys.stderr.isatty(), ncols=size.columns, nrows=size.lines)
