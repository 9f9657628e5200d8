"""E-mail to staff about what is due: one each at first, and in a storm one an hour that stands for all the rest.

Nothing is lost by it: whatever an e-mail tells stands on the timeline or the list of the matter itself.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.correspondence.operations import request_dispatch
from complaints.models import Complaint
from members.actors import SYSTEM
from members.acts import Act, act

SINGLE_ALERTS_AN_HOUR = 10
GATHERING = timedelta(minutes=5)
"""How long a digest waits for more to tell: a storm that comes at closing time is over by then."""

HOUR = timedelta(hours=1)
HOURS_AHEAD = 3
ALERTS = (DispatchKind.CLOCK_ALERT, DispatchKind.HANDED_OVER)
TURN = 7_231_106


@dataclass(frozen=True, slots=True)
class Alert:
    """One e-mail to one person. `key` names it for ever: the same key, one e-mail. `detail` holds codes and ids."""

    to_user_id: UUID
    matter_id: UUID
    key: str
    detail: dict[str, Any] = field(default_factory=dict)
    kind: DispatchKind = DispatchKind.CLOCK_ALERT


def wait_for_turn() -> None:
    """Have the transactions that alert people follow each other: each has to know what the others have sent.

    Wait before anything is locked, so that nobody who waits here holds what another one needs.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


def alert_staff(*, this: Act, alerts: Iterable[Alert]) -> None:
    """Ask for these e-mails, except those that were asked for before: at most four queries, however many they are.

    Ten an hour (UTC) reach a person one by one. The others are told by a digest, of which each person gets at most
    one an hour; its key is made of both, so that there is never a second. Needs a turn: see `wait_for_turn`.
    """
    wanted: dict[str, Alert] = {}
    for alert in alerts:
        wanted.setdefault(alert.key, alert)
    if not wanted:
        return
    asked = set(Dispatch.objects.filter(dedupe_key__in=wanted).values_list("dedupe_key", flat=True))
    new = [alert for key, alert in wanted.items() if key not in asked]
    people = {alert.to_user_id for alert in new}
    sent, digests = _sent_singly(people, this.at), _digests(people, this.at)
    for alert in new:
        sent[alert.to_user_id] += 1
        if sent[alert.to_user_id] <= SINGLE_ALERTS_AN_HOUR:
            _ask(this, alert)
        else:
            _hold_back(this, alert, digests)


def close_digest(*, at: datetime, dispatch_id: UUID) -> dict[str, Any]:
    """Count what a digest tells of, and return it; from then on nothing joins it. Closing it again changes nothing."""
    with act(actor=SYSTEM, at=at) as this:
        wait_for_turn()
        digest = this.lock(Dispatch, dispatch_id)
        if not digest.detail:
            this.change(digest, detail=_counted(digest))
        return digest.detail


def _ask(this: Act, alert: Alert) -> None:
    request_dispatch(
        this=this,
        matter_id=alert.matter_id,
        kind=alert.kind,
        key=alert.key,
        to_user_id=alert.to_user_id,
        detail=alert.detail,
    )


def _hold_back(this: Act, alert: Alert, digests: dict[str, Dispatch]) -> None:
    this.add(
        Dispatch(
            matter_id=alert.matter_id,
            kind=alert.kind,
            dedupe_key=alert.key,
            to_user_id=alert.to_user_id,
            detail=alert.detail,
            requested_at=this.at,
            told_in_id=_open_digest(this, alert, digests).pk,
        )
    )


def _open_digest(this: Act, alert: Alert, digests: dict[str, Dispatch]) -> Dispatch:
    """Return the person's first digest that is not closed yet; the matter of a digest is the first that it tells of."""
    for hour in _hours(this.at):
        key = _digest_key(alert.to_user_id, hour)
        if key not in digests:
            digests[key] = request_dispatch(
                this=this,
                matter_id=alert.matter_id,
                kind=DispatchKind.ALERT_DIGEST,
                key=key,
                to_user_id=alert.to_user_id,
                not_before=max(hour, this.at + GATHERING),
            )
        if not digests[key].detail:
            break
    return digests[key]


def _sent_singly(people: set[UUID], at: datetime) -> Counter[UUID]:
    hour = _hour_of(at)
    rows = Dispatch.objects.filter(
        to_user_id__in=people, requested_at__gte=hour, requested_at__lt=hour + HOUR, kind__in=ALERTS, told_in=None
    )
    return Counter(dict(rows.values_list("to_user_id").annotate(Count("pk")).order_by()))


def _digests(people: set[UUID], at: datetime) -> dict[str, Dispatch]:
    keys = [_digest_key(user_id, hour) for user_id in people for hour in _hours(at)]
    return {row.dedupe_key: row for row in Dispatch.objects.filter(dedupe_key__in=keys)}


def _hours(at: datetime) -> list[datetime]:
    """Return the hours whose digest may tell what is held back now, in their order."""
    first = _hour_of(at + GATHERING)
    return [first + number * HOUR for number in range(HOURS_AHEAD)]


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _digest_key(user_id: UUID, hour: datetime) -> str:
    return f"digest:{user_id}:{hour:%Y-%m-%dT%H}"


def _counted(digest: Dispatch) -> dict[str, Any]:
    """Return of how many cases a digest tells, how many of them are overdue, and which list shows them."""
    told = Dispatch.objects.filter(told_in=digest).values_list("matter_id", "detail")
    cases, overdue = {case for case, _ in told}, {case for case, detail in told if detail["breached"]}
    capa = next((detail["capa"] for _, detail in told if "capa" in detail), "")
    complaints = Complaint.objects.unscoped("which list shows them").filter(pk__in=cases)
    found = complaints.aggregate(number=Count("pk"), own=Count("pk", filter=Q(owner=digest.to_user_id)))
    if not found["number"]:
        place = "capas"
    elif found["own"] == found["number"]:
        place = "mine"
    else:
        place = "overdue" if overdue else "open"
    return {"cases": len(cases), "overdue": len(overdue), "list": place, "capa": capa}
