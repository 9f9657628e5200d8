"""Replay historical complaints."""

import gc
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from shutil import get_terminal_size
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from tqdm import tqdm

from complaints.history.import_history import BATCH, HistoryImport
from complaints.history.lines import FileUnreadable, batches, count_lines, numbered_lines, unpacked
from complaints.history.sources import read_source, source_names

SOME_REFUSED, UNUSABLE, INTERRUPTED = 1, 2, 130

EXAMPLES = """
examples:
  manage.py import_complaints --source connecticut complaints.jsonl.gz
  manage.py import_complaints --source connecticut complaints.jsonl
  zcat complaints.jsonl.gz | manage.py import_complaints --source connecticut -

Each line is one complaint as a JSON object. Every complaint goes through the same operations as a live one, at the
dates the source tells of, and nothing is sent. What is here already is left alone: run it again after it was stopped,
in whatever way, and it continues. A line that cannot be imported is reported with its number and the rest goes on.

exit status: 0 all lines are imported or were here, 1 some lines were refused, 2 the file or the arguments are unusable
or the database went away.
"""


class Command(BaseCommand):
    help = "Import historical complaints from a file of one JSON object a line."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        kwargs |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="plain or packed with gzip; - reads standard input")
        parser.add_argument("--source", required=True, choices=source_names(), help="whose labels the file uses")
        parser.add_argument("--quiet", action="store_true", help="no progress bar; refused lines are still reported")

    def handle(self, *, file: str, source: str, quiet: bool, **_: Any) -> None:
        origin = read_source(source)
        today = timezone.localdate(timezone=origin.zone)
        with _opened(file) as raw, tqdm(**_bar(raw, quiet=quiet)) as bar, _rarely_collecting():
            run = HistoryImport(origin, today=today, refuse=self._report_refusal)
            status = SOME_REFUSED
            try:
                for lines in batches(numbered_lines(unpacked(raw)), BATCH):
                    run.take(lines)
                    bar.update(len(lines))
                status = SOME_REFUSED if run.refused else 0
            except FileUnreadable as error:
                status = self._stop(f"{file}: {error}")
            except (InterfaceError, OperationalError) as error:
                status = self._stop(f"The database went away ({type(error).__name__}). Run it again to continue.")
            except KeyboardInterrupt:
                status = self._stop("Stopped. Run it again to continue.", INTERRUPTED)
        self._summarise(run)
        if not status and not (run.imported or run.present):
            status = self._stop(f"{file}: there is no complaint in it.")
        if status:
            sys.exit(status)

    def _stop(self, why: str, status: int = UNUSABLE) -> int:
        self.stderr.write(why)
        return status

    def _say(self, text: str) -> None:
        """Write to standard error, but not in the colour of errors."""
        self.stderr.write(text, str)

    def _report_refusal(self, number: int, reason: str) -> None:
        tqdm.write(f"line {number} refused: {reason}", file=sys.stderr)

    def _summarise(self, run: HistoryImport) -> None:
        labels = run.unknown.total()
        self._say(
            f"{run.imported:,} imported, {run.present:,} already there, {run.refused:,} refused, "
            f"{labels:,} unknown labels."
        )
        for (kind, label), count in sorted(run.unknown.items(), key=lambda item: (-item[1], item[0])):
            self._say(f"  unknown {kind}: {label!r} ({count:,})")
        if labels:
            self._say(f"  They are kept as they are. Add them to {run.source.file} to give them a meaning.")


@contextmanager
def _rarely_collecting() -> Iterator[None]:
    """Look for cyclic garbage rarely: the rows of a batch are many and none is garbage yet. Saves a seventh."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, *usual[1:])
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)


def _opened(file: str) -> BufferedReader:
    if file == "-":
        return sys.stdin.buffer
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise CommandError(f"{file} cannot be opened: {error.strerror}.", returncode=UNUSABLE) from error


def _bar(raw: BufferedReader, *, quiet: bool) -> dict[str, Any]:
    """Return a bar on a terminal only. A file is counted first, to tell the time left; a pipe can be read but once."""
    shown = sys.stderr.isatty() and not quiet
    total = None
    if shown and raw.seekable():
        total = count_lines(unpacked(raw))
        raw.seek(0)
    size = get_terminal_size()  # with a fallback, which tqdm lacks: a terminal of unknown size would show no bar at all
    shape = {"ncols": size.columns, "nrows": size.lines}
    return {"total": total, "unit": " complaints", "smoothing": 0.1, "disable": not shown, **shape}
