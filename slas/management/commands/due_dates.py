"""Questions about business time from a file or a pipe, answered line by line."""

import os
import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter

from slas.calendar import CalendarFault
from slas.due_dates import UNITS, Shelf, answer_all, read_shelf

EXAMPLES = f"""\
one JSON object a line:
  id     given back with the answer
  cal    a name in --calendars or of a file in slas/calendars, or a calendar itself:
         {{"tz": "America/New_York", "weekly": {{"mon": [["09:00", "12:00"], ["13:00", "17:00"]]}},
          "holidays": ["2026-12-25"]}}; 24:00 is the end of the day, days that are not listed are closed
  op     add              start, amount, unit        -> instant
         due_with_pauses  the same, pauses [[from, to], …] -> instant
         diff             start, end                 -> opening seconds between them
         is_open          start                      -> true or false (the closing instant is not open)
         next_open        start                      -> instant
  unit   {", ".join(UNITS)}
         (seconds, minutes and hours are opening time; what ends at closing time ends there)
Instants carry Z or an offset. The answer is {{"id": …, "result": …}} or {{"id": …, "error": "what to change"}}.

examples:
  echo '{{"id": 1, "cal": "house", "op": "add", "start": "2026-07-02T14:00:00Z",
         "amount": 2, "unit": "business_days"}}' | tr -d '\\n' | manage.py due_dates --explain
  manage.py due_dates questions.jsonl --calendars calendars.json > answers.jsonl

exit status: 0 all answered, 1 some lines refused, 2 nothing could be read
"""


class _Help(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Leaves the examples as they are written."""


class Command(BaseCommand):
    """Answer JSON lines."""

    help = "Reckon due dates and opening hours: JSON lines in, JSON lines out, in order. Needs no database."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, epilog=EXAMPLES, formatter_class=_Help, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="JSON lines; - or nothing reads standard input")
        parser.add_argument("--calendars", type=Path, metavar="FILE", help="a JSON file of calendars by name")
        parser.add_argument("--explain", action="store_true", help="add a trace that adds up to each due date")

    def handle(self, *_args: Any, file: str, calendars: Path | None, explain: bool, **_options: Any) -> None:
        try:
            shelf = read_shelf(calendars) if calendars else Shelf()
            stream = os.fdopen(0, "rb", closefd=False) if file == "-" else Path(file).open("rb")  # noqa: SIM115 -- closed below
        except (CalendarFault, OSError) as error:
            raise CommandError(str(error), returncode=2) from None
        refused = 0
        with stream:
            try:
                for answers, count in answer_all(stream, shelf, explain=explain):
                    self.stdout.write(answers, ending="")
                    self.stdout.flush()
                    refused += count
            except BrokenPipeError:  # the reader has seen enough, as `head` does
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if refused:
            sys.exit(1)
