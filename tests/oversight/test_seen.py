"""Checklist 26: members see who read their record; roles instead of names, and nothing of anybody else's."""

import html
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as house
from django.urls import reverse
from django.utils import timezone

from complaints.oversight import seen
from complaints.oversight.seen import who_saw
from complaints.queries.case import read_case
from complaints.queries.queue import SavedView, read_queue
from complaints.retention.holds import place_hold
from complaints.retention.models import Hold
from complaints.search.asked import take_apart
from complaints.search.queries import search
from members.accounts.models import User
from members.actors import Role, Scope
from members.audit.models import Event
from members.disclosures.gate import Sending
from members.disclosures.models import Disclosure
from members.disclosures.vocabulary import Way
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from tests.complaints import stages
from tests.members.disclosures.agreed import agreed, sent
from tests.members.representing import represented
from tests.people import actor_of, member_account, sign_in, staff

pytestmark = pytest.mark.usefixtures("policies")
NOON = datetime(2026, 7, 1, 12, 0, tzinfo=ZoneInfo(house.HOUSE_TIME_ZONE))


@pytest.fixture
def maria(db):  # noqa: ARG001 -- the fixture is wanted for what it does
    return stages.insured("Maria Alvarez")


def read(actor, row, at=NOON):
    read_case(actor=actor, reference=row.reference, at=at)


def told(actor, before=None):
    page = who_saw(actor=actor, before=before)
    return {str(day.day): [line.words for line in day.lines] for day in page.days}


def test_members_see_who_read_their_record(maria, agent):
    row = stages.received(by=maria)
    read(agent, row)
    read(agent, row, NOON + timedelta(hours=1))
    read(actor_of(staff(Role.LEAD)), row, NOON + timedelta(days=1))
    read(actor_of(staff(Role.QUALITY_MANAGER)), row, NOON + timedelta(days=1))
    assert told(maria.actor) == {
        "2026-07-02": [
            f"A team lead in complaints read your complaint {row.reference}.",
            f"A member of staff who checks our work read your complaint {row.reference}.",
        ],
        "2026-07-01": [f"A member of staff in complaints read your complaint {row.reference}."],
    }


def test_a_name_seen_in_the_queue_and_a_hit_of_a_search_are_told_as_such(maria, agent):
    row = stages.received(by=maria, narrative="Insulin was refused.")
    read_queue(actor=agent, view=SavedView.OPEN, page="1", at=NOON)
    search(actor=agent, asked=take_apart("insulin"), start=0, at=NOON + timedelta(minutes=1))
    assert told(maria.actor)["2026-07-01"] == [
        f"A member of staff in complaints saw your complaint {row.reference} in a list.",
        f"A member of staff in complaints found your complaint {row.reference} in a search.",
    ]


def test_two_people_of_one_role_are_two_lines(maria, agent):
    row = stages.received(by=maria)
    for reader in (agent, actor_of(staff(Role.AGENT))):
        read(reader, row)
    assert len(told(maria.actor)["2026-07-01"]) == 2


def test_what_the_member_and_our_programs_do_is_left_out(client, maria):
    row = stages.received(by=maria)
    sign_in(client, User.objects.get(pk=maria.actor.user_id))
    client.get(reverse("member:case", args=[row.reference]))
    assert Event.objects.filter(action="phi.opened", actor_id=maria.actor.user_id).exists()
    assert told(maria.actor) == {}


def test_the_record_of_another_member_is_not_told_of(maria, agent):
    read(agent, stages.received(by=stages.insured("Somebody Else")))
    assert told(maria.actor) == {}


def test_a_reading_of_the_member_record_itself_is_told(maria, officer):
    Event.by(officer, at=NOON, action="phi.opened", object_type="members_member", object_id=maria.member.pk).save()
    assert told(maria.actor)["2026-07-01"] == ["A privacy officer looked at your member record."]


def test_who_looks_at_the_account_or_at_a_hold_has_not_read_the_complaint(maria, officer):
    row = stages.received(by=maria)
    consent = agreed(maria.member, at=NOON)
    gone = sent(maria.member.pk, at=NOON, sending=Sending("A summary", Way.POST, row.pk, row.pk, consent_id=consent.pk))
    with phi_access(actor=officer, purpose=Purpose.ACCOUNT_OF_DISCLOSURES, at=NOON):
        assert Disclosure.objects.unscoped("test").get(pk=gone.pk).recipient == "Ana Alvarez"
    hold = place_hold(actor=officer, at=NOON, complaint_id=row.pk, of_member=False, reason="A lawsuit.")
    with phi_access(actor=officer, purpose=Purpose.HOLDS, at=NOON):
        assert Hold.objects.unscoped("test").get(pk=hold.pk).reason == "A lawsuit."
    assert set(told(maria.actor)["2026-07-01"]) == {
        f"A privacy officer looked at who gets data from your complaint {row.reference}.",
        f"A privacy officer looked at why we keep your complaint {row.reference}.",
    }


def test_staff_are_named_only_if_the_house_says_so(maria, agent, settings):
    row = stages.received(by=maria)
    read(agent, row)
    assert "Ana Lee" not in str(told(maria.actor))
    settings.MEMBERS_SEE_NAMES_OF_STAFF = True
    assert told(maria.actor)["2026-07-01"] == [f"Ana Lee read your complaint {row.reference}."]


@pytest.mark.parametrize(("scope", "sees"), [(tuple(Scope), True), ((Scope.READ, Scope.WRITE), False)])
def test_whoever_acts_for_the_member_sees_it_with_full_authority_only(maria, agent, scope, sees):
    row = stages.received(by=maria)
    read(agent, row)
    helper = member_account()
    represented(maria.member, helper, at=timezone.now() - timedelta(days=1), scope=scope)
    actor = actor_of(helper, at=timezone.now())
    assert (f"A member of staff in complaints read the complaint {row.reference}." in str(told(actor))) == sees


def test_the_member_sees_that_somebody_read_who_acts_for_them(client, maria):
    row = stages.received(by=maria)
    helper = member_account()
    represented(maria.member, helper, at=timezone.now() - timedelta(days=1))
    sign_in(client, helper)
    assert client.get(reverse("member:case", args=[row.reference])).status_code == 200
    [lines] = told(maria.actor).values()
    assert f"A person who may act for you read your complaint {row.reference}." in lines


def test_days_are_whole_on_every_page_and_none_is_left_out(maria, agent, monkeypatch):
    row = stages.received(by=maria)
    monkeypatch.setattr(seen, "READINGS_A_PAGE", 3)
    for days in range(4):
        for number in range(2):
            reader = agent if number else actor_of(staff(Role.LEAD))
            Event.by(
                reader, at=NOON - timedelta(days=days), action="phi.opened", matter_id=row.pk, detail={"purpose": "x"}
            ).save()
    pages, before = [], None
    while True:
        page = who_saw(actor=maria.actor, before=before)
        pages.append([(str(day.day), len(day.lines)) for day in page.days])
        before = page.earlier
        if before is None:
            break
    assert [line for page in pages for line in page] == [(f"2026-0{day}", 2) for day in ("7-01",)] + [
        (f"2026-06-{day}", 2) for day in (30, 29, 28)
    ]
    assert len(pages) > 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_as_many_queries_whatever_it_holds(maria, number, django_assert_num_queries):
    for _ in range(number):
        read(actor_of(staff(Role.AGENT)), stages.received(by=maria))
    with django_assert_num_queries(5):
        assert len(told(maria.actor)["2026-07-01"]) == number


def test_the_page_is_one_click_away_and_takes_nonsense_for_nothing(client, maria, agent):
    row = stages.received(by=maria)
    read(agent, row)
    sign_in(client, User.objects.get(pk=maria.actor.user_id))
    for near in ("member:cases", "accounts:security"):
        assert reverse("member:seen") in client.get(reverse(near)).content.decode()
    page = html.unescape(client.get(reverse("member:seen") + "?before=yesterday").content.decode())
    assert f"A member of staff in complaints read your complaint {row.reference}." in page
    assert "July 1, 2026" in page
    assert "12:00 PM" in page
