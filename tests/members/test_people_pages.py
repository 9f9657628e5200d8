"""Who works here, as administrators see and change it."""

import csv
import html
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.accounts.models import FactorReset, User
from members.accounts.signals import AccountChange
from members.actors import SYSTEM, Role
from members.audit.models import Event
from members.operations import ask_factor_reset, create_team, open_access_review
from members.people import HAPPENED
from tests.members.accounts.door import body, errors_of
from tests.people import AT, actor_of, an_email, member_account, sign_in, staff

pytestmark = pytest.mark.django_db
LIST = "/people/"


@pytest.fixture(autouse=True)
def admin(client):
    """Sign an administrator in."""
    return sign_in(client, staff(Role.ADMINISTRATOR, name="Ada Min"))


def page_of(user):
    return reverse("people:person", args=[user.pk])


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_people(client, django_assert_num_queries, count):
    for _ in range(count):
        staff(Role.AGENT)
    with django_assert_num_queries(4):
        assert client.get(LIST).status_code == 200


def test_the_list_shows_names_roles_and_factors_and_no_address(client):
    email = an_email()
    staff(Role.AGENT, Role.LEAD, name="Lee Wong", email=email, factor=False)
    page = body(client.get(LIST))
    assert "Lee Wong" in page
    assert "Agent, Team lead" in page
    assert "None yet" in page
    assert email not in page


def test_an_invited_person_cannot_sign_in_before_choosing_a_password(client):
    email = an_email()
    fields = {"display_name": "Lee Wong", "email": email, "roles": ["agent"]}
    response = client.post("/people/invite/", fields)
    user = User.objects.of_email(email).get()
    assert response["Location"] == page_of(user)
    again = client.post("/people/invite/", fields)
    assert errors_of(again)[1] == ["This e-mail address has an account already. Use another one, or call us."]
    assert 'value="Lee Wong"' in body(again)


def test_a_role_given_and_taken_acts_on_the_next_request(client):
    """Checklist 13."""
    user, browser = staff(Role.AGENT), Client()
    sign_in(browser, user)
    assert browser.get("/quality/").status_code == 403
    client.post(f"{page_of(user)}grant/", {"role": "quality_manager"})
    assert browser.get("/quality/").status_code == 200
    client.post(f"{page_of(user)}revoke/", {"role": "quality_manager"})
    assert browser.get("/quality/").status_code == 403


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(client):
    """Checklist 8."""
    user, browser = staff(Role.AGENT), Client()
    sign_in(browser, user)
    client.post(f"{page_of(user)}disable/")
    assert browser.get("/desk/").status_code == 302
    assert "Closed accounts" in body(client.get(f"{LIST}?closed=1"))
    client.post(f"{page_of(user)}enable/")
    user.refresh_from_db()
    assert user.is_active


def test_an_administrator_neither_promotes_nor_closes_the_own_account(client, admin):
    """Checklist 15."""
    client.post(f"{page_of(admin)}grant/", {"role": "privacy_officer"})
    client.post(f"{page_of(admin)}disable/")
    admin.refresh_from_db()
    assert admin.is_active
    assert actor_of(admin).roles == {Role.ADMINISTRATOR}


ACTS = {
    "grant": {"role": "agent"},
    "revoke": {"role": "agent"},
    "disable": {},
    "enable": {},
    "reset/ask": {"reason": "staff card"},
    "reset/confirm": {},
    "sign-out": {},
    "work/team": {"team": ""},
    "work/skills": {"skill": "es"},
}


def test_nothing_on_the_pages_of_people_reaches_a_mere_member(client):
    user, team = member_account(), create_team(actor=SYSTEM, at=AT, name="North")
    browser = Client()
    sign_in(browser, user)
    for act, said in ACTS.items():
        assert client.post(f"{page_of(user)}{act}/", said).status_code == 404, act
    assert client.post(f"/people/teams/{team.pk}/lead/", {"user": str(user.pk)}).status_code == 404
    assert browser.get("/en/account/security/").status_code == 200
    assert client.get(page_of(user)).status_code == client.get(f"{page_of(user)}work/").status_code == 404


def test_roles_that_do_not_go_together_are_refused_with_the_cure(client):
    fields = {"display_name": "Lee Wong", "email": an_email(), "roles": ["agent", "auditor"]}
    response = client.post("/people/invite/", fields)
    cure = "Auditor goes with no other role. Give the person that one alone, or take it away first."
    assert (response.status_code, errors_of(response)[1]) == (422, [cure])
    user = staff(Role.AUDITOR)
    assert "has no other role. Take that one away to give another." in body(client.get(page_of(user)))
    assert cure in html.unescape(body(client.post(f"{page_of(user)}grant/", {"role": "lead"}, follow=True)))


def test_only_roles_that_fit_are_offered(client):
    page = body(client.get(page_of(staff(Role.AGENT))))
    assert '<option value="lead">' in page
    assert '<option value="administrator">' not in page


def test_a_request_to_take_factors_away_is_shown_for_a_day(client, admin):
    user = staff(Role.AGENT)
    ask_factor_reset(actor=actor_of(admin), at=timezone.now(), user_id=user.pk, reason="staff card")
    assert "Shown by:" in body(client.get(page_of(user)))
    FactorReset.objects.update(asked_at=timezone.now() - timedelta(days=1))
    assert "Shown by:" not in body(client.get(page_of(user)))


def test_what_gives_access_wants_a_fresh_factor(client):
    """Checklist 10."""
    user = staff(Role.AGENT)
    sign_in(client, staff(Role.ADMINISTRATOR), at=timezone.now() - timedelta(minutes=11))
    assert client.get(page_of(user)).status_code == 200
    for act in ("grant", "revoke", "disable", "enable", "reset/ask", "reset/confirm"):
        assert client.post(f"{page_of(user)}{act}/")["Location"].startswith("/en/account/prove/"), act


@pytest.mark.parametrize("role", ["member", "", "root", "ADMINISTRATOR"])
def test_a_role_that_there_is_not_is_not_given(client, role):
    user = staff(Role.AGENT)
    assert client.post(f"{page_of(user)}grant/", {"role": role}).status_code == 404


def test_two_administrators_take_lost_factors_away(client):
    user, other = staff(Role.AGENT), Client()
    sign_in(other, staff(Role.ADMINISTRATOR))
    empty = client.post(f"{page_of(user)}reset/ask/", {"reason": " "})
    assert errors_of(empty)[1] == ["Say how this person showed who they are."]
    client.post(f"{page_of(user)}reset/ask/", {"reason": "staff card"})
    assert "Another administrator has to confirm it." in body(client.get(page_of(user)))
    assert "Confirm: take them away" in body(other.get(page_of(user)))
    client.post(f"{page_of(user)}reset/confirm/")
    assert user.totp_devices.exists(), "one administrator alone"
    other.post(f"{page_of(user)}reset/confirm/")
    assert not user.totp_devices.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_review_takes_as_many_queries_for_three_roles(client, django_assert_num_queries, count):
    for _ in range(count):
        staff(Role.AGENT)
    open_access_review(at=timezone.now())
    with django_assert_num_queries(6):
        client.get("/people/review/")


def test_a_role_is_kept_or_taken_in_a_review(client):
    kept, taken = staff(Role.AGENT), staff(Role.AGENT)
    review = open_access_review(at=timezone.now())
    for user, keep in ((kept, "yes"), (taken, "no")):
        client.post(f"/people/review/{review.grants.get(grant__user=user).pk}/", {"keep": keep})
    assert (actor_of(kept).roles, actor_of(taken).roles) == ({Role.AGENT}, set())
    assert "Kept by Ada Min" in body(client.get("/people/review/"))


def test_a_review_shows_first_what_waits_for_an_answer(client):
    answered, _waiting = staff(Role.AGENT, name="Abel"), staff(Role.AGENT, name="Zoe")
    review = open_access_review(at=timezone.now())
    client.post(f"/people/review/{review.grants.get(grant__user=answered).pk}/", {"keep": "yes"})
    page = body(client.get("/people/review/"))
    assert page.index("Zoe") < page.index("Abel")


def test_an_auditor_finds_the_way_to_the_review(client):
    sign_in(client, staff(Role.AUDITOR))
    assert 'href="/people/review/"' in body(client.get("/desk/"))


def test_what_happened_to_an_account_is_told_in_words(client):
    user = staff(Role.AGENT)
    client.post(f"{page_of(user)}grant/", {"role": "quality_manager"})
    page = body(client.get(page_of(user)))
    assert "A role was given" in page
    assert "role.granted" not in page


def test_every_change_that_an_owner_is_told_of_has_words_for_administrators():
    assert {f"account.{change}" for change in AccountChange} <= HAPPENED.keys()


def test_a_person_who_is_not_there_is_not_found(client):
    assert client.get("/people/00000000-0000-0000-0000-000000000001/").status_code == 404


def test_an_auditor_reads_a_review_and_takes_it_away_and_decides_nothing(client):
    agent, auditor = staff(Role.AGENT, name="=Lee Wong"), Client()
    sign_in(auditor, staff(Role.AUDITOR))
    review = open_access_review(at=timezone.now())
    page = body(auditor.get("/people/review/"))
    assert "Not answered yet" in page
    assert "Take away" not in page
    reviewed = review.grants.get(grant__user=agent)
    assert auditor.post(f"/people/review/{reviewed.pk}/", {"keep": "yes"}).status_code == 403
    client.post(f"/people/review/{reviewed.pk}/", {"keep": "yes"})
    file = auditor.get(f"/people/review/{review.pk}.csv")
    [line] = [
        row for row in csv.DictReader(file.content.decode("utf-8-sig").splitlines()) if row["account"] == str(agent.pk)
    ]
    assert (line["name"], line["role"], line["answer"]) == ("'=Lee Wong", "agent", "kept")
    assert line["decided_by"] == "Ada Min"
    assert Event.objects.filter(action="access_review.exported", object_id=review.pk).count() == 1
