"""Three CAPAs of the demonstration: one found effective, one under way, one just opened."""

from collections import Counter
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from complaints.capa.causes import label
from complaints.capa.enums import ActionKind, Verdict
from complaints.capa.models import Capa, RootCause
from complaints.capa.operations import add_action, approve_plan, complete_action, open_capa, verify_effectiveness
from complaints.demo.people import Staff

LOOKED_BACK = timedelta(days=28)
"""A plan is due 30 days after its cause was first recorded."""

CRITERION = (
    "Fewer than half as many complaints with this cause in the 60 days after the last action as in those before."
)


def open_improvements(staff: Staff, *, now: datetime) -> None:
    """Open the three, each for the cause that was recorded most often in the weeks before."""
    taken: set[str] = set()
    _effective(staff, _opened(staff, _workday(now, 250), taken), _workday(now, 250), now=now)
    _under_way(staff, _opened(staff, _workday(now, 48), taken), _workday(now, 48), now=now)
    _opened(staff, _workday(now, 3), taken)


def _opened(staff: Staff, at: datetime, taken: set[str]) -> Capa | None:
    """Open a CAPA for the most frequent cause that has none yet, or none where nothing was recorded."""
    recorded = RootCause.objects.unscoped("what to open a CAPA for").filter(recorded_at__range=(at - LOOKED_BACK, at))
    causes = Counter(recorded.exclude(cause__in=taken).values_list("cause", flat=True))
    if not causes:
        return None
    cause, count = causes.most_common(1)[0]
    taken.add(cause)
    complaints: list[UUID] = list(recorded.filter(cause=cause).values_list("complaint_id", flat=True).distinct())
    return open_capa(
        actor=staff.quality,
        at=at,
        title=f"{label(cause)}: find out why, and stop it",
        problem=f"{count} complaints within four weeks had this cause. Reading them side by side, the same step of the "
        "work was left out each time. Members waited or paid for it.",
        cause=cause,
        owner_id=staff.lead.user_id,
        complaint_ids=complaints,
    )


def _effective(staff: Staff, capa: Capa | None, opened_at: datetime, *, now: datetime) -> None:
    if capa is None:
        return
    actions = _planned(staff, capa, opened_at, check_after=110)
    for action_id, days in zip(actions, (5, 19, 33), strict=True):
        complete_action(actor=staff.lead, at=_workday(opened_at, -days), action_id=action_id)
    verify_effectiveness(
        actor=staff.quality,
        at=min(_workday(opened_at, -110), now),
        capa_id=capa.pk,
        verdict=Verdict.EFFECTIVE,
        reason="Nine complaints in the 60 days before the last action, three in the 60 days after it.",
    )


def _under_way(staff: Staff, capa: Capa | None, opened_at: datetime, *, now: datetime) -> None:
    if capa is None:
        return
    first, *_rest = _planned(staff, capa, opened_at, check_after=150)
    complete_action(actor=staff.agents[0], at=min(_workday(opened_at, -5), now), action_id=first)


def _planned(staff: Staff, capa: Capa, opened_at: datetime, *, check_after: int) -> list[UUID]:
    """Add three actions and have the plan approved a day later; return the actions."""
    planned = (
        (ActionKind.CONTAINMENT, "Go through the open cases and set right those with the same fault.", 0, 6),
        (ActionKind.CORRECTIVE, "Change the work instruction and show the new step to both teams.", 1, 20),
        (ActionKind.PREVENTIVE, "Let the system refuse to go on while the step is missing.", 1, 60),
    )
    owners = (staff.agents[0].user_id, staff.lead.user_id)
    actions = [
        add_action(
            actor=staff.quality,
            at=opened_at + timedelta(hours=2),
            capa_id=capa.pk,
            kind=kind,
            description=description,
            owner_id=owners[owner],
            due_on=(opened_at + timedelta(days=days)).date(),
        ).pk
        for kind, description, owner, days in planned
    ]
    approve_plan(
        actor=staff.quality,
        at=_workday(opened_at, -1),
        capa_id=capa.pk,
        criterion=CRITERION,
        check_on=(opened_at + timedelta(days=check_after)).date(),
    )
    return actions


def _workday(moment: datetime, days_before: int) -> datetime:
    """Return ten in the morning of the day so many days before (or after, if negative), moved back off a weekend."""
    local = moment.astimezone(ZoneInfo(settings.HOUSE_TIME_ZONE)) - timedelta(days=days_before)
    while local.weekday() > 4:  # noqa: PLR2004 -- Friday
        local -= timedelta(days=1)
    return datetime.combine(local, time(10), local.tzinfo)
