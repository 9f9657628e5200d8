"""The audit trail on screen: who saw a member, what a person saw, what happened to a case; and taking it away."""

import csv
import html
import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.enums import RestrictionKind
from complaints.operations import restrict_complaint, write_note
from complaints.oversight import subjects
from complaints.oversight.enums import Kind, Period
from complaints.oversight.trail import Asked, read_mark, read_trail
from complaints.queries.case import read_case
from complaints.queries.queue import SavedView, read_queue
from complaints.search.asked import take_apart
from complaints.search.queries import search
from members.actors import SYSTEM, Role
from members.audit.models import Event
from members.audit.proof import check_proof
from members.audit.sealer import seal_all
from members.operations import revoke_role
from members.privacy.signing import audit_signer
from slas.queries import database_now
from tests.complaints import stages
from tests.config import objects
from tests.people import actor_of, member, member_account, sign_in, staff

pytestmark = pytest.mark.usefixtures("policies")
ALL = Asked(Period.ALL)
HOME = "/oversight/"


@pytest.fixture
def screen(client, officer):
    """Return a browser in which a privacy officer is signed in."""
    sign_in(client, objects.User.objects.get(pk=officer.user_id))
    return client


def shown(response):
    return html.unescape(response.content.decode())


def read(actor, row):
    """Let somebody read a case as its page does."""
    return read_case(actor=actor, reference=row.reference, at=database_now())


def saw(actor, member_id, asked=ALL):
    page = read_trail(actor=actor, events=subjects.events_of_member(actor, member_id), asked=asked, at=timezone.now())
    return [line for line in page.lines if line.did == "Read"]


def test_whoever_read_a_members_complaint_stands_there_with_role_fields_purpose_and_case(officer, agent):
    by = stages.insured()
    row = stages.received(by=by)
    read(agent, row)
    [line] = [line for line in saw(officer, by.member.pk) if line.what == "complaint" and line.who == "Ana Lee"]
    assert (line.role, line.purpose, line.reference) == ("Agent", "work the case", row.reference)
    assert "complainant name" in line.fields
    assert "narrative" in line.fields


def test_whoever_saw_the_name_in_the_queue_or_found_a_note_by_search_stands_there_too(officer, agent):
    by = stages.insured()
    row = stages.received(by=by)
    write_note(actor=agent, at=stages.AT, complaint_id=row.pk, body="Spoke with Lindqvist.")
    read_queue(actor=agent, view=SavedView.OPEN, page="1", at=database_now())
    search(actor=agent, asked=take_apart("lindqvist"), start=0, at=database_now())
    lines = [line for line in saw(officer, by.member.pk) if line.who == "Ana Lee"]
    assert {line.what for line in lines} == {"complaint", "note"}
    assert {line.reference for line in lines} == {row.reference}


def test_what_concerns_another_member_does_not_stand_there(officer, agent):
    by = stages.insured()
    read(agent, stages.received(by=stages.insured("Another Person")))
    assert [line for line in saw(officer, by.member.pk) if line.who == "Ana Lee"] == []


def test_the_role_is_the_one_of_that_moment(officer):
    user = staff(Role.AGENT, name="Gone Agent")
    by = stages.insured()
    read(actor_of(user), stages.received(by=by))
    revoke_role(actor=SYSTEM, at=database_now() + timedelta(seconds=1), user_id=user.pk, role=Role.AGENT)
    assert {line.role for line in saw(officer, by.member.pk) if line.who == "Gone Agent"} == {"Agent"}


def test_a_restricted_case_is_in_the_officers_trail_and_not_in_the_auditors(officer, auditor, lead_of_house):
    by = stages.insured()
    row = stages.received(by=by)
    told = {"actor": lead_of_house, "at": stages.AT, "complaint_id": row.pk}
    restrict_complaint(**told, kind=RestrictionKind.VIP, reason="She is the mayor.")
    read(lead_of_house, row)
    assert "Dana Ruiz" in {line.who for line in saw(officer, by.member.pk)}
    assert "Dana Ruiz" not in {line.who for line in saw(auditor, by.member.pk)}
    page = read_trail(
        actor=auditor,
        events=subjects.events_of_person(auditor, lead_of_house.user_id),
        asked=ALL,
        at=timezone.now(),
    )
    assert row.reference not in {line.reference for line in page.lines}
    assert not [line for line in page.lines if line.what == "complaint"]


@pytest.fixture
def lead_of_house(db):  # noqa: ARG001 -- the fixture is wanted for what it does
    return actor_of(staff(Role.LEAD, name="Dana Ruiz"))


def test_a_trail_is_narrowed_by_time_and_by_kind(officer, agent):
    now, key = timezone.now(), agent.user_id
    for days, action in ((1, "phi.opened"), (8, "note.written"), (40, "access.refused"), (1, "audit.searched")):
        Event.by(agent, at=now - timedelta(days=days), action=action).save()
    export = {"purpose": "export the queue"}
    Event.by(agent, at=now - timedelta(days=100), action="phi.opened", detail=export).save()
    events = subjects.events_of_person(officer, key)

    def did(period, kind=None):
        page = read_trail(actor=officer, events=events, asked=Asked(period, kind), at=now)
        return {line.did for line in page.lines}

    recent = {"Read", "Looked into the audit trail"}
    assert did(Period.WEEK) == recent
    assert did(Period.MONTH) == recent | {"Note: written"}
    assert did(Period.ALL, Kind.REFUSED) == {"Was refused a page"}
    assert did(Period.ALL, Kind.CHANGED) == {"Note: written"}
    assert did(Period.MONTH, Kind.READ) == {"Read"}
    assert did(Period.MONTH, Kind.TAKEN) == set()
    assert did(Period.YEAR, Kind.TAKEN) == {"Read"}


def test_pages_of_fifty_follow_each_other_without_a_gap_even_within_one_moment(officer, agent):
    at = timezone.now() - timedelta(hours=1)
    made = {Event.by(agent, at=at, action="note.written") for _ in range(120)}
    Event.objects.bulk_create(made)
    seen, before = [], None
    while before != "":
        asked = Asked(Period.WEEK, None, read_mark(before) if before else None)
        events = subjects.events_of_person(officer, agent.user_id)
        page = read_trail(actor=officer, events=events, asked=asked, at=timezone.now())
        seen.append([line.id for line in page.lines])
        before = page.older
    assert [len(page) for page in seen] == [50, 50, 20]
    assert {key for page in seen for key in page} == {event.pk for event in made}


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_of_a_members_trail_takes_as_many_queries_whatever_it_holds(
    officer, agent, number, django_assert_num_queries
):
    by = stages.insured()
    row = stages.received(by=by)
    for _ in range(number):
        read(agent, row)
    with django_assert_num_queries(7):  # cases, representatives and parts; events; roles, parts and references
        assert len([line for line in saw(officer, by.member.pk) if line.purpose == "work the case"]) >= number


def test_the_member_is_looked_up_by_number_and_the_number_stands_in_no_address(screen):
    by = stages.insured()
    by.member.set_member_number("XK-12 34")
    by.member.save(update_fields=["member_number", "member_number_index"])
    response = screen.post(f"{HOME}members/", {"member_number": "xk1234"})
    assert response["Location"] == reverse("oversight:member", args=[by.member.pk])
    page = shown(screen.get(response["Location"]))
    assert "Who saw this member’s record" in page


@pytest.mark.parametrize(
    ("url", "data", "words"),
    [
        ("members/", {"member_number": ""}, "Enter a member number."),
        ("members/", {"member_number": "XK-99"}, "No member has this number"),
        ("people/", {"person": "nobody"}, "Choose a person."),
        ("cases/", {"reference": "C-26-DMG7-L8JK"}, "There is no case with this reference"),
        ("cases/", {"reference": "nonsense"}, "reference"),
    ],
)
def test_what_is_not_there_gets_a_sentence_and_the_words_back(screen, url, data, words):
    response = screen.post(HOME + url, data)
    assert response.status_code == 422
    assert words in shown(response)
    assert all(not typed or typed in shown(response) or typed == "nobody" for typed in data.values())


def test_nobody_looks_up_the_own_record(client):
    user = staff(Role.PRIVACY_OFFICER)
    own = objects.as_member(user)
    own.member.set_member_number("OWN-1")
    own.member.save(update_fields=["member_number", "member_number_index"])
    sign_in(client, user)
    assert client.post(f"{HOME}members/", {"member_number": "OWN-1"}).status_code == 422
    assert client.get(reverse("oversight:member", args=[own.member.pk])).status_code == 404


def test_every_look_is_an_event_found_or_not(screen, agent):
    person = member()
    screen.post(f"{HOME}members/", {"member_number": "XK-99"})
    screen.get(reverse("oversight:member", args=[person.pk]) + "?period=7&kind=read")
    screen.get(reverse("oversight:person", args=[agent.user_id]))
    events = Event.objects.filter(action="audit.searched").order_by("pk")
    assert [(event.object_type, event.object_id) for event in events] == [
        ("member", None),
        ("member", person.pk),
        ("person", agent.user_id),
    ]
    assert events[1].detail == {"period": "7", "kind": "read", "found": True}


def test_the_officer_sees_the_members_name_which_is_recorded_and_the_auditor_does_not(officer, auditor):
    person = member(name="Joseph Karl")
    url = reverse("oversight:member", args=[person.pk])
    for actor, sees in ((officer, True), (auditor, False)):
        client = Client()
        sign_in(client, objects.User.objects.get(pk=actor.user_id))
        assert ("Joseph Karl" in shown(client.get(url))) == sees
        opened = Event.objects.filter(action="phi.opened", actor_id=actor.user_id, object_id=person.pk)
        assert [event.detail["columns"] for event in opened] == ([["name"]] if sees else [])


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.ADMINISTRATOR, Role.QUALITY_MANAGER])
def test_others_do_not_look_into_the_trail(client, role):
    sign_in(client, staff(role))
    assert client.get(HOME).status_code == 403
    assert client.get(reverse("oversight:member", args=[member().pk])).status_code == 403


def test_the_state_of_the_chain_stands_on_top(screen, agent):
    Event.by(agent, at=timezone.now(), action="note.written").save()
    assert "Nothing is sealed yet" in shown(screen.get(HOME))
    seal_all(signer=audit_signer(), at=timezone.now())
    page = shown(screen.get(HOME))
    assert "Checkpoint 1" in page
    assert "0 wait for the seal" in page or "1 waits for the seal" in page


def test_a_chain_in_trouble_alarms_on_every_screen(screen, agent, settings, tmp_path):
    settings.AUDIT_ANCHORS = [str(tmp_path / "anchor")]
    Event.by(agent, at=timezone.now(), action="note.written").save()
    seal_all(signer=audit_signer(), at=timezone.now() - timedelta(hours=1))
    for url in (HOME, reverse("oversight:person", args=[agent.user_id])):
        assert "Checkpoints have waited for their anchor for more than five minutes." in shown(screen.get(url))


def take(client, url, form):
    return client.get(f"{url}trail.{form}?period=all")


def test_the_export_as_json_proves_each_event_without_a_database(screen, agent):
    row = stages.received()
    read(agent, row)
    seal_all(signer=audit_signer(), at=timezone.now())
    late = Event.by(agent, at=timezone.now(), action="note.written", matter_id=row.pk)
    late.save()
    response = take(screen, reverse("oversight:case", args=[row.reference]), "json")
    assert response["Content-Disposition"].startswith("attachment")
    told = json.loads(response.content)["events"]
    unproven = [event["id"] for event in told if event["proof"] is None]
    assert unproven == [str(late.pk)]
    for event in told:
        if event["proof"]:
            checked = check_proof(event["proof"], public_key=audit_signer().public_key)
            assert checked["id"] == event["id"]


def test_the_export_as_csv_holds_the_same_proof(screen, agent):
    row = stages.received()
    read(agent, row)
    seal_all(signer=audit_signer(), at=timezone.now())
    response = take(screen, reverse("oversight:person", args=[agent.user_id]), "csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert {line["case"] for line in rows} == {row.reference}
    for line in rows:
        proof = {
            "event": line["sealed_text"],
            "position": line["position"],
            "path": line["path"].split(),
            "checkpoint": line["checkpoint"],
        }
        assert check_proof(proof)["id"] == line["event_id"]


def test_taking_it_away_is_an_event_and_wants_a_fresh_factor(client, officer):
    user = objects.User.objects.get(pk=officer.user_id)
    person = member()
    url = reverse("oversight:member", args=[person.pk])
    sign_in(client, user, at=timezone.now() - timedelta(minutes=11))
    assert take(client, url, "csv")["Location"].startswith(reverse("accounts:prove"))
    sign_in(client, user)
    assert take(client, url, "csv").status_code == 200
    assert take(client, url, "xml").status_code == 404
    [event] = Event.objects.filter(action="audit.exported")
    assert (event.object_type, event.object_id) == ("member", person.pk)
    assert event.detail == {"period": "all", "kind": "all", "form": "csv", "events": 1}


def test_a_member_is_no_member_of_staff_whose_work_is_looked_at(screen):
    assert screen.get(reverse("oversight:person", args=[member_account().pk])).status_code == 404
