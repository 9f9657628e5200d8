"""Proves that the audit trail is as it was written, or names what was altered."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from shutil import get_terminal_size
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, ProgrammingError
from tqdm import tqdm

from members.audit.anchor import SYSLOG
from members.audit.anchored_lines import AnchorFile
from members.audit.continuation import Continuation
from members.audit.findings import Finding
from members.audit.verification import Verification, sealed_events
from members.privacy.signing import audit_key

ALTERED, UNUSABLE, INTERRUPTED = 1, 2, 130
EXAMPLES = """
examples:
  manage.py verify_audit
  manage.py verify_audit --anchor /mnt/log-server/redress/audit.anchor
  manage.py verify_audit --json > audit.json

Every event is held against its seal, every batch against its signed root, every checkpoint against the one before it,
against the keyring and against the anchor: the file of --anchor, or the one of REDRESS_AUDIT_ANCHOR. Use a copy that
was kept on another machine. Without an anchor nobody can tell whether the newest batches were cut off. It changes
nothing, can be stopped at any time and can run beside everything else.

exit status: 0 everything is as it was written, 1 something was altered (each thing is named), 2 the anchor cannot be
read or the database went away, 130 stopped.
"""


class Command(BaseCommand):
    help = "Verify the sealed audit trail, and name what was altered."

    def create_parser(self, *args: Any, **options: Any) -> ArgumentParser:
        parser: ArgumentParser = super().create_parser(*args, **options)
        parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, EXAMPLES
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchor", type=Path, metavar="FILE", help="the anchor, or a copy of it")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(self, *_: Any, anchor: Path | None, quiet: bool, **options: Any) -> None:
        file = self._anchor(anchor)
        shown = sys.stderr.isatty() and not quiet
        try:
            # With a fallback for the terminal's size: one of unknown size would show no bar at all.
            size = get_terminal_size()
            with tqdm(
                total=sealed_events(), unit=" events", disable=not shown, ncols=size.columns, nrows=size.lines
            ) as bar:
                verification = Verification(known_key=audit_key, anchor=file, progress=bar.update)
                findings = list(verification.findings())
        except KeyboardInterrupt:
            raise CommandError("Stopped before the end: nothing is proven.", returncode=INTERRUPTED) from None
        except (InterfaceError, OperationalError, ProgrammingError) as error:
            raise CommandError(f"The database cannot be read: {error}", returncode=UNUSABLE) from None
        except OSError as error:
            raise CommandError(f"The anchor cannot be read: {error}", returncode=UNUSABLE) from None
        self._tell(verification, findings, as_json=options["json"])
        if findings:
            sys.exit(ALTERED)

    def _anchor(self, given: Path | None) -> AnchorFile | None:
        """Open the anchor. One that was named has to be there; the sealer's own may be on another machine."""
        files = [Path(place) for place in settings.AUDIT_ANCHORS if not place.startswith(SYSLOG)]
        path = given or next((file for file in files if file.exists()), None)
        if path is None:
            self.stderr.write("No anchor is here: nobody can tell whether the end of the chain was cut off.", str)
            return None
        try:
            return AnchorFile(path)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=UNUSABLE) from None

    def _tell(self, verification: Verification, findings: list[Finding], *, as_json: bool) -> None:
        if as_json:
            told = {
                "intact": not findings,
                "events": verification.events,
                "checkpoints": verification.checkpoints,
                "anchored": verification.anchor is not None,
                "restored": [said.told() for said in _restores(verification)],
                "findings": [finding.told() for finding in findings],
            }
            self.stdout.write(json.dumps(told, indent=1))
            return
        for finding in findings:
            self.stdout.write(finding.words)
        for said in _restores(verification):
            self.stdout.write(
                f"A backup was restored at {said.restored_at:%Y-%m-%d %H:%M:%S} UTC: the chain went on from checkpoint"
                f" {said.back_to}, and checkpoints {said.back_to + 1} to {said.lost} of before are lost."
            )
        under = "one checkpoint" if verification.checkpoints == 1 else f"{verification.checkpoints:,} checkpoints"
        looked_at = f"{verification.events:,} events under {under}"
        wrong = f"{len(findings)} things are wrong" if len(findings) > 1 else "one thing is wrong"
        self.stdout.write(f"{looked_at}: {wrong if findings else 'all as they were written'}.")


def _restores(verification: Verification) -> list[Continuation]:
    return list(verification.anchor.continued.values()) if verification.anchor else []
