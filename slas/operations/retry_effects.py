"""Having effects tried again that were given up: their cause was mended, and somebody says so."""

from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now

from members.acts import Act
from slas.models import Outbox

MOST_AT_ONCE = 2000


def retry_effects(*, this: Act, topic: str = "", pair: tuple[UUID, str] | None = None) -> list[Outbox]:
    """Hand given-up effects to the relay once more: one, or up to 2,000 of a topic, the earliest first.

    Their keys stay, so what did happen does not happen twice, and so does the class of their last fault. Return those
    that were still given up; pressing twice finds none. Each is an audit event.
    """
    rows = list(_given_up(topic, pair).select_for_update(no_key=True, of=("self",))[:MOST_AT_ONCE])
    if rows:
        pks = [row.pk for row in rows]
        Outbox.objects.filter(pk__in=pks).update(dead_at=None, attempts=0, next_try_at=Now(), claimed_until=None)
    for row in rows:
        detail = {"topic": row.topic, "key": row.key, "fault": row.fault}
        this.record("effect.retried", matter_id=row.matter_id, object_type="effect", detail=detail)
    return rows


def _given_up(topic: str, pair: tuple[UUID, str] | None) -> QuerySet[Outbox]:
    dead = Outbox.objects.filter(dead_at__isnull=False).order_by("dead_at", "matter_id", "key")
    return dead.filter(pk=pair) if pair else dead.filter(topic=topic)
