"""The what-if of a draft: asked for on its page, reckoned in the worker, kept on the draft."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from members.actors import SYSTEM, Actor
from members.acts import act
from slas.calendar import CalendarFault
from slas.drafts import PUBLISHERS, DraftForbidden, DraftRefused
from slas.models import PolicyDraft
from slas.operations.effects import enqueue
from slas.policy import PackFault
from slas.queries.proposals import drafted_by, read_proposal
from slas.queries.replays import Selection, count_clocks
from slas.replay import Drafted

REPLAY = "slas.replay"
MOST_CLOCKS = 500_000
"""Some 45 seconds of a worker process, whose tasks have 120; more is for the command, which has the time."""


def ask_replay(
    *, actor: Actor, at: datetime, draft_id: UUID, since: date | None = None, until: date | None = None
) -> PolicyDraft:
    """Have a draft replayed over the clocks that started from `since` to `until`, both days included.

    Raises DraftForbidden, DraftRefused: also for more clocks than a page is made to wait for.
    """
    if not actor.has(*PUBLISHERS):
        raise DraftForbidden(f"{actor.label} may not replay drafts of policies")
    if since and until and until < since:
        raise DraftRefused("The last day comes before the first one.", field="until")
    with act(actor=actor, at=at) as this:
        draft = this.lock(PolicyDraft, draft_id)
        if not draft.is_open:
            raise DraftRefused(
                f"This draft is {draft.get_state_display().lower()}: what it would have done is settled."
            )
        count = count_clocks(selection_of(since, until), _drafted(draft))
        if count > MOST_CLOCKS:
            raise DraftRefused(
                f"{count:,} clocks started in this period. Choose a shorter one, up to {MOST_CLOCKS:,}, or have the "
                "operator run: manage.py replay_policy",
                field="since",
            )
        this.change(draft, replay_since=since, replay_until=until, replay_asked_at=at, replay=None)
        enqueue(
            this=this,
            matter_id=draft.pk,
            key=f"replay:{draft.pk}:{at.isoformat()}",
            topic=REPLAY,
            payload={"asked_at": at.isoformat()},
        )
    return draft


def _drafted(draft: PolicyDraft) -> Drafted:
    """Return what the draft would change. Raises DraftRefused where that is nothing, or cannot be told."""
    try:
        proposal = read_proposal(kind=draft.kind, text=draft.text, effective_on=draft.effective_on)
        drafted = drafted_by([proposal])
    except (CalendarFault, PackFault) as fault:
        raise DraftRefused(str(fault)) from None
    if proposal.says_nothing_new:
        raise DraftRefused("This draft changes nothing, so there is nothing to reckon. Change its text first.")
    return drafted


def record_replay(*, at: datetime, draft_id: UUID, asked_at: datetime, result: dict[str, Any]) -> None:
    """Keep what a replay came to, unless the draft was changed, settled or asked again meanwhile."""
    with act(actor=SYSTEM, at=at) as this:
        draft = this.lock(PolicyDraft, draft_id)
        if draft.is_open and draft.replay_asked_at == asked_at:
            this.change(draft, replay=result)


def selection_of(since: date | None, until: date | None, **narrower: Any) -> Selection:
    """Return the clocks that started from one day to another, both included, where the house is."""
    return Selection(
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
        **narrower,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(settings.HOUSE_TIME_ZONE))
