"""Acting for a member: what each authorisation opens, for how long, and that nothing else comes with it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from complaints.models import Complaint
from complaints.operations import send_message, submit_complaint, withdraw_complaint
from complaints.permissions import ActionForbidden
from complaints.queries.member_cases import cases_of
from members.actors import Role, Scope
from members.operations import revoke_representation
from tests import people
from tests.complaints import member_cases as cases
from tests.members.representing import represented
from tests.people import actor_of, member, member_account, sign_in, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
NOW = timezone.now


def yesterday():
    return NOW() - timedelta(days=1)


F, R, W, L = Scope.FILE, Scope.READ, Scope.WRITE, Scope.LETTERS


@pytest.fixture
def josef(db):  # noqa: ARG001 -- the fixture is wanted for what it does
    """Return the member."""
    return member()


def helper():
    """Return the account of somebody who is a member as well."""
    return member_account(person=member(name="Max Brod"))


def acting(person, *scope, user=None):
    """Return who acts for the member from yesterday on."""
    user = user or helper()
    row = represented(person, user, scope, at=yesterday())
    return actor_of(user, at=NOW()), row


TABLE = [
    # allowed, sees the complaint, writes, gets letters, withdraws
    ((F,), False, False, False, False),
    ((R,), True, False, False, False),
    ((F, R), True, False, False, True),
    ((R, W), True, True, False, False),
    ((R, L), True, False, True, False),
    ((F, R, W, L), True, True, True, True),
]


@pytest.mark.parametrize(("scope", "sees", "writes", "letters", "withdraws"), TABLE)
def test_each_scope_opens_what_it_names_and_nothing_else(josef, scope, sees, writes, letters, withdraws):
    closing, opened = cases.submitted(person=josef), cases.submitted(person=josef)
    cases.answered(closing, cases.agent())
    answered, open_one = closing.reference, opened.reference
    user = helper()
    represented(josef, user, scope, at=yesterday())
    browser = Client()
    sign_in(browser, user)

    def reached(path, **data):
        response = browser.post(path, data) if data else browser.get(path)
        return response.status_code in {200, 302}

    assert reached(f"/en/my/cases/{open_one}/") is sees
    assert (open_one in browser.get("/en/my/").content.decode()) is sees
    assert reached(f"/en/my/cases/{open_one}/messages/", body="When?", key="x") is writes
    assert reached(f"/en/my/cases/{answered}/letter/") is letters
    assert reached(f"/en/my/cases/{answered}/letter.pdf") is letters
    assert reached(f"/en/my/cases/{open_one}/withdraw/", sure="yes") is withdraws
    state = Complaint.objects.unscoped("test").get(pk=opened.pk).state
    assert (state == "withdrawn") is withdraws


def test_operations_refuse_what_is_not_allowed_whatever_the_page_shows(josef):
    complaint = cases.submitted(person=josef)
    actor, _ = acting(josef, R)
    with pytest.raises(ActionForbidden):
        send_message(actor=actor, at=NOW(), complaint_id=complaint.pk, body="When?")
    with pytest.raises(ActionForbidden):
        withdraw_complaint(actor=actor, at=NOW(), complaint_id=complaint.pk)


def test_only_this_member_and_nobody_else(josef):
    other = cases.submitted(person=member())
    own = cases.submitted(person=josef)
    actor, _ = acting(josef, R)
    assert [row.reference for row in cases_of(actor=actor, now=NOW())] == [own.reference]
    assert other not in Complaint.objects.visible_to(actor)


def test_it_begins_and_ends_to_the_second(josef):
    cases.submitted(person=josef)
    user = helper()
    row = represented(josef, user, (R,))

    def seen(at):
        return Complaint.objects.visible_to(actor_of(user, at=at)).count()

    second = timedelta(seconds=1)
    assert [seen(row.starts_at - second), seen(row.starts_at)] == [0, 1]
    assert [seen(row.expires_at - second), seen(row.expires_at)] == [1, 0]


def test_revoking_acts_on_the_next_request_of_a_session_that_is_open(josef):
    reference = cases.submitted(person=josef).reference
    user, browser = helper(), Client()
    row = represented(josef, user, (R,), at=yesterday())
    sign_in(browser, user)
    assert browser.get(f"/en/my/cases/{reference}/").status_code == 200
    revoke_representation(actor=actor_of(member_account(person=josef)), at=NOW(), representation_id=row.pk)
    assert browser.get(f"/en/my/cases/{reference}/").status_code == 404
    assert reference not in browser.get("/en/my/").content.decode()


def test_what_somebody_filed_for_a_member_is_out_of_reach_once_the_authorisation_is_over(josef):
    actor, row = acting(josef, F)
    statement = replace(cases.STATEMENT, member_id=josef.pk, relationship="representative")
    complaint = submit_complaint(actor=actor, at=NOW(), statement=statement)
    assert list(Complaint.objects.visible_to(actor)) == [complaint]
    revoke_representation(actor=actor, at=NOW(), representation_id=row.pk)
    user = people.User.objects.get(pk=actor.user_id)
    assert not Complaint.objects.visible_to(actor_of(user, at=NOW())).exists()


def test_staff_who_act_for_a_member_do_not_work_on_that_members_complaints(josef):
    complaint = cases.submitted(person=josef)
    actor, _ = acting(josef, R, user=staff(Role.AGENT))
    assert complaint.is_own_of(actor)
    assert Complaint.objects.visible_to(actor.as_staff()).count() == 0


@pytest.mark.parametrize("helpers", [1, 3])
def test_the_list_takes_as_many_queries_for_three_members(django_assert_num_queries, helpers):
    user = helper()
    for _ in range(helpers):
        person = member()
        cases.submitted(person=person)
        represented(person, user, (R,))
    actor = actor_of(user)
    with django_assert_num_queries(3):
        assert len(cases_of(actor=actor, now=NOW())) == helpers
