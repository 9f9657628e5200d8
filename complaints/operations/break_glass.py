"""Breaking the glass: in an emergency a restricted complaint opens for an hour, and never unnoticed."""

from datetime import datetime, timedelta
from uuid import UUID

from complaints.correspondence.models import DispatchKind
from complaints.correspondence.operations import request_dispatch
from complaints.enums import TimelineCode
from complaints.models import LONGEST, Complaint, Opening
from complaints.operations._door import note_fact
from complaints.operations.reassign_complaint import besides
from complaints.permissions import demand
from members.accounts.models import User
from members.accounts.throttle import Counter
from members.actors import Actor, Role
from members.acts import Act, act
from members.queries import holders_of

BY_PERSON = Counter("glass.person", limit=5, window=timedelta(minutes=15))
UNANSWERED = 3
"""So many openings of one person may wait for an answer; whoever opens more is asked about these first."""


class NothingToOpen(Exception):
    """There is no complaint that this person could open by this reference; why not, nobody is told."""


class TooManyOpenings(Exception):
    """So many references were tried by one person that they are looked up no more for a while."""


class AnswersAwaited(Exception):
    """Former openings of this person wait for an answer: of this case one, of all cases too many."""


class OpeningRefused(ValueError):
    """The opening cannot be judged; the message says why."""


REASONS: dict[type[Exception], str] = {
    NothingToOpen: "unknown",
    TooManyOpenings: "limit",
    AnswersAwaited: "unanswered",
}


def break_glass(*, actor: Actor, at: datetime, reference: str, reason: str) -> Complaint:
    """Open a restricted complaint to the actor for an hour, and tell every privacy officer by e-mail.

    One that the actor sees anyway is returned as it is. Every try counts, right or wrong. Raises ActionForbidden,
    NothingToOpen, TooManyOpenings, AnswersAwaited, and CounterAway: what cannot be counted is not looked up.
    """
    demand(actor, "break_glass")
    if actor.user_id is None:
        raise NothingToOpen
    allowed = BY_PERSON.take(str(actor.user_id))
    with act(actor=actor, at=at) as this:
        complaint = _find(this, reference) if allowed else None
        if complaint is not None and complaint.is_visible_to(actor.as_staff()):
            return complaint
        refusal = _refusal(this, complaint, actor) if allowed else TooManyOpenings
        if complaint is not None and refusal is None:
            _open(this, complaint, actor.user_id, reason)
            return complaint
        refused = refusal or NothingToOpen
        this.record("complaint.glass_refused", detail={"reason": REASONS[refused]})
    raise refused


def judge_opening(*, actor: Actor, at: datetime, opening_id: UUID, justified: bool, reason: str) -> Opening:
    """Answer whether an opening was justified, by somebody else than who opened: a lead where no privacy officer is.

    Raises ActionForbidden, OpeningRefused, Opening.DoesNotExist.
    """
    demand(actor, "judge_opening")
    with act(actor=actor, at=at) as this:
        if not Opening.objects.visible_to(actor).filter(pk=opening_id).exists():
            raise Opening.DoesNotExist
        opening = this.lock(Opening, opening_id)
        if opening.opener_id == actor.user_id:
            raise OpeningRefused("You opened this yourself. Somebody else has to say whether it was justified.")
        if opening.judged_at:
            raise OpeningRefused("Somebody has answered this already.")
        this.change(opening, justified=justified, verdict_reason=reason, judged_at=at, judged_by_id=actor.user_id)
        this.record(
            "opening.judged",
            matter_id=opening.complaint_id,
            object_type="opening",
            object_id=opening.pk,
            detail={"justified": justified},
        )
    return opening


def _find(this: Act, reference: str) -> Complaint | None:
    rows = Complaint.objects.unscoped("whether there is something to open; nothing is shown")
    key = rows.filter(reference=reference).values_list("pk", flat=True).first()
    return this.lock(Complaint, key) if key else None


def _refusal(this: Act, complaint: Complaint | None, actor: Actor) -> type[Exception] | None:
    """Return why this is not opened, None if it is. Too many that wait are told whatever the reference says."""
    this.lock(User, actor.user_id)  # two tabs of one person count each other
    waiting = Opening.objects.unscoped("what waits for an answer").filter(opener_id=actor.user_id, judged_at=None)
    cases = set(waiting.values_list("complaint_id", flat=True))
    if len(cases) >= UNANSWERED:
        return AnswersAwaited
    if complaint is None or complaint.is_own_of(actor):
        return NothingToOpen
    return AnswersAwaited if complaint.pk in cases else None


def _open(this: Act, complaint: Complaint, opener_id: UUID, reason: str) -> None:
    opening = Opening(
        complaint=complaint, opener_id=opener_id, opened_at=this.at, until=this.at + LONGEST, reason=reason
    )
    this.add(opening)
    note_fact(this, complaint, TimelineCode.GLASS_BROKEN, {"opening": str(opening.pk)})
    tell_of_opening(this, opening, complaint, key=f"glass:{opening.pk}")


def tell_of_opening(this: Act, opening: Opening, complaint: Complaint, *, key: str, **detail: bool) -> None:
    """Ask for one e-mail about an opening to each privacy officer, or to the leads: somebody is told in any case."""
    holders = holders_of(Role.PRIVACY_OFFICER, Role.LEAD, at=this.at)
    role = Role.PRIVACY_OFFICER if holders[Role.PRIVACY_OFFICER] else Role.LEAD
    for user_id in besides(complaint, holders[role], role=role):
        request_dispatch(
            this=this,
            matter_id=complaint.pk,
            kind=DispatchKind.GLASS_BROKEN,
            key=f"{key}:{user_id}",
            to_user_id=user_id,
            detail={"opening": str(opening.pk), "role": str(role), **detail},
        )
