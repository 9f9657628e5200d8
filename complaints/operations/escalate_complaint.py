"""What warned and missed clocks do to complaints, an envelope of firings at a time."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from complaints.correspondence.models import DispatchKind
from complaints.enums import Audience, Priority, TaskKind, TimelineCode
from complaints.models import Complaint, Task, TimelineEntry
from complaints.operations._door import note_fact
from complaints.operations.acknowledge_complaint import request_named_acknowledgement
from complaints.operations.alert_staff import Alert, alert_staff, wait_for_turn
from complaints.operations.open_task import hand_over_tasks, open_tasks
from complaints.operations.reassign_complaint import Heirs, besides
from complaints.operations.request_notices import request_notices
from complaints.permissions import HANDLERS
from members.actors import SYSTEM, Role
from members.acts import Act, act
from members.identifiers import id_for
from members.queries import AtWork, Holder, at_work, holders_of
from slas.algebra import BREACH
from slas.pack_actions import NOTIFY_ROLE, ROLES
from slas.signals import Fired
from slas.versions import zone_of

CHANGES = (TimelineCode.PRIORITY_RAISED, TimelineCode.REASSIGNED)


class UnknownAction(ValueError):
    """A policy pack asks for something that cannot be done to such a matter."""


def escalate_complaints(*, at: datetime, firings: Sequence[Fired]) -> None:
    """Carry out these actions of thresholds, all of them in a constant number of queries.

    One exception: the e-mail that names the new owner of an urgent complaint to whoever complained. The timeline tells
    of a threshold once, whichever of its actions comes first; doing an action again changes nothing. Once the answer
    was given, a warning has lost its sense, of a breach people are still told, and there is nothing left to give to
    somebody else or to open a task for. Raises UnknownAction, Complaint.DoesNotExist: then nothing at all was done.
    """
    with act(actor=SYSTEM, at=at) as this:
        wait_for_turn()
        envelope = _Envelope(this, firings)
        for fired in firings:
            envelope.carry_out(fired)
        envelope.finish()


def threshold_of(fired: Fired) -> str:
    """Return what names a threshold of a clock: an extended date has its own."""
    return f"{fired.epoch}:{fired.code}"


def alert_of(fired: Fired, user_id: UUID, *, title: str = "", **about: str) -> Alert:
    """Return one e-mail about a threshold, however many of its actions name the person.

    `about` holds codes by which the e-mail finds what to link to, where that is no complaint.
    """
    clock = fired.clock
    detail = {
        "title": title or clock.policy.title,
        "due_at": clock.due_at.isoformat(),
        "tz": zone_of(clock).key,
        "breached": fired.code >= BREACH,
    }
    return Alert(user_id, clock.matter_id, f"alert:{clock.id}:{threshold_of(fired)}:{user_id}", detail | about)


def task_of(fired: Fired, *, reference: str, complaint: Complaint | None = None, **who: Any) -> Task:
    """Return the task that a threshold opens; `who` says for whom: `assignee_id` or `role`."""
    clock = fired.clock
    return Task(
        matter_id=clock.matter_id,
        complaint=complaint,
        reference=reference,
        kind=TaskKind.SEE_TO_DATE,
        detail={"title": clock.policy.title},
        cause=f"clock:{clock.id}:{threshold_of(fired)}",
        clock_id=clock.id,
        due_at=clock.due_at,
        **who,
    )


class _Envelope:
    """The complaints of some firings, locked, and what is to be done about all of them together at the end."""

    def __init__(self, this: Act, firings: Sequence[Fired]) -> None:
        self.this = this
        self.complaints = this.lock_all(Complaint, (fired.clock.matter_id for fired in firings))
        self.told: set[UUID | str] = _told_before(firings)
        self.alerts: list[Alert] = []
        self.tasks: list[Fired] = []
        self.notices: list[Fired] = []
        self.given_by: dict[UUID, UUID] = {}

    @cached_property
    def holders(self) -> dict[str, list[Holder]]:
        """Who holds which role."""
        return holders_of(*ROLES, at=self.this.at)

    @cached_property
    def heirs(self) -> Heirs:
        """Who gets a complaint next."""
        holders: dict[str, list[Holder]] = {role: self.holders[role] for role in (Role.LEAD, Role.AGENT)}
        people = {person.user_id for held in holders.values() for person in held}
        return Heirs(holders, at_work(people, on=self.today) | self.owners)

    @cached_property
    def owners(self) -> dict[UUID, AtWork]:
        """How those who had these complaints to begin with stand at work."""
        return at_work({row.owner_id for row in self.complaints.values() if row.owner_id}, on=self.today)

    @property
    def today(self) -> date:
        """The day it is in the house's time zone."""
        return self.this.at.astimezone(ZoneInfo(settings.HOUSE_TIME_ZONE)).date()

    def carry_out(self, fired: Fired) -> None:
        """Tell the timeline, and do one action unless it has lost its sense. Raises UnknownAction."""
        complaint = self.complaint_of(fired)
        if self.is_news(_entry_id(fired)):
            self._tell_timeline(complaint, fired)
        if not (fired.clock.is_open or fired.code >= BREACH):
            return
        if fired.action.startswith(NOTIFY_ROLE):
            self.notify(complaint, fired, fired.action.removeprefix(NOTIFY_ROLE))
        elif fired.action in EFFECTS:
            EFFECTS[fired.action](self, complaint, fired)
        else:
            raise UnknownAction(fired.action)

    def finish(self) -> None:
        """Do what is done for all of them at once, as they stand by now."""
        if self.given_by:
            hand_over_tasks(self.this, self.complaints.values(), given_by=self.given_by)
        open_tasks(this=self.this, tasks=map(self._task, self.tasks))
        request_notices(self.this, self.notices)
        alert_staff(this=self.this, alerts=self.alerts)

    def complaint_of(self, fired: Fired) -> Complaint:
        """Return the complaint. Raises Complaint.DoesNotExist."""
        try:
            return self.complaints[fired.clock.matter_id]
        except KeyError:
            raise Complaint.DoesNotExist from None

    def is_news(self, name: UUID | str) -> bool:
        """Tell whether no timeline knows this yet, by its id or its key; from now on one does."""
        known = name in self.told
        self.told.add(name)
        return not known

    def notify(self, complaint: Complaint, fired: Fired, role: str) -> None:
        """Tell whoever holds a role."""
        self.alerts += [alert_of(fired, user_id) for user_id in besides(complaint, self.holders[role], role=role)]

    def notify_owner(self, complaint: Complaint, fired: Fired) -> None:
        """Tell the owner, and whoever stands in for an absent one; of what nobody works on, the leads."""
        if owner := self._at_work_on(complaint, complaint.owner_id):
            self.alerts += [alert_of(fired, user_id) for user_id in owner | self._stand_in(complaint)]
        else:
            self.notify(complaint, fired, Role.LEAD)

    def notify_lead(self, complaint: Complaint, fired: Fired) -> None:
        """Tell the leads."""
        self.notify(complaint, fired, Role.LEAD)

    def raise_priority(self, complaint: Complaint, fired: Fired) -> None:
        """Move it up the queue, once for each threshold."""
        if complaint.is_open and complaint.priority < Priority.URGENT and self.is_news(fired.key):
            self.this.change(complaint, priority=complaint.priority + 1)
            note_fact(self.this, complaint, TimelineCode.PRIORITY_RAISED, {"key": fired.key, "to": complaint.priority})

    def reassign(self, complaint: Complaint, fired: Fired) -> None:
        """Give it to somebody else, who is told by e-mail; how that person is found, `Heirs` says."""
        if not (complaint.is_open and fired.clock.is_open and self.is_news(fired.key)):
            return
        heir = self.heirs.next_for(complaint, missed=fired.code >= BREACH)
        if heir is None:
            return
        detail = {"key": fired.key, "from": str(complaint.owner_id or ""), "to": str(heir.user_id), "name": heir.name}
        if complaint.owner_id:
            self.given_by.setdefault(complaint.pk, complaint.owner_id)
        self.this.change(complaint, owner_id=heir.user_id)
        note_fact(self.this, complaint, TimelineCode.REASSIGNED, detail)
        alert = alert_of(fired, heir.user_id)
        key = f"handed_over:{fired.clock.id}:{threshold_of(fired)}:{heir.user_id}"
        self.alerts.append(Alert(heir.user_id, complaint.pk, key, alert.detail, DispatchKind.HANDED_OVER))
        request_named_acknowledgement(self.this, complaint)

    def open_task(self, _complaint: Complaint, fired: Fired) -> None:
        """Open a task for whoever has it in the end, for the leads if nobody works on it."""
        if fired.clock.is_open:
            self.tasks.append(fired)

    def produce_notice(self, _complaint: Complaint, fired: Fired) -> None:
        """Ask for what the policy names for a missed date."""
        self.notices.append(fired)

    def _stand_in(self, complaint: Complaint) -> set[UUID]:
        """Return who stands in for an absent owner."""
        owner = self.owners.get(complaint.owner_id) if complaint.owner_id else None
        return self._at_work_on(complaint, owner.stand_in_id) if owner is not None and owner.is_away else set()

    def _at_work_on(self, complaint: Complaint, user_id: UUID | None) -> set[UUID]:
        """Return this person, unless he or she works here no longer, or it is the own complaint, or a hidden one."""
        able = (besides(complaint, self.holders[role], role=role) for role in HANDLERS)
        return {user_id} & {found for people in able for found in people} if user_id else set()

    def _task(self, fired: Fired) -> Task:
        complaint = self.complaint_of(fired)
        is_worked_on = self._at_work_on(complaint, complaint.owner_id)
        who = {"assignee_id": complaint.owner_id} if is_worked_on else {"role": Role.LEAD}
        return task_of(fired, complaint=complaint, reference=complaint.reference, opened_at=self.this.at, **who)

    def _tell_timeline(self, complaint: Complaint, fired: Fired) -> None:
        clock = fired.clock
        code = TimelineCode.CLOCK_BREACHED if fired.code >= BREACH else TimelineCode.CLOCK_WARNED
        detail = {"clock": clock.kind, "code": fired.code}
        self.this.add(
            TimelineEntry(
                id=_entry_id(fired),
                complaint_id=complaint.pk,
                at=self.this.at,
                code=code,
                audience=Audience.STAFF,
                actor_label=self.this.actor.label,
                detail=detail,
            )
        )
        self.this.record(
            f"complaint.{code}", matter_id=complaint.pk, object_type="clock", object_id=clock.id, detail=detail
        )


Effect = Callable[[_Envelope, Complaint, Fired], None]
EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {
        "notify_owner": _Envelope.notify_owner,
        "notify_lead": _Envelope.notify_lead,
        "raise_priority": _Envelope.raise_priority,
        "reassign": _Envelope.reassign,
        "open_task": _Envelope.open_task,
        "produce_notice": _Envelope.produce_notice,
    }
)


def _entry_id(fired: Fired) -> UUID:
    """Return the id of the timeline's entry for a threshold."""
    return id_for(fired.clock.id, threshold_of(fired))


def _told_before(firings: Sequence[Fired]) -> set[UUID | str]:
    """Return what the timelines know of these firings: the ids of thresholds, and the keys of what they changed.

    Two queries.
    """
    entries = TimelineEntry.objects.unscoped("whether these firings were told")
    thresholds = entries.filter(pk__in={_entry_id(fired) for fired in firings}).values_list("pk", flat=True)
    changes = entries.filter(
        complaint_id__in={fired.clock.matter_id for fired in firings}, code__in=CHANGES
    ).values_list("detail__key", flat=True)
    return {*thresholds, *changes}
