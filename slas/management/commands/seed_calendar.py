"""Drafts of calendar files, for review."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from slas.calendar import CalendarFault
from slas.calendar_drafts import OFFICE_HOURS, SeedRefused, draft_calendar


class Command(BaseCommand):
    """Write a draft of a calendar."""

    help = "Write a draft of slas/calendars/CODE.toml from the holidays package. Review it before it is published."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE", help="country and part of it: us-tx, us-federal, gb-eng, ie")
        parser.add_argument("--years", default="2019-2030", help="first and last year (default: %(default)s)")
        parser.add_argument("--weekly", default=OFFICE_HOURS, help='default: "%(default)s"; parts separated by ;')
        parser.add_argument("--tz", help="IANA time zone, where none is known for the code")
        parser.add_argument("--without", action="append", default=[], metavar="NAME", help="a day that is no holiday")
        parser.add_argument("--output", type=Path, metavar="FILE", help="a new file (default: standard output)")

    def handle(self, *_args: Any, output: Path | None, **options: Any) -> None:
        wanted = {name: options[name] for name in ("years", "weekly", "tz", "without")}
        try:
            draft = draft_calendar(options["code"], **wanted)
            if output is None:
                self.stdout.write(draft, ending="")
            else:
                with output.open("x", encoding="utf-8") as file:
                    file.write(draft)
        except FileExistsError:
            raise CommandError(
                f"{output} exists; a published calendar changes by a new version, not by a draft"
            ) from None
        except (CalendarFault, SeedRefused, OSError) as refused:
            raise CommandError(str(refused)) from None
