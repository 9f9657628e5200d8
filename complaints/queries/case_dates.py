"""Which dates of a case can be moved: those of a law within its rule, and the house's own by waiting for the member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from complaints.models import Complaint
from complaints.promises import due_in_full
from complaints.queries.case_head import clocks_on_show
from complaints.queries.legal_dates import dates_to_meet
from members.actors import Actor, Role
from slas.models import Clock, ClockState
from slas.versions import terms_of, zone_of

ANSWER = "resolve"


@dataclass(frozen=True, slots=True)
class MovableDate:
    """A date that a law lets move: by so many days more, for one of these reasons, by whoever holds one of these roles.

    `notice` says what the law asks for in return.
    """

    kind: str
    title: str
    due: str
    most_days: int
    reasons: tuple[str, ...]
    by: tuple[str, ...]
    notice: str


@dataclass(frozen=True, slots=True)
class CaseDates:
    """What somebody can do about the dates of a case now; `for_others` names who may move those that they may not."""

    movable: tuple[MovableDate, ...]
    for_others: str
    waits: bool
    may_wait: bool
    may_meet: bool


def dates_of(clocks: Sequence[Clock], *, actor: Actor, at: datetime) -> CaseDates:
    """Return what these clocks allow; their policies must be loaded. What was due already can neither move nor wait."""
    in_time = [clock for clock in clocks if clock.is_open and not clock.is_breached(at)]
    answer = [clock for clock in in_time if clock.kind == ANSWER]
    moving = [date for clock in in_time if (date := _movable(clock))]
    others = {role for date in moving for role in date.by if not actor.has(*date.by)}
    return CaseDates(
        movable=tuple(date for date in moving if actor.has(*date.by)),
        for_others=" or ".join(sorted(str(Role(role).label).lower() for role in others)),
        waits=any(clock.state == ClockState.PAUSED for clock in answer),
        may_meet=bool(dates_to_meet(clocks)),
        may_wait=any(clock.state == ClockState.RUNNING and clock.policy.pause_reasons for clock in answer),
    )


def read_dates(complaint: Complaint, *, actor: Actor, at: datetime) -> CaseDates:
    """Return what somebody can do about the dates of a complaint: one query."""
    return dates_of(clocks_on_show(complaint), actor=actor, at=at)


def _movable(clock: Clock) -> MovableDate | None:
    policy = terms_of(clock.policy_id, clock.calendar_id).policy
    allowed = policy.extension
    if allowed is None or not policy.rule.measure.is_days or clock.extensions >= allowed.max_count:
        return None
    return MovableDate(
        kind=clock.kind,
        title=policy.title,
        due=due_in_full(clock.due_at, zone_of(clock)),
        most_days=allowed.max_units - clock.extended,
        reasons=allowed.reasons,
        by=allowed.by,
        notice=allowed.notice,
    )
