"""Taking open clocks over to a corrected calendar."""

import csv
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from tqdm import tqdm

from members.actors import SYSTEM
from slas.models import CalendarVersion
from slas.operations.rebase_clocks import Fate, Outcome, foresee_rebase, rebase_clocks
from slas.queries import database_now
from slas.queries.outdated_pins import OutdatedPins
from slas.trace import utc_text

SOME_REFUSED, UNUSABLE, INTERRUPTED = 1, 2, 130
LONGEST_REASON = 80

EXAMPLES = """
examples:
  manage.py rebase_clocks --calendar us-ct --dry-run --csv -
  manage.py rebase_clocks --calendar us-ct --csv moved.csv
  manage.py rebase_clocks --calendar house --to 3 --reason "Bridge day of 24 December"

Open clocks that count by an older version of the calendar go over to the newest one, or to the one of --to: all their
events are replayed by it, and warnings that are still to come are set anew. A clock that is overdue keeps its date, one
whose events could not have happened by the new calendar is refused; both are in the list. Ended clocks keep their
verdicts. It can run beside the workers and while people work. Run it again after it was stopped, in whatever way, and
it continues.

exit status: 0 every open clock went over or is overdue, 1 some were refused, 2 there is no such version, the list
cannot be written or the database went away.
"""


class Command(BaseCommand):
    """Rebase."""

    help = "Take open clocks over to a corrected version of their calendar."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        kwargs |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--calendar", required=True, metavar="NAME", help="the calendar, such as us-ct")
        parser.add_argument("--to", type=int, metavar="VERSION", help="the version to count by (default: the newest)")
        parser.add_argument("--reason", default="", help="why, in at most 80 characters; kept with each clock's events")
        parser.add_argument("--dry-run", action="store_true", help="tell what would become of each clock, change none")
        parser.add_argument("--csv", dest="file", metavar="FILE", help="list every clock; - writes to standard output")
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(
        self, *, calendar: str, to: int | None, reason: str, dry_run: bool, file: str | None, quiet: bool, **_: Any
    ) -> None:
        version, now = _version(calendar, to), database_now()
        pins = OutdatedPins(version)
        chunks = (
            foresee_rebase(at=now, calendar=version)
            if dry_run
            else rebase_clocks(actor=SYSTEM, at=now, calendar=version, reason=_reason(reason))
        )
        fates: Counter[Fate] = Counter()
        bar = tqdm(total=pins.open_count(), unit=" clocks", disable=quiet or not sys.stderr.isatty())
        try:
            with _listing(file) as listed, bar:
                for outcomes in chunks:
                    listed(outcomes)
                    fates.update(outcome.fate for outcome in outcomes)
                    bar.update(len(outcomes))
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}", returncode=UNUSABLE) from None
        except (InterfaceError, OperationalError) as error:
            self._stop(f"The database went away ({type(error).__name__}). Run it again to continue.", UNUSABLE)
        except KeyboardInterrupt:
            self._stop("Stopped. Run it again to continue.", INTERRUPTED)
        self._summarise(version, fates, pins.ended_count(), dry_run=dry_run)
        if fates[Fate.REFUSED]:
            sys.exit(SOME_REFUSED)

    def _stop(self, why: str, status: int) -> None:
        self.stderr.write(why)
        sys.exit(status)

    def _summarise(self, version: CalendarVersion, fates: Counter[Fate], ended: int, *, dry_run: bool) -> None:
        self.stderr.write(
            f"{version}: {fates[Fate.REBASED]:,} open clocks {'would go' if dry_run else 'went'} over, "
            f"{fates[Fate.OVERDUE]:,} are overdue and keep their dates, {fates[Fate.REFUSED]:,} refused, "
            f"{ended:,} have ended and keep their verdicts.",
            str,
        )


def _version(calendar: str, number: int | None) -> CalendarVersion:
    versions = CalendarVersion.objects.filter(calendar=calendar).order_by("-version")
    found = versions.first() if number is None else versions.filter(version=number).first()
    if found is not None:
        return found
    if known := ", ".join(str(version.version) for version in versions):
        sentence = f"calendar {calendar!r} has no version {number}; it has {known}"
    else:
        names = ", ".join(sorted(set(CalendarVersion.objects.values_list("calendar", flat=True))))
        sentence = f"there is no calendar {calendar!r}; there are {names}"
    raise CommandError(sentence, returncode=UNUSABLE)


def _reason(text: str) -> str:
    if len(text) > LONGEST_REASON:
        raise CommandError(f"the reason has {len(text)} characters; {LONGEST_REASON} are the most", returncode=UNUSABLE)
    return text


@contextmanager
def _listing(file: str | None) -> Iterator[Callable[[list[Outcome]], None]]:
    """Give what writes outcomes as lines of a file, of standard output, or nowhere."""
    if file is None:
        yield lambda _: None
        return
    with nullcontext(sys.stdout) if file == "-" else Path(file).open("w", newline="", encoding="utf-8") as stream:
        lines = csv.writer(stream, lineterminator="\n")
        lines.writerow(Outcome._fields)
        yield lambda outcomes: lines.writerows(map(_line, outcomes))


def _line(outcome: Outcome) -> Sequence[object]:
    dates = {"was_due_at": utc_text(outcome.was_due_at), "due_at": outcome.due_at and utc_text(outcome.due_at)}
    return outcome._replace(**dates)
