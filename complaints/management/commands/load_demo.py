"""Load the demonstration."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from complaints.demo.load import LoginsLost, load_demo
from slas.queries import database_now


class Command(BaseCommand):
    help = (
        "Fill an empty database with some 300 made-up complaints at every stage, and with accounts to look at them. "
        "Does nothing when they are there already. No mail is sent for what lies in the past."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--accounts-file",
            type=Path,
            required=True,
            metavar="FILE",
            help="where the logins go, as JSON: role, name, email, password, totp_secret; only its owner can read it",
        )

    def handle(self, *, accounts_file: Path | str, **_: Any) -> None:
        try:  # call_command() passes a path on as it was given
            loaded = load_demo(at=database_now(), accounts_file=Path(accounts_file))
        except LoginsLost as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{accounts_file} cannot be written: {error.strerror}.") from error
        if loaded:
            self.stdout.write(f"The demonstration is loaded; its logins are in {accounts_file}.")
