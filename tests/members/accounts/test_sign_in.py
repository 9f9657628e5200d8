"""Who comes in by password, and what everybody else is told."""

import pytest
from django.conf import settings as project

from members.accounts.models import Session, User
from members.accounts.sessions import SessionStore
from members.actors import Role
from members.audit.models import Event
from tests.members.accounts.door import (
    ENROL,
    SIGN_IN,
    VERIFY,
    Work,
    body,
    errors_of,
    give_code,
    give_password,
    title_of,
)
from tests.people import PASSWORD, an_email, code_now, member_account, sign_in, staff

pytestmark = pytest.mark.django_db


def test_a_member_without_a_factor_comes_in_by_password(client):
    email = an_email()
    user = member_account(email=email)
    response = give_password(client, email)

    assert (response.status_code, response["Location"]) == (302, "/en/member/")
    assert client.get("/en/member/").status_code == 200
    event = Event.objects.get(action="session.started")
    assert (event.actor_id, event.object_id, event.detail) == (user.pk, user.pk, {"means": "password"})
    user.refresh_from_db()
    assert user.last_login == event.at


def test_the_address_is_recognised_whatever_its_case_and_outer_space(client):
    email = an_email()
    member_account(email=email)
    assert give_password(client, f"  {email.upper()} ").status_code == 302


def test_staff_with_a_factor_are_asked_for_it(client):
    email = an_email()
    staff(Role.AGENT, email=email)
    assert give_password(client, email)["Location"] == VERIFY
    assert client.get(VERIFY).status_code == 200
    assert Event.objects.filter(action="session.started").count() == 0


def test_staff_without_a_factor_are_sent_to_enrolment(client):
    email = an_email()
    staff(Role.AGENT, email=email, factor=False)
    assert give_password(client, email)["Location"] == ENROL


def test_unknown_wrong_disabled_and_locked_users_get_the_same_status_and_body(client):
    """Checklist 5."""
    known, disabled, locked = an_email(), an_email(), an_email()
    member_account(email=known)
    User.objects.filter(pk=member_account(email=disabled).pk).update(is_active=False)
    member_account(email=locked)
    for _ in range(5):
        give_password(client, locked, "wrong")

    answers = []
    for email, password in [(an_email(), PASSWORD), (known, "wrong"), (disabled, PASSWORD), (locked, PASSWORD)]:
        response = give_password(client, email, password)
        answers.append((response.status_code, body(response).replace(email, "ADDRESS")))
    assert answers == [answers[0]] * 4
    assert answers[0][0] == 422
    assert list(
        Event.objects.filter(action="session.failed").order_by("pk").values_list("detail__reason", flat=True)
    ) == (["refused"] * 5 + ["unknown", "refused", "refused", "locked"])


def test_unknown_and_known_users_cost_the_same_queries_and_one_password_hash(client, monkeypatch):
    """Checklist 5: equal work is what makes the time equal."""
    known = an_email()
    member_account(email=known)
    for email in (known, an_email()):
        work = Work(monkeypatch)
        with work:
            give_password(client, email, "wrong")
        assert work.done == ["hash", "query", "query", "query"]


def test_what_was_typed_is_kept_and_the_password_is_not(client):
    page = give_password(client, "dana@exam ple.org", "a wrong password").content.decode()
    assert 'value="dana@exam ple.org"' in page
    assert "a wrong password" not in page


def test_an_error_stands_in_the_summary_and_at_the_field_in_the_same_words_and_in_the_title(client):
    response = client.post(SIGN_IN, {"email": "", "password": ""})
    assert response.status_code == 422
    assert title_of(response).startswith("Error: Sign in")
    assert errors_of(response) == (["Enter your email address.", "Enter your password."],) * 2


def test_password_managers_know_the_fields(client):
    page = client.get(SIGN_IN).content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page


@pytest.mark.parametrize("password", ["x" * 4096, "\u202e", "pa\tss", " "])
def test_an_odd_password_is_just_wrong(client, password):
    assert give_password(client, an_email(), password).status_code == 422


@pytest.mark.parametrize("email", ["a\x00b@example.org", "x" * 5000, "'; DROP TABLE--", "<script>alert(1)</script>"])
def test_an_odd_address_is_just_wrong(client, email):
    response = give_password(client, email)
    assert response.status_code == 422
    assert b"<script>alert" not in response.content


def test_the_session_key_changes_at_sign_in_and_after_the_second_factor(client):
    """Checklist 8."""
    email = an_email()
    staff(Role.AGENT, email=email)
    session = client.session
    session["draft"] = "kept"
    session.save()
    client.cookies[project.SESSION_COOKIE_NAME] = session.session_key
    keys = [session.session_key]
    give_password(client, email)
    keys.append(client.session.session_key)
    give_code(client, code_now())
    keys.append(client.session.session_key)

    assert len(set(keys)) == 3
    assert client.session["draft"] == "kept"
    assert Session.objects.count() == 1
    assert [SessionStore(key).load() != {} for key in keys] == [False, False, True]


def test_whoever_is_signed_in_is_sent_on_from_the_sign_in_page(client):
    sign_in(client, staff(Role.AGENT))
    assert client.get(SIGN_IN)["Location"] == "/en/desk/"


@pytest.mark.parametrize(
    ("next_path", "leads_to"),
    [
        ("/en/signed-in/?page=2", "/en/signed-in/?page=2"),
        ("https://evil.example/", "/en/member/"),
        ("//evil.example/", "/en/member/"),
        ("/\\evil.example/", "/en/member/"),
        ("https:evil.example", "/en/member/"),
        ("javascript:alert(1)", "/en/member/"),
        ("/en/no-such-page/", "/en/member/"),
        ("/en/signed-in/?a=\r\nSet-Cookie:x=1", "/en/signed-in/?a=%0D%0ASet-Cookie:x=1"),
        ("", "/en/member/"),
    ],
)
def test_next_leads_to_own_pages_only(client, next_path, leads_to):
    email = an_email()
    member_account(email=email)
    assert give_password(client, email, next=next_path)["Location"] == leads_to


def test_the_way_onward_is_kept_through_the_second_factor(client):
    email = an_email()
    staff(Role.AGENT, email=email)
    client.get(f"{SIGN_IN}?next=/en/signed-in/")
    asked = give_password(client, email, next="/en/signed-in/")["Location"]
    assert asked == f"{VERIFY}?next=%2Fen%2Fsigned-in%2F"
    assert b'name="next" value="/en/signed-in/"' in client.get(asked).content
    assert give_code(client, code_now(), next="/en/signed-in/")["Location"] == "/en/signed-in/"
