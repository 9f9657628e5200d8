"""Takes the second factors of somebody away who has lost them, where no administrator can get in to do it on screen."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from members.accounts.models import FactorReset, User
from members.accounts.refusals import AccountRefused
from members.accounts.throttle import CounterAway, TooManyFromHere
from members.actors import Actor
from members.forms import ReasonForm
from members.operations import ask_factor_reset, check_password, confirm_factor_reset

CONSOLE = "console"
"""In place of a network address."""
EXAMPLES = """examples:
  manage.py reset_factor lee@example.org --asked-by dana@example.org --confirmed-by kim@example.org \\
      --reason "staff card shown at the desk"
  manage.py reset_factor lee@example.org --confirmed-by kim@example.org
Two administrators type their passwords, one after the other; without --asked-by the second confirms what another has
asked for on screen. The person is told, and sets up a new factor at the next sign-in.
"""


class Command(BaseCommand):
    help = "Take the second factors of somebody away. Needs two administrators."

    def create_parser(self, *args: Any, **options: Any) -> ArgumentParser:
        parser: ArgumentParser = super().create_parser(*args, **options)
        parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, EXAMPLES
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--asked-by", metavar="EMAIL", help="left out where it was asked for on screen")
        parser.add_argument("--confirmed-by", required=True, metavar="EMAIL")
        parser.add_argument("--reason", help="how the person showed who they are")

    def handle(
        self, *_: Any, email: str, asked_by: str | None, confirmed_by: str, reason: str | None, **__: Any
    ) -> None:
        if bool(asked_by) != bool(reason):
            raise CommandError("--asked-by and --reason go together: who asks says how the person was recognised.")
        if asked_by and (faults := ReasonForm({"reason": reason}).errors):
            raise CommandError(" ".join(faults["reason"]))
        user = User.objects.of_email(email).first()
        if user is None:
            raise CommandError(f"There is no account with the address {email}.")
        first = self._administrator(asked_by) if asked_by else None
        second = self._administrator(confirmed_by)
        at = timezone.now()
        try:
            with transaction.atomic():
                if first:
                    ask_factor_reset(actor=first, at=at, user_id=user.pk, reason=reason or "")
                confirm_factor_reset(actor=second, at=at, user_id=user.pk)
        except AccountRefused as refusal:
            waits = FactorReset.waiting(at).filter(user=user).exists()
            cure = " Leave out --asked-by and --reason to confirm what was asked for." if first and waits else ""
            raise CommandError(f"{refusal}{cure}") from None
        self.stdout.write(f"{user} sets up a new second factor at the next sign-in.")

    def _administrator(self, email: str) -> Actor:
        """Return who types the right password, within the tries of a sign-in. Raises CommandError."""
        at, password = timezone.now(), getpass(f"Password of {email}: ")
        try:
            user = check_password(at=at, email=email, password=password, address=CONSOLE)
        except CounterAway:
            raise CommandError("Valkey does not answer, so tries cannot be counted. Start it first.") from None
        except TooManyFromHere:
            raise CommandError("Too many wrong passwords were typed here. Wait an hour, then try again.") from None
        if user is None:
            raise CommandError(
                f"That is not the password of {email}, or it is shut: for 15 minutes after 5 wrong ones, after a"
                " hundred until its owner has set a new one by the link."
            )
        return user.as_actor(at=at)
