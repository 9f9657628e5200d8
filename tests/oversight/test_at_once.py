"""Two workers look over the trail at the same time, and two people answer for the same item."""

from datetime import timedelta

import pytest

from complaints.oversight.models import ReviewItem
from complaints.oversight.reviews import ReviewRefused, judge_review
from complaints.oversight.watch import escalate_reviews, watch_over_openings
from members.actors import Role
from members.audit.models import Event
from slas.queries import database_now
from tests.complaints.test_staff_alerts_at_once import at_once
from tests.people import actor_of, staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def refused():
    """Return the moment at which somebody was refused many pages."""
    at, person = database_now(), actor_of(staff(Role.AGENT))
    for _ in range(12):
        Event.by(person, at=at, action="access.refused").save()
    return at


def test_two_looks_at_once_make_one_item_and_tell_of_it_once(refused):
    assert sorted(at_once(*[lambda: watch_over_openings(at=refused)] * 4)) == [0, 0, 0, 1]
    at = refused + timedelta(days=3)
    assert sorted(at_once(*[lambda: escalate_reviews(at=at)] * 4)) == [0, 0, 0, 1]
    assert Event.objects.filter(action__in=("review.opened", "review.escalated")).count() == 2


def test_of_two_answers_at_once_one_counts_and_the_other_is_refused(refused):
    watch_over_openings(at=refused)
    item = ReviewItem.objects.unscoped("test").get()
    officers = [actor_of(staff(Role.PRIVACY_OFFICER)) for _ in range(2)]

    def answer(actor):
        try:
            return judge_review(
                actor=actor, at=refused, review_id=item.pk, count=item.count, in_order=True, reason="A bookmark."
            )
        except ReviewRefused as refusal:
            return str(refusal)

    said = at_once(*[lambda actor=actor: answer(actor) for actor in officers])
    assert sum(isinstance(each, ReviewItem) for each in said) == 1
    assert "Somebody has answered this already." in said
    assert Event.objects.filter(action="review.judged").count() == 1
