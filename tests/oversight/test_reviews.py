"""Items are answered by somebody else, with a reason, within three days; then more people are asked."""

import html
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from complaints.correspondence.delivery import send_email
from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.oversight.enums import RuleCode
from complaints.oversight.models import ReviewItem
from complaints.oversight.reviews import ReviewRefused, judge_review, read_reviews
from complaints.oversight.watch import escalate_reviews
from complaints.permissions import ActionForbidden
from complaints.tasks import watch_openings
from members.accounts.models import User
from members.actors import STAFF, Role
from members.audit.models import Event
from slas.queries import database_now
from tests.complaints import stages
from tests.people import actor_of, sign_in, staff

pytestmark = pytest.mark.django_db
AT = stages.AT
REVIEWS = "/oversight/reviews/"


def noticed(person_id, *, day=0, **kwargs):
    made = {"rule": RuleCode.OFF_HOURS, "count": 7, "opened_at": AT} | kwargs
    item = ReviewItem(person_id=person_id, day=(AT - timedelta(days=day)).date(), **made)
    item.save()
    return item


def now(item):
    return ReviewItem.objects.unscoped("test").get(pk=item.pk)


def judge(actor, item, **kwargs):
    return judge_review(
        **{"actor": actor, "at": AT, "review_id": item.pk, "count": item.count, "in_order": True}
        | {"reason": "Night shift."}
        | kwargs
    )


def shown(response):
    return html.unescape(response.content.decode())


def test_a_privacy_officer_answers_once_with_a_reason_that_is_sealed(agent, officer):
    item = noticed(agent.user_id)
    judge(officer, item)
    assert (now(item).in_order, now(item).judged_by_id) == (True, officer.user_id)
    event = Event.objects.get(action="review.judged")
    assert (event.object_id, event.detail) == (item.pk, {"in_order": True})
    with connection.cursor() as cursor:
        cursor.execute("SELECT verdict_reason FROM oversight_reviewitem")
        assert b"Night" not in bytes(cursor.fetchone()[0])
    with pytest.raises(ReviewRefused, match="already"):
        judge(officer, item)


def test_nobody_judges_what_is_about_themselves(officer):
    item = noticed(officer.user_id)
    with pytest.raises(ReviewRefused, match="about yourself"):
        judge(officer, item)
    assert list(ReviewItem.objects.visible_to(officer)) == []
    with pytest.raises(IntegrityError, match="oversight_judged_by_another"), transaction.atomic():
        item.in_order, item.verdict_reason, item.judged_at, item.judged_by_id = True, "Me.", AT, officer.user_id
        item.save()


@pytest.mark.parametrize("role", sorted(STAFF - {Role.PRIVACY_OFFICER, Role.LEAD}))
def test_others_judge_nothing(agent, role):
    with pytest.raises(ActionForbidden):
        judge(actor_of(staff(role)), noticed(agent.user_id))


def test_a_lead_answers_for_what_has_waited_too_long_and_for_nothing_before(agent):
    lead = actor_of(staff(Role.LEAD))
    fresh, waiting = noticed(agent.user_id), noticed(agent.user_id, day=1, escalated_at=AT)
    with pytest.raises(ReviewItem.DoesNotExist):
        judge(lead, fresh)
    assert judge(lead, waiting).judged_by_id == lead.user_id


def test_an_item_that_waits_for_three_days_is_told_once_to_privacy_officers_and_leads(officer):
    staff(Role.AUDITOR)
    lead, about = staff(Role.LEAD), staff(Role.LEAD, Role.PRIVACY_OFFICER, name="About Whom")
    waiting, recent = noticed(about.pk), noticed(about.pk, day=1, opened_at=AT + timedelta(hours=1))
    answered = noticed(about.pk, day=2)
    judge(officer, answered)
    at = AT + timedelta(days=3)
    assert [escalate_reviews(at=at) for _ in range(2)] == [1, 0]
    assert (now(waiting).escalated_at, now(recent).escalated_at) == (at, None)
    told = Dispatch.objects.filter(kind=DispatchKind.REVIEW_WAITS)
    assert {dispatch.to_user_id for dispatch in told} == {officer.user_id, lead.pk}
    send_email(told.first(), at=at)
    assert mail.outbox[0].subject == "Something waits to be looked into"
    assert reverse("oversight:reviews") in mail.outbox[0].body
    assert "About Whom" not in mail.outbox[0].body
    assert Event.objects.filter(action="review.escalated", object_id=waiting.pk).count() == 1


def test_the_hourly_task_notices_escalates_and_logs(agent, officer, caplog):
    at = database_now()
    for _ in range(10):
        Event.by(agent, at=at, action="access.refused").save()
    noticed(agent.user_id, opened_at=at - timedelta(days=3))
    with caplog.at_level("WARNING"):
        watch_openings()
    assert "wait to be looked into: 1" in caplog.text
    assert "waited for an answer for three days: 1" in caplog.text
    assert ReviewItem.objects.visible_to(officer).count() == 2


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_of_items_takes_as_many_queries_whatever_it_holds(agent, officer, number, django_assert_num_queries):
    for day in range(number):
        judge(officer, noticed(agent.user_id, day=day))
    with django_assert_num_queries(3):
        assert len(read_reviews(actor=officer, page=None, at=AT).object_list) == number


def test_what_waits_stands_on_top_the_oldest_first(agent, officer):
    answered = noticed(agent.user_id, opened_at=AT - timedelta(days=9))
    judge(officer, answered)
    new, old = noticed(agent.user_id, day=1), noticed(agent.user_id, day=2, opened_at=AT - timedelta(days=4))
    lines = read_reviews(actor=officer, page=None, at=AT).object_list
    assert [line.id for line in lines] == [old.pk, new.pk, answered.pk]
    assert [line.is_overdue for line in lines] == [True, False, False]


def test_the_officer_reads_the_item_and_answers_on_the_page(client, agent, officer):
    item = noticed(agent.user_id, rule=RuleCode.VOLUME, count=60, evidence={"usual": 20})
    page = reverse("oversight:review", args=[item.pk])
    sign_in(client, User.objects.get(pk=officer.user_id))
    assert "Far more cases read than usual" in shown(client.get(REVIEWS))
    assert "60 on that day, 20 on a usual day." in shown(client.get(page))
    assert reverse("oversight:person", args=[agent.user_id]) in shown(client.get(page))
    refused = client.post(f"{page}answer/", {"count": 60, "in_order": "", "reason": "Kept words."})
    assert refused.status_code == 422
    assert "Kept words." in shown(refused)
    assert "Say whether it was in order." in shown(refused)
    said = {"count": 60, "in_order": "no", "reason": "Nobody asked for it."}
    assert client.post(f"{page}answer/", said).status_code == 302
    assert "Not in order" in shown(client.get(REVIEWS))
    assert "Nobody asked for it." in shown(client.get(page))
    assert client.get(reverse("oversight:review", args=[uuid4()])).status_code == 404


def test_what_has_grown_since_the_page_was_opened_is_looked_at_again_before_it_is_judged(client, agent, officer):
    item = noticed(agent.user_id, rule=RuleCode.SAME_NAME, count=1)
    sign_in(client, User.objects.get(pk=officer.user_id))
    page = reverse("oversight:review", args=[item.pk])
    item.count = 31
    item.save()
    refused = client.post(f"{page}answer/", {"count": 1, "in_order": "yes", "reason": "A namesake."})
    assert refused.status_code == 422
    for words in (
        "This has grown since you opened the page",
        "31 on that day",
        "A namesake.",
        'name="count" value="31"',
    ):
        assert words in shown(refused)
    assert now(item).judged_at is None
    assert client.post(f"{page}answer/", {"count": 31, "in_order": "no", "reason": "No."}).status_code == 302


def test_the_auditor_reads_and_does_not_answer(client, agent, auditor):
    item = noticed(agent.user_id)
    sign_in(client, User.objects.get(pk=auditor.user_id))
    page = reverse("oversight:review", args=[item.pk])
    assert "No answer yet." in shown(client.get(page))
    assert client.post(f"{page}answer/", {"in_order": "yes", "reason": "Fine."}).status_code == 403
