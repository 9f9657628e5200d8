"""Replay past clocks under a draft, or prove that what is in force reproduces every one of them."""

import csv
import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import get_terminal_size
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from complaints.quality.what_if import COLUMNS, rows_of
from members.actors import SYSTEM
from slas.calendar import CalendarFault
from slas.models import DraftKind
from slas.operations.replay_drafts import selection_of
from slas.policy import PackFault, Policy
from slas.queries import database_now
from slas.queries.proposals import Proposal, drafted_by, failing_examples, newest_calendar, read_proposal
from slas.queries.replays import Selection, count_clocks, replayed
from slas.replay import Drafted, PastClock, Replayed
from slas.replay_figures import Figures, ReplayLine, obligation_name

DIFFERENT, UNUSABLE = 1, 2
MOST_SHOWN = 10

EXAMPLES = """
examples:
  manage.py replay_policy
      proves that what is in force reproduces every due date and verdict
  manage.py replay_policy --pack draft.toml
      what would have become of the clocks of the obligations that draft.toml changes
  manage.py replay_policy --pack draft.toml --since 2023-01-01 --until 2023-12-31 --csv late.csv
  manage.py replay_policy --calendar house-2027.toml --obligation resolve --track standard --json

A draft is a whole pack or calendar, as in slas/policy_packs and slas/calendars, with something changed. What it changes
is taken to have been in force when each clock started; the clock's own pauses, extensions and end happen as they did.
What the draft does not allow is left out, counted, and said. Nothing is written to the database.

exit status: 0 done (without a draft: everything is reproduced), 1 some clocks are not reproduced, 2 a file or an
argument is unusable.
"""


class Command(BaseCommand):
    help = "Replay past clocks under a draft of a policy pack or calendars; without one, prove what is in force."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        kwargs |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pack", type=Path, metavar="FILE", help="a draft of a policy pack")
        parser.add_argument(
            "--calendar",
            type=Path,
            metavar="FILE",
            action="append",
            default=[],
            help="a draft of a calendar; repeatable",
        )
        parser.add_argument("--since", type=_day, metavar="DATE", help="clocks that started on this day or later")
        parser.add_argument("--until", type=_day, metavar="DATE", help="clocks that started on this day or earlier")
        parser.add_argument("--of-pack", default="", metavar="PACK", help="only clocks of this pack, e.g. house")
        parser.add_argument("--obligation", default="", help="only clocks of this obligation, e.g. resolve")
        parser.add_argument("--track", default=None, help="only clocks of this track, e.g. standard")
        parser.add_argument("--csv", type=Path, metavar="FILE", help="write the list: late then, by the draft, or both")
        parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(
        self,
        *,
        pack: Path | None,
        calendar: list[Path],
        since: date | None,
        until: date | None,
        **options: Any,
    ) -> None:
        proposals = self._proposals(pack, calendar)
        drafted = drafted_by(proposals)
        narrower = {"pack": options["of_pack"], "obligation": options["obligation"], "track": options["track"]}
        run = Run(selection_of(since, until, **narrower), drafted, at=database_now())
        with _list_to(options["csv"]) as keep:
            keep(rows_of(actor=SYSTEM, lines=run.lines(quiet=options["quiet"])))
        told = run.figures.told()
        self.stdout.write(json.dumps(told, indent=1) if options["json"] else "\n".join(in_words(told)))
        if not (drafted.policies or drafted.calendars):
            self._prove(run)

    def _proposals(self, pack: Path | None, calendars: list[Path]) -> list[Proposal]:
        """Return what the files propose, and say what of it could not be published yet."""
        house = ZoneInfo(settings.HOUSE_TIME_ZONE)
        tomorrow = database_now().astimezone(house).date() + timedelta(days=1)
        files = [(DraftKind.PACK, pack)] if pack else []
        files += [(DraftKind.CALENDAR, path) for path in calendars]
        proposals = [self._proposal(kind, path, tomorrow) for kind, path in files]
        new = {proposal.name for proposal in proposals if proposal.calendar}
        for proposal in proposals:
            if proposal.says_nothing_new:
                self.stderr.write(f"{proposal.where}: nothing in it differs from what is published.", str)
            for sentence in failing_examples(proposal):
                self.stderr.write(f"Before it can be published: {sentence}", str)
            for policy in proposal.policies:
                if policy.calendar not in new and newest_calendar(policy.calendar) is None:
                    raise CommandError(
                        f"{proposal.where}: {policy.name} counts by calendar {policy.calendar!r}, which is not "
                        "published; name one that is, or give its file with --calendar",
                        returncode=UNUSABLE,
                    )
        return proposals

    def _proposal(self, kind: DraftKind, path: Path, effective_on: date) -> Proposal:
        try:
            text = path.read_text(encoding="utf-8")
            return read_proposal(kind=kind, text=text, effective_on=effective_on, where=path.name)
        except OSError as error:
            raise CommandError(f"{path} cannot be opened: {error.strerror}.", returncode=UNUSABLE) from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{path} is not UTF-8; save it so.", returncode=UNUSABLE) from error
        except (CalendarFault, PackFault) as fault:
            raise CommandError(str(fault), returncode=UNUSABLE) from fault

    def _prove(self, run: "Run") -> None:
        """Say how many clocks are reproduced, and end with the first that are not."""
        clocks, wrong = run.figures.total.clocks, run.different
        share = 100 * (clocks - wrong) / clocks if clocks else 100
        self.stderr.write(f"{clocks - wrong:,} of {clocks:,} clocks are reproduced ({share:.6g} %).", str)
        if wrong:
            for sentence in run.differences:
                self.stderr.write(f"  {sentence}")
            sys.exit(DIFFERENT)


class Run:
    """One pass over the clocks: the figures grow while the lines are read."""

    def __init__(self, selection: Selection, drafted: Drafted, *, at: datetime) -> None:
        self.selection, self.drafted, self.at = selection, drafted, at
        self.figures = Figures(ZoneInfo(settings.HOUSE_TIME_ZONE))
        self.different = 0
        self.differences: list[str] = []

    def lines(self, *, quiet: bool) -> Iterator[ReplayLine]:
        """Yield the lines of the list, with a bar on a terminal."""
        clocks = replayed(self.selection, self.drafted, at=self.at)
        for clock, own, came_to in tqdm(clocks, **self._bar(quiet=quiet)):
            if not came_to.is_as_stored(clock, at=self.at):
                self._note(clock, own, came_to)
            if line := self.figures.take(clock, own, came_to, at=self.at):
                yield line

    def _note(self, clock: PastClock, own: Policy, came_to: Replayed) -> None:
        self.different += 1
        if len(self.differences) < MOST_SHOWN:
            due = came_to.due_at.isoformat() if came_to.due_at else came_to.refused
            self.differences.append(
                f"{obligation_name(own)} of {clock.matter_kind} {clock.matter_id}: "
                f"stored {clock.due_at.isoformat()} {clock.verdict(self.at)}, replayed {due} {came_to.verdict}"
                + "".join(f"; {sentence}" for sentence in came_to.left_out)
            )

    def _bar(self, *, quiet: bool) -> dict[str, Any]:
        """Return the bar's shape: with a fallback, for a terminal of unknown size would show none at all."""
        shown = sys.stderr.isatty() and not quiet
        size = get_terminal_size()
        total = count_clocks(self.selection, self.drafted) if shown else None
        return {"total": total, "unit": " clocks", "disable": not shown, "ncols": size.columns, "nrows": size.lines}


@contextmanager
def _list_to(path: Path | None) -> Iterator[Callable[[Iterable[tuple[str, ...]]], Any]]:
    """Give a function that reads the list to its end, into a file where one is wanted."""
    if path is None:
        yield deque(maxlen=0).extend
        return
    try:
        file = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=UNUSABLE) from error
    with file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        yield writer.writerows


def in_words(told: dict[str, Any]) -> Iterator[str]:
    """Yield the figures as lines of text."""
    yield f"{told['clocks']:,} clocks, {told['moved']:,} with another due date"
    yield f"late: {told['late_before']:,} then, {told['late_after']:,} by the draft"
    yield f"  {told['newly_late']:,} newly late, {told['newly_in_time']:,} newly in time"
    yield f"without a verdict: {told['no_verdict']:,}"
    for title, name in (("by obligation", "by_obligation"), ("by month of start", "by_month")):
        if told[name]:
            yield f"\n{title:32} {'clocks':>8} {'late':>8} {'by draft':>9}"
        for what, count in told[name].items():
            yield f"  {what:30} {count['clocks']:8,} {count['late_before']:8,} {count['late_after']:9,}"
    if told["by_week"]:
        yield f"\n{'due in the week from':32} {'then':>8} {'by draft':>9}"
    for week in told["by_week"]:
        yield f"  {week['week']:30} {week['due_before']:8,} {week['due_after']:9,}"
    if told["shift_days"]:
        yield "\nthe due date moves by days"
    for days, count in told["shift_days"].items():
        yield f"  {int(days):+30,} {count:8,}"
    for name, words in (("left_out", "left out"), ("refused", "not replayed")):
        for sentence, count in told[name].items():
            yield f"\n{words}, {count:,} times: {sentence}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no date; write it as 2026-01-31") from None
