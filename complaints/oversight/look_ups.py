"""That somebody looked into the audit trail, or took a part of it away, is itself an event of it."""

from datetime import datetime
from uuid import UUID

from complaints.oversight.trail import Asked
from complaints.permissions import demand
from members.actors import Actor
from members.acts import act


def note_look_up(*, actor: Actor, at: datetime, of: str, key: UUID | None, asked: Asked | None = None) -> None:
    """Record whose trail somebody looks at ("member", "person", "case"); without a key nothing was found.

    Raises ActionForbidden.
    """
    demand(actor, "read_trail")
    with act(actor=actor, at=at) as this:
        detail = _told(asked) | {"found": key is not None}
        this.record("audit.searched", matter_id=_case(of, key), object_type=of, object_id=key, detail=detail)


def note_export(*, actor: Actor, at: datetime, of: str, key: UUID, asked: Asked, form: str, events: int) -> None:
    """Record that somebody takes so many events away, as "csv" or "json". Raises ActionForbidden."""
    demand(actor, "read_trail")
    with act(actor=actor, at=at) as this:
        detail = _told(asked) | {"form": form, "events": events}
        this.record("audit.exported", matter_id=_case(of, key), object_type=of, object_id=key, detail=detail)


def _case(of: str, key: UUID | None) -> UUID | None:
    return key if of == "case" else None


def _told(asked: Asked | None) -> dict[str, object]:
    if asked is None:
        return {}
    return {"period": asked.period.value, "kind": asked.kind.value if asked.kind else "all"}
