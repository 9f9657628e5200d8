"""Opens a staff account from the command line: the first administrator has nobody who could invite."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from members.accounts.refusals import AccountRefused
from members.actors import STAFF, SYSTEM, Role
from members.forms import InviteForm
from members.operations import create_staff_account

EXAMPLES = """examples:
  manage.py create_staff dana@example.org "Dana Ruiz" administrator
  manage.py create_staff lee@example.org "Lee Wong" agent lead
The password is asked for twice, or read from the standard input where that is no terminal. The first sign-in leads to
setting up a second factor; an administrator needs a passkey.
"""


class Command(BaseCommand):
    help = "Open an account for somebody who works here."

    def create_parser(self, *args: Any, **options: Any) -> ArgumentParser:
        parser: ArgumentParser = super().create_parser(*args, **options)
        parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, EXAMPLES
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name", help="as colleagues read it")
        parser.add_argument("roles", nargs="+", choices=sorted(STAFF), metavar="role", help=", ".join(sorted(STAFF)))

    def handle(self, *_: Any, email: str, name: str, roles: list[str], **__: Any) -> None:
        form = InviteForm(MultiValueDict({"email": [email], "display_name": [name], "roles": roles}))
        if not form.is_valid():
            raise CommandError(" ".join(fault for faults in form.errors.values() for fault in faults))
        name = form.cleaned_data["display_name"]
        try:
            create_staff_account(
                actor=SYSTEM,
                at=timezone.now(),
                email=form.cleaned_data["email"],
                display_name=name,
                password=self._password(),
                roles={Role(role) for role in roles},
            )
        except AccountRefused as refusal:
            raise CommandError(str(refusal)) from None
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from None
        self.stdout.write(f"{name} can sign in as {', '.join(sorted(roles))}.")

    def _password(self) -> str:
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        first = getpass("Password: ")
        if first != getpass("The same again: "):
            raise CommandError("The two passwords differ. Start again.")
        return first
