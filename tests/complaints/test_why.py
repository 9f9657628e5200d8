"""Why this date: the page of each clock and its data, for the staff and for the member whose complaint it is."""

import html
from datetime import timedelta

import pytest
from django.urls import reverse

from complaints.reference import new_reference
from members.accounts.models import User
from members.actors import SYSTEM
from members.acts import act
from members.audit.models import Event
from slas.models import Clock
from slas.operations import pause_clock, start_clock
from slas.queries import database_now
from tests.complaints import stages
from tests.complaints.stages import AT
from tests.people import sign_in

pytestmark = pytest.mark.usefixtures("policies")
HOUR = timedelta(hours=1)


def address(room, row, kind="resolve", cycle=1, *, data=False):
    return reverse(f"{room}:why{'_data' if data else ''}", args=[getattr(row, "reference", row), kind, cycle])


def shown(response):
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


@pytest.fixture
def own(client):
    """Return a browser in which a member is signed in; `own.insured` is who."""
    client.insured = stages.insured()
    sign_in(client, User.objects.get(pk=client.insured.actor.user_id))
    return client


def test_the_page_tells_how_the_date_came_about(desk):
    row = stages.assessed(desk.actor)
    page = shown(desk.get(address("desk", row)))
    for words in (
        "It began on Monday, June 1, 2026, 11:00 AM. The limit is 15 business days.",
        "We count the days when our office is open, not weekends or holidays. We start to count on the next day.",
        "So the date was" if database_now() > AT + 30 * 24 * HOUR else "So the date is",
        "Tuesday, June 23, 2026, 5:00 PM",
        "Mon, Jun 1", "The day it began. We count from the next day.",
        "Tue, Jun 2 to Fri, Jun 5", "Sat, Jun 6 to Sun, Jun 7", "Weekend",
        "Holiday: Juneteenth", "Show every day",
        "day 15 of the count, due date", "June 2026",
        "House policy 3; ISO 10002:2018, 7.8 and 7.9", "Read in the primary text", "house calendar, version 1",
        "Warning", "Due date", "raise priority", "It began: 15 business days",
    ):  # fmt: skip
        assert words in page, words


def test_an_open_pause_tells_where_the_date_would_be(desk):
    row = stages.received(at=database_now() - 24 * HOUR)
    named = {"matter_id": row.pk, "kind": "resolve", "reason": "waiting_for_member"}
    with act(actor=SYSTEM, at=row.received_at + HOUR) as this:
        pause_clock(this=this, at=row.received_at + HOUR, **named)
    page = shown(desk.get(address("desk", row)))
    assert "The count has stood still since" in page
    assert "If we went on now, it would be" in page
    assert "Paused (waiting for member)" in page


def test_each_clock_of_the_case_page_leads_to_its_explanation(desk):
    row = stages.assessed(desk.actor)
    page = shown(desk.get(reverse("desk:case", args=[row.reference])))
    for clock in Clock.objects.filter(matter_id=row.pk):
        assert f'href="{address("desk", row, clock.kind, clock.cycle)}"' in page


@pytest.mark.parametrize("more", [(), ("message_reply", "capa_plan", "capa_action")])
def test_the_page_takes_a_fixed_number_of_queries(desk, more, django_assert_num_queries):
    row = stages.received()
    with act(actor=SYSTEM, at=AT) as this:
        for kind in more:
            start_clock(this=this, matter=row.matter, obligation=kind, started_at=AT, budget=9)
    desk.get(address("desk", row))
    with django_assert_num_queries(6):
        desk.get(address("desk", row))


def test_reading_it_is_recorded_as_the_case_is(desk):
    row = stages.received()
    desk.get(address("desk", row))
    assert Event.objects.get(action="phi.opened", object_id=row.pk).detail["columns"] == ["complainant_name"]


def test_what_is_not_there_is_not_found(desk):
    row = stages.received()
    for path in (
        address("desk", new_reference(AT)),
        address("desk", row, "capa_plan"),
        address("desk", row, "resolve", 2),
        address("desk", row, "resolve", 99_999_999_999),
        address("desk", row, "nonsense", data=True),
    ):
        assert desk.get(path).status_code == 404


def test_a_member_reads_why_in_the_own_words_of_the_promise(own):
    row = stages.received(by=own.insured)
    page = shown(own.get(address("member", row)))
    assert "We answer your complaint within 15 business days." in page
    assert "Tue, Jun 2 to Fri, Jun 5" in page
    assert "Confirmation by Wednesday, June 3" in page
    assert "Confirm receipt" not in page
    assert "raise priority" not in page
    case = shown(own.get(reverse("member:case", args=[row.reference])))
    assert f'href="{address("member", row)}"' in case
    assert f'href="{address("member", row, "acknowledge")}"' in case


def test_a_member_sees_no_clock_of_others_and_none_that_promises_nothing(own):
    other, row = stages.received(by=stages.insured()), stages.received(by=own.insured)
    with act(actor=SYSTEM, at=AT) as this:
        start_clock(this=this, matter=row.matter, obligation="capa_plan", started_at=AT)
    for path in (
        address("member", other),
        address("member", other, data=True),
        address("member", row, "capa_plan"),
        address("member", row, "capa_plan", data=True),
        address("member", row, "resolve", 7),
    ):
        assert own.get(path).status_code == 404


def test_the_members_page_opens_nothing_and_takes_a_fixed_number_of_queries(own, django_assert_num_queries):
    row = stages.received(by=own.insured)
    own.get(address("member", row))
    with django_assert_num_queries(5):
        own.get(address("member", row))
    assert not Event.objects.filter(action="phi.opened", object_id=row.pk).exists()


def test_the_data_adds_up_and_tells_nothing_of_anybody(desk):
    row = stages.assessed(desk.actor)
    response = desk.get(address("desk", row, data=True))
    data = response.json()
    assert response["Cache-Control"] == "no-store"
    assert data["due_at"] == data["trace"]["due_at"] == data["trace"]["steps"][-1]["to"] == "2026-06-23T21:00:00Z"
    assert sum(step["counted"] for step in data["trace"]["steps"]) == data["trace"]["budget"] == 15
    assert [one["code"] for one in data["thresholds"]] == [50, 80, 100]
    for word in ("Joseph", "joseph@example.org", "denied", "Ana Lee"):
        assert word not in response.content.decode()


def test_the_members_data_leaves_out_our_own_warnings(own):
    row = stages.received(by=own.insured)
    data = own.get(address("member", row, data=True)).json()
    assert data["obligation"] == "resolve"
    assert "thresholds" not in data
    assert not {"mark", "consequence"} & set(data["rule"])
    assert f'href="{address("member", row, data=True)}"' in shown(own.get(address("member", row)))


def test_the_staff_read_which_warnings_were_told_and_which_not_yet(desk):
    row = stages.received(at=database_now())
    page = shown(desk.get(address("desk", row)))
    assert "raise priority (not yet told)" in page
