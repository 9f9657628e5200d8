"""The queue: what is due first stands first, each view holds what it says, and nothing runs in a spreadsheet."""

import csv
import html
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from complaints.enums import Track
from complaints.models import Complaint
from complaints.operations import acknowledge_complaint, assess_complaint, send_message, withdraw_complaint
from complaints.queries.queue import SavedView, count_views, read_queue
from members.acts import act
from members.audit.models import Event
from members.privacy.fields import Sealed
from slas.operations import pause_clock
from slas.queries import database_now
from tests.complaints import stages
from tests.complaints.stages import AT, ORDINARY

pytestmark = pytest.mark.usefixtures("policies")
MORNING = datetime(2026, 6, 3, 13, 0, tzinfo=UTC)
"""Wednesday, 9 in the morning: complaints of Monday are to be acknowledged by 5 in the afternoon."""


def references(actor, view=SavedView.OPEN, at=MORNING, page=None):
    return [row.reference for row in read_queue(actor=actor, view=view, page=page, at=at).page.object_list]


def counts(actor, at=MORNING):
    return {str(view): count for view, count in count_views(actor=actor, at=at).items()}


def shown(response):
    return html.unescape(response.content.decode())


def test_what_is_due_first_stands_first(agent):
    late = stages.received(at=AT - timedelta(days=7))
    urgent = stages.received(at=AT + timedelta(days=1), harm_if_waiting=True)
    plain = stages.received(at=AT + timedelta(hours=20))
    assert references(agent) == [late.reference, urgent.reference, plain.reference]


def test_among_those_due_at_the_same_time_priority_decides(agent):
    plain, high = stages.received(), stages.received()
    high.priority = 1
    high.save(update_fields=["priority"])
    assert references(agent) == [high.reference, plain.reference]


def test_a_complaint_stands_once_by_the_clock_that_is_due_first(agent):
    row = stages.received()
    [found] = read_queue(actor=agent, view=SavedView.OPEN, page=None, at=MORNING).page.object_list
    assert (found.reference, found.due_at) == (row.reference, datetime(2026, 6, 3, 21, 0, tzinfo=UTC))
    assert (found.time_left.words, found.time_left.shape, found.name) == ("Due in 8h 0m", "◆", "Joseph K")


def test_a_paused_clock_counts_only_where_none_is_running(agent):
    row = stages.assessed(agent)
    with act(actor=agent, at=MORNING) as this:
        pause_clock(this=this, matter_id=row.pk, kind="resolve", at=MORNING, reason="waiting_for_member")
    [found] = read_queue(actor=agent, view=SavedView.OPEN, page=None, at=MORNING).page.object_list
    assert found.time_left.state == "soon"
    acknowledge_complaint(actor=agent, at=MORNING, complaint_id=row.pk, proof="phone")
    [found] = read_queue(actor=agent, view=SavedView.OPEN, page=None, at=MORNING).page.object_list
    assert found.time_left.state == "paused"


def test_each_view_holds_what_it_says(agent, lead):
    overdue = stages.received(at=AT - timedelta(days=7))
    today = stages.taken(agent)
    colleagues = stages.taken(lead, at=AT + timedelta(days=1))
    urgent = stages.received(at=MORNING - timedelta(minutes=5), harm_if_waiting=True)
    insured = stages.insured()
    ended = stages.received(by=insured)
    withdraw_complaint(actor=insured.actor, at=AT, complaint_id=ended.pk)
    stages.closed(agent)
    holds = {
        "open": {overdue, today, colleagues, urgent},
        "today": {today, urgent},
        "overdue": {overdue},
        "mine": {today},
        "unassigned": {overdue, urgent},
        "urgent": {urgent},
        "replied": set(),
    }
    for view, rows in holds.items():
        assert set(references(agent, SavedView(view))) == {row.reference for row in rows}, view
    assert counts(agent) == {view: len(rows) for view, rows in holds.items()}


def test_a_reply_to_what_has_ended_stands_in_the_queue_until_it_is_answered(agent):
    insured = stages.insured()
    row = stages.closed(agent, by=insured)
    working = stages.taken(agent, by=insured)
    assert counts(agent) | {"overdue": 0, "today": 0} == {
        "open": 1, "today": 0, "overdue": 0, "mine": 1, "unassigned": 0, "urgent": 0, "replied": 0
    }  # fmt: skip
    for told in (row, working):
        send_message(actor=insured.actor, at=AT, complaint_id=told.pk, body="This did not solve it.")
    both = {row.reference, working.reference}
    for view in ("open", "mine", "replied", "overdue"):
        assert set(references(agent, SavedView(view))) == both, view
        assert counts(agent)[view] == 2, view
    send_message(actor=agent, at=AT, complaint_id=row.pk, body="We look again.")
    assert references(agent) == references(agent, SavedView.MINE) == [working.reference]
    assert (counts(agent)["open"], counts(agent)["replied"]) == (1, 1)


def test_the_own_complaint_is_in_nobodys_queue(desk):
    own = stages.received(at=database_now())
    Complaint.objects.unscoped("test").filter(pk=own.pk).update(filed_by=desk.actor.user_id)
    others = stages.received(at=database_now())
    page = shown(desk.get(reverse("desk:queue")))
    assert (own.reference in page, others.reference in page) == (False, True)
    assert desk.get(reverse("desk:case", args=[own.reference])).status_code == 404
    assert own.reference not in desk.get(reverse("desk:queue_csv")).content.decode()


def test_a_name_that_does_not_open_takes_down_neither_the_queue_nor_its_export(desk, caplog):
    broken, whole = stages.received(at=database_now()), stages.received(at=database_now(), name="Ann B")
    rows = Complaint.objects.unscoped("test")
    rows.filter(pk=broken.pk).update(complainant_name=Sealed(b"\x01 nothing that opens, and long enough to look so"))
    page = shown(desk.get(reverse("desk:queue")))
    assert broken.reference in page
    assert "Cannot be opened" in page
    assert "Ann B" in page
    [event] = Event.objects.filter(action="seal.broken")
    assert (event.object_id, event.detail["columns"]) == (broken.pk, ["complainant_name"])
    assert {row.object_id for row in Event.objects.filter(action="phi.opened")} == {whole.pk}
    assert str(broken.pk) in caplog.text
    assert len(exported(desk, "open")[1]) == 2
    case = desk.get(reverse("desk:case", args=[broken.reference]))
    assert (case.status_code, "A part of this record cannot be opened" in shown(case)) == (500, True)


def test_due_today_ends_at_the_insurers_midnight(agent):
    stages.received(at=MORNING, harm_if_waiting=True)
    assert counts(agent)["today"] == 1
    assert counts(agent, datetime(2026, 6, 4, 4, 0, tzinfo=UTC))["today"] == 1
    after = counts(agent, datetime(2026, 6, 4, 4, 0, 1, tzinfo=UTC))
    assert (after["today"], after["overdue"]) == (0, 1)


def test_members_see_no_queue(policies):  # noqa: ARG001 -- a complaint needs them
    insured = stages.insured()
    stages.received(by=stages.insured())
    assert references(insured.actor) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_as_many_queries_for_three_as_for_one(desk, count, django_assert_num_queries):
    for _ in range(count):
        stages.taken(desk.actor, at=database_now())
    with django_assert_num_queries(7):
        desk.get(reverse("desk:queue"))


def test_the_page_shows_everything_at_a_glance(desk):
    row = stages.received(at=database_now(), language="es", harm_if_waiting=True, name="María López")
    page = shown(desk.get(reverse("desk:queue")))
    for words in (row.reference, "María López", "Español", "Unassigned", "Urgent", "Received", "◆", "Due in "):
        assert words in page
    assert reverse("desk:case", args=[row.reference]) in page


def test_names_are_opened_once_for_a_page_and_each_is_recorded(desk):
    rows = [stages.received(at=database_now()) for _ in range(2)]
    desk.get(reverse("desk:queue"))
    opened = Event.objects.filter(action="phi.opened", actor_id=desk.actor.user_id)
    assert {event.object_id for event in opened} == {row.pk for row in rows}
    assert {(event.detail["purpose"], *event.detail["columns"]) for event in opened} == {
        ("work the queue", "complainant_name")
    }


def test_an_empty_view_says_so(desk):
    assert "No open complaint is in this view." in shown(desk.get(reverse("desk:queue"), {"view": "overdue"}))


def test_fifty_a_page(desk):
    at = database_now()
    for _ in range(51):
        stages.received(at=at)
    first = shown(desk.get(reverse("desk:queue")))
    assert "1–50 of 51" in first
    for page, part in (("2", "51–51"), ("99", "51–51"), ("-1", "51–51"), ("zwei", "1–50"), ("\x00", "1–50")):
        assert f"{part} of 51" in shown(desk.get(reverse("desk:queue"), {"page": page}))


@pytest.mark.parametrize("view", ["", "nonsense", "open'--", "\x00"])
def test_an_unknown_view_is_all_that_is_open(desk, view):
    assert desk.get(reverse("desk:queue"), {"view": view}).context["view"] == SavedView.OPEN


def exported(client, view):
    response = client.get(reverse("desk:queue_csv"), {"view": view})
    return response, list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_a_view_is_exported_whole_and_without_the_story(desk):
    row = stages.received(at=database_now(), narrative="My knee hurts.", language="es")
    stages.taken(desk.actor, at=database_now())
    response, rows = exported(desk, "unassigned")
    assert response["Content-Disposition"].startswith('attachment; filename="queue-unassigned-')
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "knee" not in response.content.decode()
    [line] = rows
    assert (line["Reference"], line["Complainant"], line["Language"], line["Owner"], line["Priority"]) == (
        row.reference, "Joseph K", "Español", "", "Normal"
    )  # fmt: skip
    assert Event.objects.filter(action="phi.opened", object_id=row.pk).get().detail["purpose"] == "export the queue"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")'])
def test_a_name_is_no_formula(desk, name):
    stages.received(at=database_now(), name=name)
    assert exported(desk, "open")[1][0]["Complainant"] == f"'{name}"


def test_a_changed_track_moves_a_case_in_the_queue(agent):
    row = stages.taken(agent)
    assess_complaint(
        actor=agent, at=AT, complaint_id=row.pk, axes=ORDINARY, track=Track.EXPEDITED, override_reason="He is in pain."
    )
    assert references(agent, SavedView.URGENT) == [row.reference]
