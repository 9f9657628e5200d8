"""Checklist 5: asking for a link is the same work whoever is meant, so that no time tells who is known here."""

from uuid import uuid4

import pytest
from django.db import connection

from members.audit.models import Event
from slas.models import Outbox
from tests.complaints.test_account_mail import FORGOT, client, sent  # noqa: F401 -- the fixture
from tests.complaints.test_registration import REGISTER, enrolled
from tests.people import an_email, member_account

pytestmark = pytest.mark.django_db


class Statements:
    """Lists the statements made while it is open, without their values."""

    def __init__(self):
        self.made = []

    def _note(self, execute, sql, params, many, context):
        self.made.append(sql.partition(' "s')[0] if "SAVEPOINT" in sql else sql)
        return execute(sql, params, many, context)

    def __enter__(self):
        self._wrapper = connection.execute_wrapper(self._note)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *error):
        return self._wrapper.__exit__(*error)


def statements_of(client, path, typed):  # noqa: F811
    with Statements() as statements:
        assert client.post(path, typed).status_code == 200
    return statements.made


def asks_for_a_new_password():
    known = an_email()
    member_account(email=known)
    return FORGOT, [{"email": email} for email in (known, an_email(), an_email())]


def asks_for_an_account():
    person, without_address = enrolled(email=an_email()), enrolled(email=None)
    return REGISTER, [
        person.typed,
        person.typed | {"postal_code": "10001"},
        person.typed | {"member_number": uuid4().hex},
        without_address.typed,
    ]


@pytest.mark.parametrize("asks", [asks_for_a_new_password, asks_for_an_account])
def test_every_ask_makes_the_same_statements_and_leaves_one_row_of_the_same_shape(client, asks):  # noqa: F811
    path, typed = asks()
    first, *others = [statements_of(client, path, answers) for answers in typed]
    assert others == [first] * len(others)
    rows = Outbox.objects.filter(topic="accounts.answer").values_list("topic", "payload")
    assert len({(topic, *sorted(payload), len(payload["index"])) for topic, payload in rows}) == 1
    assert len(rows) == len(typed)


def test_one_of_them_gets_a_link_and_the_trail_says_who(client):  # noqa: F811
    path, typed = asks_for_a_new_password()
    for answers in typed:
        client.post(path, answers)
    [message] = sent()
    assert message.to == [typed[0]["email"]]
    asked = Event.objects.filter(action="account.reset_asked").order_by("object_id").values_list("object_id", flat=True)
    assert [bool(found) for found in asked] == [True, False, False]


def test_the_outbox_holds_nothing_that_was_typed(client):  # noqa: F811
    email = an_email()
    client.post(FORGOT, {"email": email})
    [payload] = Outbox.objects.filter(topic="accounts.answer").values_list("payload", flat=True)
    assert email.split("@")[0] not in str(payload)
