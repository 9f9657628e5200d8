"""What we promise and by when, from the policy pack that is in force: the public time table."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from slas.models import PolicyVersion
from slas.policy import Mark

ORDER = ("acknowledge", "resolve", "message_reply")


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One promise: what we do, and by when, in the words of the pack."""

    title: str
    promise: str


def time_table(*, pack: str, on: date) -> list[PromiseRow]:
    """Return the promises of a pack that are in force on a day, each once; inner obligations promise nothing.

    A number that counsel has not confirmed says so.
    """
    in_force = PolicyVersion.objects.filter(pack=pack, effective_from__lte=on).exclude(effective_to__lte=on)
    rows = in_force.exclude(promise="").values_list("obligation", "title", "promise", "mark")
    ordered = sorted(rows, key=lambda row: (ORDER.index(row[0]) if row[0] in ORDER else len(ORDER), row[1]))
    return list(
        dict.fromkeys(PromiseRow(title, _worded(promise, mark)) for _obligation, title, promise, mark in ordered)
    )


def _worded(promise: str, mark: str) -> str:
    return f"{promise} {_('To be confirmed by counsel.')}" if mark == Mark.KNOWN else promise
