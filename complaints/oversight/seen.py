"""Who has seen my record: the member's own view of the audit trail, by days and in plain words (45 CFR 164.528)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.capa.dates import day_begins_at
from complaints.models import Complaint
from complaints.oversight.parts import complaints_of_parts
from complaints.oversight.subjects import COMPLAINTS, about
from complaints.retention.models import Hold
from members.accounts.models import RoleGrant
from members.actors import Actor, ActorKind, Role, Scope
from members.audit.models import Event
from members.dates import house_day
from members.disclosures.models import Consent, Disclosure
from members.models import Member
from members.privacy.purposes import Place, purposes_of

READINGS_A_PAGE = 500
FOUND, LISTED = purposes_of(Place.SEARCH), purposes_of(Place.LIST)
NOBODYS = UUID(int=0)
REASON = "whose record it is, the caller has asked"
BY_ROLE = (
    (Role.PRIVACY_OFFICER, _("A privacy officer")),
    (Role.AUDITOR, _("An auditor")),
    (Role.CLINICAL_REVIEWER, _("A nurse or doctor on our staff")),
    (Role.LEAD, _("A team lead in complaints")),
    (Role.AGENT, _("A member of staff in complaints")),
    (Role.QUALITY_MANAGER, _("A member of staff who checks our work")),
    (Role.ADMINISTRATOR, _("A member of staff who looks after this site")),
)
"""How a reader is called: the first of these that the person was at that time."""
_READ = (_("%(who)s read your complaint %(reference)s."), _("%(who)s read the complaint %(reference)s."))
_LISTED = (
    _("%(who)s saw your complaint %(reference)s in a list."),
    _("%(who)s saw the complaint %(reference)s in a list."),
)
_FOUND = (
    _("%(who)s found your complaint %(reference)s in a search."),
    _("%(who)s found the complaint %(reference)s in a search."),
)
_SHARING = (
    _("%(who)s looked at who gets data from your complaint %(reference)s."),
    _("%(who)s looked at who gets data from the complaint %(reference)s."),
)
_KEPT = (
    _("%(who)s looked at why we keep your complaint %(reference)s."),
    _("%(who)s looked at why we keep the complaint %(reference)s."),
)
_BESIDE_THE_CASE = {Consent._meta.db_table: _SHARING, Disclosure._meta.db_table: _SHARING, Hold._meta.db_table: _KEPT}
"""What names a complaint and holds none of it: who opens this has not read the complaint."""


@dataclass(frozen=True, slots=True)
class SeenLine:
    """One person, one record, one day: a sentence, and when it was first on that day."""

    words: str
    first_at: datetime


@dataclass(frozen=True, slots=True)
class SeenDay:
    """A day of the house and who saw something on it."""

    day: date
    lines: tuple[SeenLine, ...]


@dataclass(frozen=True, slots=True)
class SeenPage:
    """Whole days, the newest first. `earlier` is the day before which the next page goes on, None at the end."""

    days: tuple[SeenDay, ...]
    earlier: date | None


def who_saw(*, actor: Actor, before: date | None) -> SeenPage:
    """Return who opened what of the actor's own record, and of members for whom the actor may do everything.

    Programs are left out, and what the members and the actor read themselves. Six queries at most.
    """
    members = actor.members(*Scope)
    own = Q(member_id__in=members) | Q(member_id=None, filed_by_id=actor.user_id)
    cases = {row.pk: row for row in Complaint.objects.unscoped(REASON).filter(own).only("reference", "member_id")}
    own_accounts = Member.objects.unscoped(REASON).filter(pk__in=members, user__isnull=False).values("user")
    events = Event.objects.filter(about(cases.keys(), members), action="phi.opened", actor_kind=ActorKind.USER)
    events = events.exclude(actor_id=actor.user_id).exclude(actor_id__in=own_accounts)
    if before:
        events = events.filter(at__lt=day_begins_at(before))
    first_day = _whole_days(events)
    if first_day:
        events = events.filter(at__gte=day_begins_at(first_day))
    return SeenPage(tuple(_days(_grouped(events), cases, actor)), first_day)


def _whole_days(events: QuerySet[Event]) -> date | None:
    """Return the first day of a page, None where all fits on it: no day is cut in two, however much happened on it."""
    newest_first = events.order_by("-at").values_list("at", flat=True)
    edge = newest_first[READINGS_A_PAGE : READINGS_A_PAGE + 1].first()
    if edge is None:
        return None
    day, newest = house_day(edge), newest_first.first()
    return day if newest is None or house_day(newest) == day else day + timedelta(days=1)


def _grouped(events: QuerySet[Event]) -> list[dict[str, Any]]:
    """Return how often each person opened each row on each day, and for what."""
    day = TruncDate("at", tzinfo=ZoneInfo(settings.HOUSE_TIME_ZONE))
    columns = ("day", "actor_id", "actor_label", "matter_id", "object_type", "object_id", "detail__purpose")
    rows = events.annotate(day=day).values(*columns).annotate(first_at=Min("at"))
    return list(rows.order_by("-day", "first_at"))


def _days(rows: list[dict[str, Any]], cases: dict[UUID, Complaint], actor: Actor) -> Iterator[SeenDay]:
    parts = complaints_of_parts({row["object_id"] for row in rows if row["matter_id"] is None})
    roles = _Roles({row["actor_id"] for row in rows})
    for day, of_day in groupby(rows, key=lambda row: row["day"]):
        lines: dict[tuple[UUID, str], datetime] = {}
        for row in of_day:
            words = _sentence(row, roles.of(row), cases.get(_case_of(row, parts) or NOBODYS), actor)
            lines.setdefault((row["actor_id"], words), row["first_at"])
        yield SeenDay(day, tuple(SeenLine(words, first_at) for (_who, words), first_at in lines.items()))


def _case_of(row: dict[str, Any], parts: dict[UUID, UUID]) -> UUID | None:
    if row["matter_id"] is not None:
        return row["matter_id"]
    return row["object_id"] if row["object_type"] == COMPLAINTS else parts.get(row["object_id"])


def _sentence(row: dict[str, Any], who: str, case: Complaint | None, actor: Actor) -> str:
    """Return who saw what: "A team lead in complaints read your complaint C-26-…"."""
    if case is None:
        return str(_("%(who)s looked at your member record.") % {"who": who})
    is_own = case.member_id is None or case.member_id == actor.member_id
    own, others = _said_of(row)
    return str((own if is_own else others) % {"who": who, "reference": case.reference})


def _said_of(row: dict[str, Any]) -> tuple[Promise, Promise]:
    """Return the sentence about an own complaint, and about that of a member represented."""
    if beside := _BESIDE_THE_CASE.get(row["object_type"]):
        return beside
    if row["detail__purpose"] in FOUND:
        return _FOUND
    return _LISTED if row["detail__purpose"] in LISTED else _READ


class _Roles:
    """What readers were at the time, in words a member understands: one query."""

    def __init__(self, people: Iterable[UUID]) -> None:
        rows = RoleGrant.objects.filter(user__in=people).values_list("user_id", "role", "granted_at", "revoked_at")
        self._grants = list(rows)

    def of(self, row: dict[str, Any]) -> str:
        """Return how the reader is called; without a role it is somebody who acts for the member."""
        at = row["first_at"]
        held = {
            role
            for user_id, role, granted_at, revoked_at in self._grants
            if user_id == row["actor_id"] and granted_at <= at and (revoked_at is None or at < revoked_at)
        }
        if held and settings.MEMBERS_SEE_NAMES_OF_STAFF:
            return str(row["actor_label"])
        return next((str(words) for role, words in BY_ROLE if role in held), str(_("A person who may act for you")))
