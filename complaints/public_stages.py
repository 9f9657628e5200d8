"""The five stages in which a member sees a complaint, and where it stands in them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from members.dates import day_in_words


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name, a date in words ("" when there is none) and `state`: done, current or ahead."""

    name: str
    when: str
    state: str


def public_stages(
    *,
    zone: ZoneInfo,
    received_at: datetime,
    acknowledged_at: datetime | None = None,
    decided_at: datetime | None = None,
    closed_at: datetime | None = None,
    decision_by: str = "",
) -> list[Stage]:
    """Return the five stages with their dates in the time zone of the complaint.

    The first stage without a date is the current one; looking into it has no date of its own, it lasts from the
    confirmation to the decision. Closing takes no time, so a complaint stands at its decision until it is closed.
    While there is no decision, the day promised for it (`decision_by`, in words) stands beside it.
    """
    promised = _("by %(date)s") % {"date": decision_by} if decision_by else ""
    looked_into = decided_at or closed_at
    milestones = [
        (_("Received"), received_at, _day(received_at, zone)),
        (_("Confirmed"), acknowledged_at or looked_into, _day(acknowledged_at, zone)),
        (_("Looking into it"), looked_into, ""),
        (_("Decision"), looked_into, _day(decided_at, zone) or promised),
        (_("Closed"), closed_at, _day(closed_at, zone)),
    ]
    current = next((place for place, milestone in enumerate(milestones) if not milestone[1]), len(milestones))
    if current == len(milestones) - 1:
        current -= 1
    return [
        Stage(name, when, "done" if place < current else "current" if place == current else "ahead")
        for place, (name, _at, when) in enumerate(milestones)
    ]


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return the calendar day of an instant where the complaint lives, "" for none."""
    return day_in_words(moment and moment.astimezone(zone))
