"""The days that rules look at, and the readings of staff on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import TruncDate

from complaints.capa.dates import day_begins_at
from complaints.capa.models import Capa, CapaAction
from members.accounts.models import RoleGrant
from members.actors import ActorKind
from members.audit.models import Event
from members.privacy.purposes import Place, purposes_of

OWN_PAGES = purposes_of(Place.OWN)
NO_READINGS = purposes_of(Place.OWN, Place.LIST)
NO_CASES = tuple(model._meta.db_table for model in (Capa, CapaAction))
"""What has a matter of its own, and is no member's."""

Numbers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Span:
    """The days of the house from one on until a moment."""

    first_day: date
    until: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """That something stood out: how much of it there was, and other numbers that tell why."""

    person_id: UUID
    day: date
    count: int
    evidence: dict[str, int]


def events_of_staff(span: Span, *, days_before: int = 0) -> QuerySet[Any]:
    """Return what people did who work or worked here, with the day of the house; also of some days before."""
    begins = day_begins_at(span.first_day - timedelta(days=days_before))
    events = Event.objects.filter(at__gte=begins, at__lte=span.until, actor_kind=ActorKind.USER)
    events = events.filter(actor_id__in=RoleGrant.objects.values("user"))
    return events.annotate(day=TruncDate("at", tzinfo=ZoneInfo(settings.HOUSE_TIME_ZONE))).order_by()


def readings(span: Span, *, days_before: int = 0) -> QuerySet[Any]:
    """Return the openings of cases at work, what a search has shown among them.

    A name in a list is none, for everybody sees the queue; nor is what somebody reads on the own pages as a member.
    """
    events = events_of_staff(span, days_before=days_before).filter(action="phi.opened", matter_id__isnull=False)
    return events.exclude(object_type__in=NO_CASES).exclude(detail__purpose__in=NO_READINGS)
