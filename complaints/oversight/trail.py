"""The audit trail as it is read on screen: page by page, narrowed by time and kind, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from complaints.models import Complaint
from complaints.oversight.enums import Kind, Period
from complaints.oversight.parts import complaints_of_parts
from complaints.oversight.subjects import COMPLAINTS
from complaints.oversight.words import action_words, column_words, object_words
from members.accounts.models import RoleGrant
from members.actors import Actor, ActorKind, Role
from members.audit.models import Event

PAGE_SIZE = 50
KINDS = {
    Kind.READ: Q(action__in=("phi.opened", "seal.broken")),
    Kind.SEARCHED: Q(action__endswith=".searched"),
    Kind.TAKEN: Q(action__endswith=".exported") | Q(action="phi.opened", detail__purpose__startswith="export"),
    Kind.REFUSED: Q(action__endswith="refused") | Q(action="session.failed"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a trail. `before` is the moment and key of the last event that was shown."""

    period: Period = Period.MONTH
    kind: Kind | None = None
    before: tuple[datetime, UUID] | None = None

    def of(self, events: QuerySet[Event], *, at: datetime) -> QuerySet[Event]:
        """Return these events, the newest first."""
        if self.period.span:
            events = events.filter(at__gte=at - self.period.span)
        if self.kind is Kind.CHANGED:
            events = events.exclude(KINDS[Kind.READ] | KINDS[Kind.SEARCHED] | KINDS[Kind.TAKEN] | KINDS[Kind.REFUSED])
        elif self.kind:
            events = events.filter(KINDS[self.kind])
        if self.before:
            moment, key = self.before
            events = events.filter(Q(at__lt=moment) | Q(at=moment, pk__lt=key))
        return events.order_by("-at", "-pk")


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event in words. `person_id` is there for somebody with an account, `reference` for a case in sight."""

    id: UUID
    at: datetime
    who: str
    person_id: UUID | None
    role: str
    did: str
    what: str
    fields: str
    purpose: str
    reference: str


@dataclass(frozen=True, slots=True)
class TrailPage:
    """A page of lines. `older` is the mark from which the next page goes on, "" at the end."""

    lines: tuple[EventLine, ...]
    older: str


def read_trail(*, actor: Actor, events: QuerySet[Event], asked: Asked, at: datetime) -> TrailPage:
    """Return a page of a trail: four queries, one for an empty page."""
    found = list(asked.of(events, at=at)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return TrailPage(lines_of(shown, actor=actor), mark_of(shown[-1]) if len(found) > PAGE_SIZE else "")


def mark_of(event: Event) -> str:
    """Return the text in an address by which a page goes on after an event."""
    return f"{event.at.isoformat()}_{event.pk}"


def read_mark(text: str) -> tuple[datetime, UUID] | None:
    """Return moment and key of a mark, None for what is none."""
    moment, _, key = text.partition("_")
    try:
        parsed = datetime.fromisoformat(moment), UUID(key)
    except ValueError:
        return None
    return parsed if parsed[0].tzinfo else None


def lines_of(events: Sequence[Event], *, actor: Actor) -> tuple[EventLine, ...]:
    """Return events in words, with the references of complaints that the actor sees: three queries, none for none."""
    if not events:
        return ()
    roles, references = _Roles(events), references_of(events, actor=actor)
    return tuple(
        EventLine(
            id=event.pk,
            at=event.at,
            who=event.actor_label,
            person_id=event.actor_id,
            role=roles.of(event),
            did=action_words(event.action),
            what=object_words(event.object_type),
            fields=column_words(event.detail.get("columns", ())),
            purpose=str(event.detail.get("purpose", "")),
            reference=references.get(event.pk, ""),
        )
        for event in events
    )


def references_of(events: Iterable[Event], *, actor: Actor) -> dict[UUID, str]:
    """Return by event the reference of its complaint, if the actor may see that: two queries."""
    loose = {event.object_id for event in events if event.matter_id is None and event.object_id}
    parts = complaints_of_parts(loose)
    case_of = {event.pk: _case_of(event, parts) for event in events}
    rows = Complaint.objects.visible_to(actor.as_staff()).filter(pk__in=set(case_of.values()) - {None})
    references = dict(rows.values_list("pk", "reference"))
    return {key: references[case] for key, case in case_of.items() if case in references}


def _case_of(event: Event, parts: dict[UUID, UUID]) -> UUID | None:
    if event.matter_id or event.object_id is None:
        return event.matter_id
    return event.object_id if event.object_type == COMPLAINTS else parts.get(event.object_id)


class _Roles:
    """Which roles people held at the moment of an event: one query."""

    def __init__(self, events: Iterable[Event]) -> None:
        people = {event.actor_id for event in events if event.actor_id}
        self._grants = list(
            RoleGrant.objects.filter(user__in=people).values_list("user_id", "role", "granted_at", "revoked_at")
        )

    def of(self, event: Event) -> str:
        """Return the roles in words; what has none is the person's own account, or a program."""
        held = [
            str(Role(role).label)
            for user_id, role, granted_at, revoked_at in self._grants
            if user_id == event.actor_id and granted_at <= event.at and (revoked_at is None or event.at < revoked_at)
        ]
        if held:
            return ", ".join(sorted(held))
        return {ActorKind.USER: "Member", ActorKind.GUEST: "Not signed in"}.get(ActorKind(event.actor_kind), "Program")
