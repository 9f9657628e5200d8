"""What stands out in the audit trail, for the pages that are looked at."""

from uuid import UUID

from complaints.oversight.enums import RuleCode
from complaints.oversight.models import ReviewItem
from complaints.oversight.reviews import judge_review
from complaints.oversight.watch import watch_over_openings
from members.actors import Actor
from members.acts import act
from slas.queries import database_now

REFUSALS = 12


def lay_oversight(people: dict[str, Actor]) -> dict[str, str]:
    """Have two people be refused many pages, so that both stand out; of one a privacy officer has said why."""
    at = database_now()
    for role in ("agent", "quality_manager"):
        with act(actor=people[role], at=at) as this:
            for _ in range(REFUSALS):
                this.record("access.refused", object_type="url", detail={"url": "people:list"})
    watch_over_openings(at=at)
    waiting, answered = (_item_of(people[role].user_id) for role in ("agent", "quality_manager"))
    judge_review(
        actor=people["privacy_officer"],
        at=at,
        review_id=answered,
        count=REFUSALS,
        in_order=True,
        reason="An old bookmark led to a page of administrators, and the browser tried it again and again.",
    )
    return {"member_id": str(people["member"].member_id), "review": str(waiting), "review_answered": str(answered)}


def _item_of(user_id: UUID | None) -> UUID:
    return ReviewItem.objects.unscoped("scene").get(person=user_id, rule=RuleCode.DENIALS).pk
