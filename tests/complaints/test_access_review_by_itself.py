"""The access review opens each quarter by itself, tells administrators, and takes away what nobody answered."""

from datetime import timedelta

import pytest
from django.core import mail

from complaints.correspondence.delivery import send_email
from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.tasks import review_access
from members.accounts.models import AccessReview
from members.actors import Role
from members.operations import close_overdue_review, open_access_review
from slas.queries import database_now
from tests.people import AT, actor_of, staff

pytestmark = pytest.mark.django_db


def mails():
    return Dispatch.objects.filter(kind=DispatchKind.ACCESS_REVIEW).order_by("requested_at", "pk")


def test_the_task_opens_one_round_however_often_it_runs_and_tells_each_administrator_once():
    admins = {staff(Role.ADMINISTRATOR).pk for _ in range(2)}
    staff(Role.AGENT)
    review_access()
    review_access()
    assert AccessReview.objects.count() == 1
    assert {row.to_user_id for row in mails()} == admins
    assert mails().count() == 2
    send_email(mails()[0], at=database_now())
    assert mail.outbox[0].subject == "Access review: say who still needs which role"
    assert "/people/review/" in mail.outbox[0].body


def test_the_mail_about_a_round_says_until_when_to_answer():
    staff(Role.ADMINISTRATOR)
    open_access_review(at=AT)
    send_email(mails().get(), at=AT)
    assert (
        "Say of each role whether it is still needed. What nobody has answered by Monday, March 16, 2026, 11:00 AM"
        " is taken away." in mail.outbox[0].body
    )


def test_the_task_closes_what_is_overdue_and_opens_the_next_after_a_quarter():
    agent = staff(Role.AGENT)
    staff(Role.ADMINISTRATOR)
    open_access_review(at=database_now() - timedelta(days=91))
    review_access()
    assert not actor_of(agent).roles
    assert [review.closed_at is None for review in AccessReview.objects.order_by("opened_at")] == [False, True]
    assert [row.detail["review"] for row in mails()] == ["opened", "closed", "opened"]


def test_a_round_that_is_open_and_not_overdue_is_left_alone():
    staff(Role.ADMINISTRATOR)
    open_access_review(at=AT)
    assert close_overdue_review(at=AT + timedelta(days=13)) == 0
    assert open_access_review(at=AT + timedelta(days=13)) is None
