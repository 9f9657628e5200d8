"""Report how long complaints took."""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from complaints.history.sources import source_names
from complaints.quality.timeliness import timeliness
from members.actors import SYSTEM
from slas.calendar import HorizonPassed
from slas.models import CalendarVersion
from slas.versions import compile_calendar

UNUSABLE = 2


class Command(BaseCommand):
    help = (
        "Report how long complaints took, how many were open at the end of each month, what they were about and what "
        "came of them. Every complaint counts once; the note in the report says how."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", choices=source_names(), default="", help="only what was imported from there")
        parser.add_argument("--calendar", default="us-ct", help="whose business days count, and whose time zone")
        parser.add_argument("--top", type=int, default=25, help="how many reasons the Pareto shows (default: 25)")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print one JSON object")
        form.add_argument("--csv", action="store_true", help="print one line for each figure: figure, item, value")

    def handle(self, *, source: str, calendar: str, top: int, **options: Any) -> None:
        version = CalendarVersion.objects.filter(calendar=calendar).order_by("effective_from").last()
        if version is None:
            known = ", ".join(sorted(set(CalendarVersion.objects.values_list("calendar", flat=True))))
            raise CommandError(f"There is no calendar {calendar!r}; there are {known or 'none'}.", returncode=UNUSABLE)
        try:
            report = timeliness(actor=SYSTEM, calendar=compile_calendar(version), source=source, top=max(top, 0))
        except HorizonPassed as error:
            raise CommandError(f"{error}.", returncode=UNUSABLE) from error
        if options["json"]:
            text = json.dumps(report, ensure_ascii=False, indent=1)
        else:
            text = _csv(report) if options["csv"] else _table(report)
        self.stdout.write(text)  # at once, so that a reader that stops early, such as head, is no error


def _csv(report: dict[str, Any]) -> str:
    text = StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(("figure", "item", "value"))
    lines.writerows(_lines(report))
    return text.getvalue()


def _table(report: dict[str, Any]) -> str:
    rows = [(figure, item, "" if value is None else f"{value}") for figure, item, value in _lines(report)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines, former = [], ""
    for figure, item, value in rows:
        name = "" if figure == former else figure
        lines.append(f"{name:{widths[0]}}  {item:{widths[1]}}  {value:>{widths[2]}}")
        former = figure
    return "\n".join([*lines, "", report["note"]])


def _lines(report: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield figure, item and value; what has no items has an empty one."""
    for figure, value in report.items():
        if figure == "pareto_subreason":
            yield from ((figure, row["subreason"], row["complaints"]) for row in value)
        elif figure == "clocks":
            yield from (
                (figure, f"{kind} {state}", count) for kind, row in value.items() for state, count in row.items()
            )
        elif isinstance(value, dict):
            yield from ((figure, item, count) for item, count in value.items())
        elif figure != "note":
            yield figure, "", value
