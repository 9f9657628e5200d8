"""A session lives under an index of its key, turns its key in place, and does not rise again once it was ended."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import connection
from django.test import Client
from django.utils import timezone

from members.accounts import sessions
from members.accounts.models import Session, User
from members.accounts.places import network_of
from members.accounts.sessions import SessionStore, handle_of
from members.actors import Role
from members.operations import change_password, end_sessions, end_sessions_of
from tests.members.accounts.door import PROVE, SECURITY, SIGN_OUT, body, give_password
from tests.people import AT, actor_of, an_email, code_now, member_account, sign_in, staff

pytestmark = pytest.mark.django_db
ELSEWHERE = "198.51.100.7"
NEW_PASSWORD = "umbrella-kestrel-94-tuba-inlet"
END = "/en/account/security/sessions/end/"


def test_who_reads_the_table_of_sessions_gets_into_none(client):
    """Checklist 8."""
    sign_in(client, staff(Role.AGENT))
    key = client.session.session_key
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_session::text FROM accounts_session")
        [(row,)] = cursor.fetchall()
    assert key not in row
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = Session.objects.get().pk
    assert client.get("/en/desk/").status_code == 200
    assert thief.get("/en/desk/").status_code == 302


def test_a_key_turns_in_the_row_that_is_there(client):
    sign_in(client, staff(Role.AGENT))
    session, before = client.session, client.session.session_key
    sessions.prove(session, at=timezone.now(), network="")
    session.save()
    assert session.session_key != before
    assert SessionStore(before).load() == {}
    assert SessionStore(session.session_key).load()["handle"] == session["handle"]
    assert Session.objects.count() == 1


@pytest.mark.parametrize("end", ["owner", "sign out", "administrator", "password"])
def test_a_session_that_was_ended_while_its_key_was_to_turn_stays_ended(client, end):
    user = sign_in(client, staff(Role.AGENT))
    under_way = client.session
    assert under_way["handle"]
    actor = actor_of(user)
    if end == "owner":
        end_sessions(actor=actor, at=AT, user_id=user.pk, handle=handle_of(under_way))
    elif end == "sign out":
        client.post(SIGN_OUT)
    elif end == "administrator":
        end_sessions_of(actor=actor_of(staff(Role.ADMINISTRATOR)), at=AT, user_id=user.pk)
    else:
        change_password(actor=actor, at=AT, user_id=user.pk, password=NEW_PASSWORD, address="192.0.2.1")
    for turn in (sessions.prove, lambda session, **at: sessions.add_factor(session, "an app", **at)):
        with pytest.raises(SessionInterrupted):
            turn(under_way, at=timezone.now(), network="")
    assert not Session.objects.exists()


@pytest.mark.parametrize("end", ["owner", "sign out"])
def test_a_session_whose_key_has_turned_meanwhile_is_ended_all_the_same(client, end):
    user = sign_in(client, staff(Role.AGENT))
    under_way, signing_out = client.session, client.session
    assert signing_out["handle"]
    sessions.prove(under_way, at=timezone.now(), network="")
    under_way.save()
    if end == "owner":
        assert end_sessions(actor=actor_of(user), at=AT, user_id=user.pk, handle=handle_of(signing_out)) == 1
    else:
        signing_out.flush()
    assert not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_turning_and_ending_at_once_the_end_stands(client):
    user, start = sign_in(client, staff(Role.AGENT)), Barrier(2)
    under_way = client.session
    handle = handle_of(under_way)

    def turn():
        start.wait()
        try:
            sessions.prove(under_way, at=timezone.now(), network="")
        except SessionInterrupted:
            return
        finally:
            connection.close()

    def end():
        start.wait()
        try:
            end_sessions(actor=user.at_the_door(), at=AT, user_id=user.pk, handle=handle)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(turn), pool.submit(end)]:
            done.result()
    assert not Session.objects.exists()


def test_signing_in_again_before_the_second_factor_turns_the_key(client):
    """Checklist 8."""
    email = an_email()
    staff(Role.AGENT, email=email)
    give_password(client, email)
    before = client.session.session_key
    give_password(client, email)
    assert client.session.session_key != before
    assert SessionStore(before).load() == {}


def test_who_is_signed_out_by_others_in_mid_request_is_led_to_sign_in(client):
    sign_in(client, staff(Role.AGENT))
    assert client.post("/en/ended/")["Location"] == "/en/account/sign-in/"
    assert client.get("/en/desk/").status_code == 302


def test_who_is_deleted_between_the_gate_and_the_view_is_led_to_sign_in(client):
    """Not a server error: what the view finds missing is the person itself."""
    user = sign_in(client, staff(Role.AGENT))
    assert client.post("/en/deleted/")["Location"] == "/en/account/sign-in/"
    assert not User.objects.filter(pk=user.pk).exists()


def test_a_fault_that_is_not_about_the_person_stays_one(client):
    sign_in(client, staff(Role.AGENT))
    with pytest.raises(ZeroDivisionError):
        client.post("/en/faulty/")


def test_dead_sessions_are_not_listed(client):
    user = staff(Role.AGENT)
    idle, stale = Client(), Client()
    sign_in(idle, user, at=timezone.now() - timedelta(minutes=16))
    sign_in(stale, user)
    session = stale.session
    session["_auth_user_hash"] = "of an older password"
    session.save()
    sign_in(client, user)
    assert Session.objects.count() == 3
    page = body(client.get(SECURITY))
    assert page.count("Sign out there") == 0
    assert "This device, now" in page


def test_a_session_that_knows_the_password_only_is_listed_as_that(client):
    email = an_email()
    user = staff(Role.AGENT, email=email)
    give_password(Client(), email)
    sign_in(client, user)
    assert "Only the password was typed there. If that was not you, change your password." in body(client.get(SECURITY))


def test_each_session_is_listed_with_whether_it_is_on_this_network():
    """Checklist 9."""
    client = Client(REMOTE_ADDR="127.0.0.1")
    user = member_account()
    sign_in(Client(REMOTE_ADDR="127.0.0.99"), user)
    sign_in(Client(REMOTE_ADDR=ELSEWHERE), user)
    sign_in(client, user)
    page = body(client.get(SECURITY))
    assert page.count("On the same network as you are now") == page.count("On another network") == 1


def test_no_address_is_kept_of_where_somebody_signs_in():
    sign_in(Client(REMOTE_ADDR=ELSEWHERE), member_account())
    row = Session.objects.get()
    assert "198.51" not in str(row.get_decoded())


def test_another_session_is_ended_from_the_list(client):
    user, other = member_account(), Client()
    sign_in(other, user)
    sign_in(client, user)
    client.post(END, {"handle": other.session["handle"]})
    assert Session.objects.get().handle == handle_of(client.session)
    assert client.post(END, {"handle": "nonsense"}).status_code == 404


def moved(client, address=ELSEWHERE):
    client.defaults["REMOTE_ADDR"] = address


def test_staff_show_a_factor_when_their_session_moves_to_another_network():
    """A cookie that was stolen with the browser's name moves."""
    client = Client(REMOTE_ADDR="127.0.0.1")
    sign_in(client, staff(Role.AGENT))
    moved(client, "127.0.0.200")
    assert client.get("/en/desk/").status_code == 200, "the same network"
    moved(client)
    assert client.get("/en/desk/")["Location"] == f"{PROVE}?next=%2Fen%2Fdesk%2F"
    assert client.get("/en/anyone/").status_code == 200
    assert client.post(PROVE, {"code": code_now()}).status_code == 302
    assert client.get("/en/desk/").status_code == 200
    moved(client, "127.0.0.1")
    assert client.get("/en/desk/").status_code == 200, "both are known now"
    assert client.post(SIGN_OUT).status_code == 302


def test_members_move_between_networks_unasked(client):
    sign_in(client, member_account())
    moved(client)
    assert client.get("/en/member/").status_code == 200


@pytest.mark.parametrize(
    ("one", "another", "same"),
    [
        ("198.51.100.7", "198.51.100.250", True),
        ("198.51.100.7", "198.51.101.7", False),
        ("2001:db8:1:2::3", "2001:db8:1:ffff::9", True),
        ("2001:db8:1::3", "2001:db8:2::3", False),
        ("::ffff:198.51.100.7", "198.51.100.9", True),
    ],
)
def test_a_network_is_24_bits_of_ipv4_and_48_of_ipv6(rf, one, another, same):
    networks = [network_from(rf, address) for address in (one, another)]
    assert (networks[0] == networks[1]) is same


def network_from(rf, address):
    return network_of(rf.get("/", REMOTE_ADDR=address))


def test_an_address_that_a_proxy_does_not_know_is_a_network_of_its_own(rf):
    assert network_from(rf, "unknown") == ""
