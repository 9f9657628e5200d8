"""Looks what is due to be erased, erases what two people have confirmed, and replays erasures after a restore."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from complaints.models import Complaint
from complaints.retention.disclosures import due_consents, due_disclosures
from complaints.retention.due import REASON, count_due, due
from complaints.retention.ledger import add_missing
from complaints.retention.replay import replay_erasures
from complaints.retention.rules import rules
from complaints.retention.work import erase_listed
from slas.queries import database_now

LEFT, INTERRUPTED = 1, 130
EXAMPLES = """
examples:
  manage.py retention --dry-run   what is due now, rule by rule, with references; changes nothing
  manage.py retention             erase what is on lists that two people have confirmed at /retention/
  manage.py retention --replay    after a restore: erase again what REDRESS_ERASURE_LEDGER says was erased
  manage.py retention --write-ledger   the ledger is lost: write what the database knows of it into the file

The worker does the second by itself every few minutes. All can be stopped and repeated at any time.

exit status: 0 done, 1 something on the ledger stays because it is held or not over, or a line is not ours, 2 the ledger
cannot be read or written, 130 stopped.
"""


class Command(BaseCommand):
    help = "Tell what is due to be erased, erase what was confirmed, or replay erasures after a restore."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        kwargs |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--dry-run", action="store_true", help="tell what is due; change nothing")
        which.add_argument("--replay", action="store_true", help="erase again what the ledger says was erased")
        which.add_argument("--write-ledger", action="store_true", help="add to the ledger what the database knows")

    def handle(self, *, dry_run: bool, replay: bool, write_ledger: bool, **_options: Any) -> None:
        at = database_now()
        try:
            if dry_run:
                self._tell(at)
            elif replay:
                self._replay(at)
            elif write_ledger:
                self.stdout.write(f"{add_missing():,} lines added to the ledger.")
            else:
                self._erase(at)
        except OSError as error:
            raise CommandError(f"The ledger of erasures cannot be used: {error}", returncode=2) from error
        except KeyboardInterrupt:
            self.stderr.write("Stopped. Run it again to continue.", str)
            sys.exit(INTERRUPTED)

    def _tell(self, at: datetime) -> None:
        for line in count_due(among=rules(), at=at):
            rule = line.rule
            to_confirm = " (to be confirmed by counsel)" if rule.is_to_confirm else ""
            self.stdout.write(f"{rule.code}: {line.number:,} due, {rule.years} years by {rule.clause}{to_confirm}")
            rows = due(rule, among=rules(), at=at).order_by("received_at", "pk")
            for reference in rows.values_list("reference", flat=True).iterator():
                self.stdout.write(f"  {reference}")
        by_themselves = due_disclosures(at).count() + due_consents(at).count()
        self.stdout.write(f"consents and disclosures: {by_themselves:,} due, which go by themselves within a day")
        self.stdout.write(f"{Complaint.objects.unscoped(REASON).count():,} complaints are kept. Nothing was changed.")

    def _erase(self, at: datetime) -> None:
        erased = left = 0
        while (done := erase_listed(at=at)).erased + done.left:
            erased, left = erased + done.erased, left + done.left
        self.stdout.write(f"{erased:,} complaints erased, {left:,} left alone.")

    def _replay(self, at: datetime) -> None:
        done = replay_erasures(at)
        self.stdout.write(f"{done.erased:,} complaints erased again, {done.noted:,} lines taken into the ledger.")
        for sentence in done.to_know + done.to_do():
            self.stdout.write(sentence)
        if done.left:
            self.stdout.write("Release what need not be held any more, then run this again.")
        if done.to_do():
            sys.exit(LEFT)
