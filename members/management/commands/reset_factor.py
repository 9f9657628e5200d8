"""Takes the second factors of somebody away who has lost them, where no administrator can get in to do it on screen."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from getpass import getpass
from typing import Any

from django.contrib.auth import authenticate
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from members.accounts.models import User
from members.accounts.refusals import AccountRefused
from members.actors import Actor
from members.operations import ask_factor_reset, confirm_factor_reset

EXAMPLES = """examples:
  manage.py reset_factor lee@example.org --asked-by dana@example.org --confirmed-by kim@example.org \\
      --reason "staff card shown at the desk"
Two administrators type their passwords, one after the other. The person is told, and sets up a new factor at the next
sign-in.
"""


class Command(BaseCommand):
    help = "Take the second factors of somebody away. Needs two administrators."

    def create_parser(self, *args: Any, **options: Any) -> ArgumentParser:
        parser: ArgumentParser = super().create_parser(*args, **options)
        parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, EXAMPLES
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--asked-by", required=True, metavar="EMAIL")
        parser.add_argument("--confirmed-by", required=True, metavar="EMAIL")
        parser.add_argument("--reason", required=True, help="how the person showed who they are")

    def handle(self, *_: Any, email: str, asked_by: str, confirmed_by: str, reason: str, **__: Any) -> None:
        user = User.objects.of_email(email).first()
        if user is None:
            raise CommandError(f"There is no account with the address {email}.")
        first, second = (self._administrator(address) for address in (asked_by, confirmed_by))
        at = timezone.now()
        try:
            with transaction.atomic():
                ask_factor_reset(actor=first, at=at, user_id=user.pk, reason=reason)
                confirm_factor_reset(actor=second, at=at, user_id=user.pk)
        except AccountRefused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{user} sets up a new second factor at the next sign-in.")

    def _administrator(self, email: str) -> Actor:
        user = authenticate(email=email, password=getpass(f"Password of {email}: "))
        if not isinstance(user, User):
            raise CommandError(f"That is not the password of {email}.")
        return user.as_actor(at=timezone.now())
