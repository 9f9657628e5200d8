"""The way of a draft: written, submitted, published by somebody else, or withdrawn. The steps are in that order."""

import hashlib
from datetime import date, datetime
from uuid import UUID

from members.actors import Actor
from members.acts import Act, act
from slas import versions
from slas.calendar import CalendarFault, zone_offsets
from slas.drafts import PUBLISHERS, WRITERS, DraftForbidden, DraftRefused
from slas.models import DraftState, PolicyDraft, PolicyVersion
from slas.operations.publish_versions import calendar_row, policy_row, wait_for_publications
from slas.policy import PackFault
from slas.queries.proposals import Proposal, obstacles_to, read_proposal, today_of


def write_draft(
    *, actor: Actor, at: datetime, draft_id: UUID, kind: str, text: str, note: str, effective_on: date
) -> PolicyDraft:
    """Keep a draft. The same `draft_id` again changes its words, as long as it is not submitted and the actor's own.

    Raises DraftForbidden; DraftRefused with the field at fault, for a text that cannot be read with the line.
    """
    _demand(actor, WRITERS)
    proposal = _read(kind, text, effective_on)
    words = {
        "name": proposal.name,
        "text": text,
        "sha256": hashlib.sha256(text.encode()).digest(),
        "note": note,
        "effective_on": effective_on,
    }
    if proposal.effective_on <= today_of(proposal, at):
        raise DraftRefused("Choose a day after today: what has begun stays as it was promised.", field="effective_on")
    with act(actor=actor, at=at) as this:
        wait_for_publications()  # a form that is pressed twice at once is one draft
        draft = PolicyDraft.objects.select_for_update(no_key=True, of=("self",)).filter(pk=draft_id).first()
        if draft is None:
            assert actor.user_id is not None  # noqa: S101 -- roles belong to people
            draft = PolicyDraft(id=draft_id, kind=kind, written_by_id=actor.user_id, written_at=at, **words)
            this.add(draft)
            _record(this, draft, "policy_draft.written")
        elif draft.written_by_id != actor.user_id or draft.state != DraftState.DRAFT:
            raise DraftRefused("This draft can no longer be changed. Start another one from its text.")
        elif any(getattr(draft, name) != value for name, value in words.items() if name != "sha256"):
            this.change(draft, kind=kind, replay=None, replay_asked_at=None, **words)
            _record(this, draft, "policy_draft.changed")
    return draft


def submit_draft(*, actor: Actor, at: datetime, draft_id: UUID) -> PolicyDraft:
    """Hand a draft to whoever publishes it; from now on its words stand still. Again, it changes nothing.

    What it is compared with is kept: it is published only where that is still the newest. Raises DraftForbidden;
    DraftRefused with what stands in the way of its publication, and where nobody has looked at what it would have done.
    """
    _demand(actor, WRITERS)
    with act(actor=actor, at=at) as this:
        draft = this.lock(PolicyDraft, draft_id)
        if draft.written_by_id != actor.user_id:
            raise DraftRefused("Only the person who wrote a draft submits it.")
        if draft.state == DraftState.SUBMITTED:
            return draft
        _check_state(draft, DraftState.DRAFT)
        proposal = _read(draft.kind, draft.text, draft.effective_on)
        _check_obstacles(draft, proposal, at)
        compared_with = [row.pk for row in proposal.compared_with]
        this.change(draft, state=DraftState.SUBMITTED, submitted_at=at, compared_with=compared_with)
        _record(this, draft, "policy_draft.submitted")
    return draft


def publish_draft(*, actor: Actor, at: datetime, draft_id: UUID) -> PolicyDraft:
    """Publish what a draft changes, as versions in force from its day on; matters that run keep theirs.

    The version before ends on that day. A pack with a number marked K stays off, as from a file. The same person again
    changes nothing. What other drafts would have done is void then. Raises DraftForbidden; DraftRefused for its author,
    where another person was faster or something else was published meanwhile, and for a text that contradicts itself or
    what is published.
    """
    _demand(actor, PUBLISHERS)
    with act(actor=actor, at=at) as this:
        wait_for_publications()  # before the row, as write_draft does
        draft = this.lock(PolicyDraft, draft_id)
        if draft.state == DraftState.PUBLISHED and draft.published_by_id == actor.user_id:
            return draft
        _check_state(draft, DraftState.SUBMITTED)
        if draft.written_by_id == actor.user_id:
            raise DraftRefused("You wrote this draft. A second quality manager or a lead publishes it.")
        proposal = _read(draft.kind, draft.text, draft.effective_on)
        _check_obstacles(draft, proposal, at)
        _add_versions(this, proposal, draft)
        _void_replays(this, draft)
        this.change(
            draft,
            state=DraftState.PUBLISHED,
            published_by_id=actor.user_id,
            published_at=at,
            published_on=today_of(proposal, at),
        )
        _record(this, draft, "policy_draft.published")
    versions.refresh()
    return draft


def withdraw_draft(*, actor: Actor, at: datetime, draft_id: UUID) -> PolicyDraft:
    """Give a draft up. Again, it changes nothing. Raises DraftForbidden, DraftRefused."""
    _demand(actor, WRITERS)
    with act(actor=actor, at=at) as this:
        draft = this.lock(PolicyDraft, draft_id)
        if draft.state == DraftState.WITHDRAWN:
            return draft
        _check_state(draft, DraftState.DRAFT, DraftState.SUBMITTED)
        this.change(draft, state=DraftState.WITHDRAWN, withdrawn_by_id=actor.user_id, withdrawn_at=at)
        _record(this, draft, "policy_draft.withdrawn")
    return draft


def _demand(actor: Actor, roles: frozenset[str]) -> None:
    if not actor.has(*roles):
        raise DraftForbidden(f"{actor.label} may not do this to drafts of policies")


def _read(kind: str, text: str, effective_on: date) -> Proposal:
    try:
        return read_proposal(kind=kind, text=text, effective_on=effective_on)
    except (CalendarFault, PackFault) as fault:
        raise DraftRefused(str(fault), field="text") from None


def _check_state(draft: PolicyDraft, *states: DraftState) -> None:
    """Refuse a draft that stands elsewhere, and say who brought it there."""
    if draft.state in states:
        return
    if draft.state == DraftState.PUBLISHED:
        raise DraftRefused(f"{draft.published_by} has published this draft already.")
    if draft.state == DraftState.WITHDRAWN:
        raise DraftRefused(f"{draft.withdrawn_by} has withdrawn this draft.")
    raise DraftRefused(f"This cannot be done to a draft that is {draft.get_state_display().lower()}.")


def _check_obstacles(draft: PolicyDraft, proposal: Proposal, at: datetime) -> None:
    if found := list(obstacles_to(draft, proposal, at=at)):
        raise DraftRefused(" ".join(found))


def _void_replays(this: Act, draft: PolicyDraft) -> None:
    """Drop what other open drafts would have done: that was reckoned against what is no longer in force."""
    others = PolicyDraft.objects.filter(state__in=(DraftState.DRAFT, DraftState.SUBMITTED)).exclude(pk=draft.pk)
    for other in this.lock_all(PolicyDraft, others.values_list("pk", flat=True)).values():
        this.change(other, replay=None, replay_asked_at=None)


def _add_versions(this: Act, proposal: Proposal, draft: PolicyDraft) -> None:
    """Add the rows, and end those that they replace: an act writes changes before what they make room for."""
    for row in proposal.replaces:
        if row.effective_to is None:
            this.change(this.lock(PolicyVersion, row.pk), effective_to=proposal.effective_on)
    this.add(*(policy_row(policy, draft) for policy in proposal.policies))
    if (definition := proposal.calendar) is not None:
        offsets = zone_offsets(definition.tz, definition.first_on, definition.last_on)
        this.add(calendar_row(definition, offsets, draft))


def _record(this: Act, draft: PolicyDraft, fact: str) -> None:
    this.record(
        fact,
        object_type="policy_draft",
        object_id=draft.pk,
        detail={"kind": draft.kind, "name": draft.name, "sha256": bytes(draft.sha256).hex()},
    )
