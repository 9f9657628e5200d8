"""What the worker does with confirmed lists: one complaint, one transaction, wherever it is killed."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from django.db import transaction

from complaints.retention.due import why_left
from complaints.retention.enums import LeftBecause, ListedState
from complaints.retention.erase import erase, lock
from complaints.retention.facts import mix_facts
from complaints.retention.models import ErasureList, ListedComplaint
from complaints.retention.rules import rules
from members.actors import SYSTEM
from members.acts import act

AT_ONCE = 500
"""Complaints that one run takes on; the next run goes on with the rest."""


@dataclass(frozen=True, slots=True)
class Worked:
    """How many complaints of confirmed lists were erased, and how many left alone."""

    erased: int
    left: int


def erase_listed(*, at: datetime, most: int = AT_ONCE) -> Worked:
    """Erase what confirmed lists name, if it still may be erased. Safe to kill, to repeat, and to run twice at once.

    Raises OSError when the ledger cannot be written: then the complaint stays, and the next run tries again.
    """
    done = list(islice(iter(partial(_erase_next, at), None), most))
    _close_lists(at)
    return Worked(done.count(ListedState.ERASED), done.count(ListedState.LEFT))


def _erase_next(at: datetime) -> ListedState | None:
    with transaction.atomic():
        waiting = ListedComplaint.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            state=ListedState.WAITING, on_list__confirmed_at__isnull=False
        )
        listed = waiting.select_related("on_list").order_by("pk").first()
        if listed is None:
            return None
        complaint = lock(listed.complaint_id)
        left = why_left(listed.complaint_id, among=rules(), at=at)
        if complaint is None or left:
            return _note(listed, ListedState.LEFT, left or LeftBecause.GONE, at)
        erase(complaint, actor=SYSTEM, at=at, rule=listed.rule, erasure_list=listed.on_list)
        return _note(listed, ListedState.ERASED, "", at)


def _note(listed: ListedComplaint, state: ListedState, left_because: str, at: datetime) -> ListedState:
    with act(actor=SYSTEM, at=at) as this:
        this.change(listed, state=state, left_because=left_because)
    return state


def _close_lists(at: datetime) -> None:
    """Say of each list that nothing on it waits any more, and part its facts from its erasures."""
    waiting = ListedComplaint.objects.filter(state=ListedState.WAITING)
    ready = ErasureList.objects.filter(confirmed_at__isnull=False, done_at=None).exclude(
        pk__in=waiting.values("on_list")
    )
    for key in list(ready.values_list("pk", flat=True)):
        with act(actor=SYSTEM, at=at) as this:
            done = this.lock(ErasureList, key)
            if done.done_at is None:
                this.change(done, done_at=at)
                this.record("erasure.done", object_type="erasure_list", object_id=key)
                mix_facts()
