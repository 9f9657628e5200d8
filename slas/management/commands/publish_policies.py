"""Publishing by hand what `migrate` publishes as well."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from slas.calendar import CalendarFault
from slas.operations import publish_policies
from slas.policy import PackFault
from slas.queries import database_now, horizon_alarms


class Command(BaseCommand):
    """Publish the calendar and policy files."""

    help = "Publish the calendars and policy packs under slas/ that are not published yet. `migrate` does it as well."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            published = publish_policies()
        except (CalendarFault, PackFault) as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"{published.calendars} calendars and {published.policies} obligations published")
        for alarm in horizon_alarms(database_now()):
            self.stderr.write(self.style.WARNING(str(alarm)))
