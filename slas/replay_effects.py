"""Reckons the what-if of a draft in the worker: its effect in the outbox is settled when the result is kept."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from slas.models import PolicyDraft
from slas.operations.replay_drafts import REPLAY, record_replay, selection_of
from slas.outbox import handles
from slas.queries import database_now
from slas.queries.proposals import drafted_by, read_proposal
from slas.queries.replays import replayed
from slas.replay_figures import Figures


@handles(REPLAY, in_transaction=False)
def replay_draft(matter_id: UUID, key: str, payload: dict[str, Any]) -> None:  # noqa: ARG001 -- the outbox passes all three
    """Replay the draft over the clocks it was asked for, unless that was overtaken. It may take a minute and a half."""
    draft = PolicyDraft.objects.get(pk=matter_id)
    asked_at = datetime.fromisoformat(payload["asked_at"])
    if not draft.is_open or draft.replay_asked_at != asked_at:
        return
    at = database_now()
    record_replay(at=at, draft_id=draft.pk, asked_at=asked_at, result=reckon(draft, at=at))


def reckon(draft: PolicyDraft, *, at: datetime) -> dict[str, Any]:
    """Return the figures of a draft over its period, and the first lines of each group of its list."""
    drafted = drafted_by([read_proposal(kind=draft.kind, text=draft.text, effective_on=draft.effective_on)])
    figures = Figures(ZoneInfo(settings.HOUSE_TIME_ZONE))
    for clock, own, came_to in replayed(selection_of(draft.replay_since, draft.replay_until), drafted, at=at):
        figures.take(clock, own, came_to, at=at)
    lines = {group: [asdict(line) for line in lines] for group, lines in figures.kept.items()}
    return figures.told() | {"lines": lines, "at": at.isoformat()}
