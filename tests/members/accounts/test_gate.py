"""Nobody reaches a URL that is not for them, and no URL is for anybody until the table says so."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from members.accounts.models import Session
from members.actors import SYSTEM, Role
from members.audit.models import Event
from members.operations import disable_account, grant_role, revoke_role
from tests.people import AT, member_account, sign_in, staff

pytestmark = pytest.mark.django_db

PROTECTED = ["signed-in", "member", "desk", "quality"]


def page(client, name, **headers):
    return client.get(f"/en/{name}/", headers=headers)


def password_only(client, user):
    """Sign in with the password and go no further."""
    session = sign_in(client, user).pk and client.session
    session.pop("factor_id", None)
    session.save()


@pytest.mark.parametrize("name", PROTECTED)
def test_an_anonymous_visitor_is_sent_to_sign_in_and_back(client, name):
    """Checklist 1."""
    response = page(client, name)
    assert (response.status_code, response["Location"]) == (302, f"/en/account/sign-in/?next=%2Fen%2F{name}%2F")


@pytest.mark.parametrize("name", PROTECTED)
def test_a_password_alone_reaches_no_page_of_staff_with_a_factor(client, name):
    """Checklist 1."""
    password_only(client, staff(Role.AGENT, Role.QUALITY_MANAGER))
    response = page(client, name)
    assert (response.status_code, response["Location"]) == (302, f"/en/account/verify/?next=%2Fen%2F{name}%2F")


@pytest.mark.parametrize("name", [*PROTECTED, "account/verify"])
def test_staff_without_a_factor_reach_enrolment_only(client, name):
    """Checklist 2."""
    sign_in(client, staff(Role.ADMINISTRATOR, factor=False))
    response = page(client, name)
    assert response.status_code == 302
    assert response["Location"].startswith("/en/account/enrol/")
    assert client.get("/en/account/enrol/").status_code == 200


def test_a_password_alone_makes_nobody_an_actor(client):
    password_only(client, staff(Role.AGENT))
    assert page(client, "anyone").content == b"guest||None"


def test_a_member_without_a_factor_is_let_in_by_password(client):
    user = sign_in(client, member_account())
    assert page(client, "member").content.decode() == f"user|member|{user.member.pk}"


@pytest.mark.parametrize("name", ["forgotten", "unnamed"])
@pytest.mark.parametrize("who", ["anonymous", "agent"])
def test_a_url_without_a_row_is_refused_to_everybody(client, caplog, name, who):
    """Checklist 1."""
    if who == "agent":
        sign_in(client, staff(Role.AGENT))
    assert page(client, name).status_code == 404
    assert "has no audience in settings.URL_AUDIENCES" in caplog.text


def test_a_page_that_does_not_exist_and_one_without_a_row_answer_alike(client):
    missing, forgotten = page(client, "no-such-page"), page(client, "forgotten")
    assert (missing.status_code, missing.content) == (forgotten.status_code, forgotten.content)


def test_the_wrong_role_is_refused_and_recorded(client):
    user = sign_in(client, staff(Role.AGENT))
    assert page(client, "quality").status_code == 403

    event = Event.objects.get(action="access.refused")
    assert (event.actor_id, event.detail) == (user.pk, {"url": "quality"})


def test_a_member_is_refused_the_desk_and_staff_the_members_pages(client):
    sign_in(client, member_account())
    assert page(client, "desk").status_code == 403
    sign_in(client, staff(Role.AGENT))
    assert page(client, "member").status_code == 403


def test_a_role_change_acts_on_the_next_request(client):
    """Checklist 13."""
    user = sign_in(client, staff(Role.AGENT))
    assert page(client, "quality").status_code == 403

    grant_role(actor=SYSTEM, at=AT, user_id=user.pk, role=Role.QUALITY_MANAGER)
    assert page(client, "quality").status_code == 200

    revoke_role(actor=SYSTEM, at=AT, user_id=user.pk, role=Role.QUALITY_MANAGER)
    assert page(client, "quality").status_code == 403


def test_losing_the_last_role_leaves_nothing_of_staff(client):
    user = sign_in(client, staff(Role.AGENT))
    revoke_role(actor=SYSTEM, at=AT, user_id=user.pk, role=Role.AGENT)
    assert page(client, "desk").status_code == 403


def test_disabling_a_user_ends_every_session(client):
    """Checklist 8."""
    user = sign_in(client, staff(Role.AGENT))
    disable_account(actor=SYSTEM, at=AT, user_id=user.pk)

    assert page(client, "desk").status_code == 302
    assert Session.objects.filter(user=user).count() == 0


def test_removing_a_factor_takes_the_session_back_to_the_door(client):
    """Checklist 8."""
    user = sign_in(client, staff(Role.AGENT))
    user.totp_devices.all().delete()
    assert page(client, "desk")["Location"].startswith("/en/account/enrol/")


def test_a_session_names_its_user(client):
    user = sign_in(client, staff(Role.AGENT))
    assert [str(row.handle) for row in Session.objects.filter(user=user)] == [client.session["handle"]]


@pytest.mark.parametrize(
    ("minutes", "ended"), [(14, None), (15, "idle"), (8 * 60, "absolute")], ids=["lasts", "idle", "absolute"]
)
def test_a_staff_session_ends_after_15_idle_minutes_and_8_hours(client, minutes, ended):
    """Checklist 9."""
    sign_in(client, staff(Role.AGENT), at=timezone.now() - timedelta(minutes=minutes))
    response = page(client, "desk")
    assert response.status_code == (302 if ended else 200)
    assert f"ended={ended}" in response.get("Location", "ended=None")
    assert list(Event.objects.filter(action="session.ended").values_list("detail__reason", flat=True)) == (
        [ended] if ended else []
    )


@pytest.mark.parametrize(("minutes", "status"), [(19, 200), (20, 302), (12 * 60, 302)])
def test_a_member_session_ends_after_20_idle_minutes_and_12_hours(client, minutes, status):
    """Checklist 9."""
    sign_in(client, member_account(), at=timezone.now() - timedelta(minutes=minutes))
    assert page(client, "member").status_code == status


def test_a_page_keeps_a_session_alive(client):
    """Checklist 9."""
    sign_in(client, staff(Role.AGENT))
    seen = wind_back(client, minutes=10)

    assert page(client, "desk").status_code == 200
    assert client.session["seen_at"] > seen


def test_no_page_prolongs_a_session_past_its_absolute_end(client):
    """Checklist 9."""
    sign_in(client, staff(Role.AGENT), at=timezone.now() - timedelta(hours=8))
    session = client.session
    session["seen_at"] = timezone.now().timestamp()
    session.save()
    assert page(client, "desk").status_code == 302


def test_a_session_that_was_never_begun_here_counts_as_over(client):
    client.force_login(staff(Role.AGENT))
    assert page(client, "desk")["Location"].startswith("/en/account/sign-in/")


def test_the_whole_page_is_redirected_when_htmx_asked_for_a_part(client):
    response = page(client, "desk", HX_Request="true", HX_Current_URL="http://testserver/en/anyone/?page=2")
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/en/account/sign-in/?next=%2Fen%2Fanyone%2F%3Fpage%3D2"


def test_a_form_sent_after_the_session_ended_leads_to_sign_in_not_to_a_csrf_error():
    client = Client(enforce_csrf_checks=True)
    sign_in(client, staff(Role.AGENT), at=timezone.now() - timedelta(minutes=16))
    response = client.post("/en/desk/")
    assert (response.status_code, response["Location"]) == (302, "/en/account/sign-in/?ended=idle")


def test_pages_of_a_session_are_kept_out_of_every_cache(client):
    """Checklist 28."""
    assert "Cache-Control" not in page(client, "anyone")
    sign_in(client, staff(Role.AGENT))
    assert page(client, "anyone")["Cache-Control"] == "no-store"
    assert page(client, "desk")["Cache-Control"] == "no-store"


def test_the_gate_costs_an_anonymous_visitor_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        page(client, "anyone")


def test_the_gate_costs_two_queries_however_many_roles_are_held(client, django_assert_num_queries):
    sign_in(client, staff(Role.AGENT))
    with django_assert_num_queries(2):
        page(client, "desk")

    sign_in(client, staff(Role.AGENT, Role.LEAD, Role.QUALITY_MANAGER))
    with django_assert_num_queries(2):
        page(client, "desk")


def wind_back(client, *, minutes):
    """Let the session's last sign of life lie back."""
    session = client.session
    session["seen_at"] -= minutes * 60
    session.save()
    return session["seen_at"]
