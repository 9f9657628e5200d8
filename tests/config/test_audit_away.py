"""Checklist 22: while what is read cannot be recorded, no page shows anything that is sealed."""

import logging

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from complaints.models import Note
from config.access import URL_AUDIENCES
from members.accounts.audiences import Standing
from members.accounts.models import User
from members.actors import Role
from members.audit.models import Event
from tests.complaints import stages
from tests.config import objects
from tests.config.test_access import patterns
from tests.people import actor_of, sign_in, staff

NAME = "Wilhelmina Quackenbush"
WORDS = "My claim for the zebrafish therapy was denied."
SEALED = [NAME, "Wilhelmina", "zebrafish", "joseph@example.org", "1 Elm Street", "The approval was never entered"]
AWAY = "ALTER TABLE audit_event RENAME TO audit_event_away"


@pytest.fixture(autouse=True)
def quietly():
    """Nothing but failures is asked for here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def pages(user, found):
    """Yield every page that somebody reaches, with the case where it names one."""
    actor = actor_of(user)
    for name, pattern in patterns(get_resolver()):
        parameters = set(pattern.pattern.converters)
        ours = name in objects.DESK | objects.MEMBERS
        if URL_AUDIENCES[name].admits(Standing.SIGNED_IN, actor) and (ours or not parameters):
            yield name, reverse(name, kwargs=objects.named_by(found, parameters))


def ask(client, path, *, away):
    """Return status, body and the number of values that were opened, and leave everything as it was."""
    before = Event.objects.filter(action="phi.opened").count()
    with transaction.atomic():
        if away:
            with connection.cursor() as cursor:
                cursor.execute(AWAY)
        response = client.get(path)
        body = response.getvalue() if response.streaming else response.content
        opened = 0 if away else Event.objects.filter(action="phi.opened").count() - before
        transaction.set_rollback(True)
    return response.status_code, body.decode(errors="replace"), opened


@pytest.mark.usefixtures("policies")
@pytest.mark.parametrize("who", ["lead", "member", "administrator"])
def test_no_page_shows_what_is_sealed_while_it_cannot_be_recorded(who):
    maria = stages.insured(NAME)
    boss = objects.cached("boss", Role.LEAD)
    found = objects.case(actor_of(boss), name=NAME, by=maria)
    user = User.objects.get(pk=maria.actor.user_id) if who == "member" else staff(Role(who))
    client = Client(raise_request_exception=False, headers={"Host": "localhost"})
    sign_in(client, user)
    refused = set()
    for name, path in pages(user, found):
        _, _, opened = ask(client, path, away=False)
        status, body, _ = ask(client, path, away=True)
        assert [word for word in SEALED if word in body] == [], name
        if opened:
            assert status == 503, name
            assert "We cannot show this right now" in body, name
            refused.add(name)
    assert refused, "a page that shows something sealed must be among them"


@pytest.fixture
def lead_at_a_case(client, settings):
    """Return the address of a case and who may see it, before a browser; everything is committed."""
    settings.DEBUG = False
    user = staff(Role.LEAD)
    row = stages.taken(actor_of(user), narrative=WORDS, name=NAME)
    sign_in(client, user)
    return reverse("desk:case", args=[row.reference])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("policies")
def test_a_table_that_somebody_holds_locked_lets_the_page_say_so_instead_of_waiting(client, lead_at_a_case):
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")  # the application's role has one too
    try:
        params = connection.get_connection_params() | {"cursor_factory": None}
        with psycopg.connect(**params) as other:
            other.execute("LOCK TABLE audit_event IN ACCESS EXCLUSIVE MODE")
            answer = client.get(lead_at_a_case)
            other.rollback()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert [word for word in SEALED if word in answer.content.decode()] == []
    assert "zebrafish" in client.get(lead_at_a_case).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("policies")
def test_an_act_that_cannot_be_recorded_changes_nothing(client, lead_at_a_case):
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event ADD CONSTRAINT nothing_is_recorded CHECK (false) NOT VALID")
    try:
        changed = client.post(
            reverse("desk:write_note", args=[lead_at_a_case.strip("/").split("/")[-1]]), {"body": "A new note."}
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_event DROP CONSTRAINT nothing_is_recorded")
    assert changed.status_code in {500, 503}
    assert not Note.objects.unscoped("test").exists()
