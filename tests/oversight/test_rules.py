"""Checklist 24: what stands out in a day of somebody's work makes an item, and ordinary work makes none."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from complaints.capa.queries.capa_page import read_capa
from complaints.enums import RestrictionKind
from complaints.models import Complaint
from complaints.operations import record_address, restrict_complaint, write_note
from complaints.oversight.enums import RuleCode
from complaints.oversight.look_ups import note_look_up
from complaints.oversight.models import ReviewItem
from complaints.oversight.reviews import judge_review
from complaints.oversight.rules import RULES
from complaints.oversight.trail import Asked
from complaints.oversight.watch import numbers_of_rules, watch_over_openings
from complaints.queries.queue import SavedView, read_queue, read_whole_view
from complaints.search.asked import take_apart
from complaints.search.queries import search
from members.accounts.models import User
from members.actors import Role
from members.audit.models import Event
from tests.capa.cases import analysed, planned
from tests.complaints import stages
from tests.config.objects import as_member
from tests.members.representing import represented
from tests.people import actor_of, member_account, staff

pytestmark = pytest.mark.usefixtures("policies")
NOON = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
"""A Wednesday, noon where the insurer is."""
NIGHT = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
NUMBERS = numbers_of_rules()


@pytest.fixture
def world(agent):
    """Return an agent who has worked all the months before, and a colleague."""
    act(agent, "session.started", at=NOON - timedelta(days=1))
    return SimpleNamespace(agent=agent, colleague=actor_of(staff(Role.AGENT, name="Eva Stone")))


def act(actor, action, *, at=NOON, case=None, **kwargs):
    Event.by(actor, at=at, action=action, matter_id=case, **kwargs).save()


def read(actor, *cases, at=NOON, purpose="work the case"):
    told = {"action": "phi.opened", "object_type": "complaints_complaint", "detail": {"purpose": purpose}}
    Event.objects.bulk_create(Event.by(actor, at=at, matter_id=case, object_id=case, **told) for case in cases)


def unknown(number):
    """Return the keys of cases that are not there any more: the trail outlives them."""
    return [uuid4() for _ in range(number)]


def cases_of_a_colleague(world, number, *, over=True):
    rows = [stages.taken(world.colleague) for _ in range(number)]
    if over:
        keys = [row.pk for row in rows]
        Complaint.objects.unscoped("test").filter(pk__in=keys).update(
            state="withdrawn", withdrawn_at=NOON - timedelta(days=9)
        )
    return [row.pk for row in rows]


def restricted_case():
    row = stages.received()
    boss = actor_of(staff(Role.LEAD))
    restrict_complaint(actor=boss, at=stages.AT, complaint_id=row.pk, kind=RestrictionKind.VIP, reason="The mayor.")
    return row.pk


def volume(world):
    for days in range(1, 8):
        read(world.agent, *unknown(20), at=NOON - timedelta(days=days))
    read(world.agent, *unknown(60))


def leafing_through_hits(world):
    for number in range(90):
        stages.received(narrative=f"Insulin was refused, {number}.")
    for start in range(0, 90, 25):
        search(actor=world.agent, asked=take_apart("insulin"), start=start, at=NOON)


def volume_of_somebody_new(world):
    read(world.agent, *unknown(80))


def no_case_link(world):
    read(world.agent, *cases_of_a_colleague(world, 5))


def no_case_link_and_sent_on(world):
    keys = cases_of_a_colleague(world, 5)
    read(world.agent, *keys)
    for number, key in enumerate(keys):
        act(world.agent, "disclosure.made", case=key, at=NOON + timedelta(minutes=number), detail={"basis": "consent"})


def same_surname(world):
    read(world.agent, stages.received(name="Maria LEE").pk)


def same_phone(world):
    worker, other = as_member(User.objects.get(pk=world.agent.user_id)).member, stages.insured()
    token = uuid4()
    for person in (worker, other.member):
        person.found_by = [token]
        person.save(update_fields=["found_by"])
    read(world.agent, stages.received(by=other).pk)


def same_address(world):
    own = as_member(User.objects.get(pk=world.agent.user_id))
    stages.received(by=own, name="Own Name", postal_address="12 Elm St., Apt. 4, Hartford CT 06103")
    flat = "12 elm street #4\nHartford, Connecticut 06103-1210"
    read(world.agent, stages.received(by=stages.insured(), postal_address=flat).pk)


def an_address_recorded_later(world):
    own = as_member(User.objects.get(pk=world.agent.user_id))
    stages.received(by=own, name="Own Name", postal_address="12 Elm Street\nHartford, CT 06103")
    row = stages.decided(world.colleague, postal_address="")
    told = {"actor": world.colleague, "at": stages.AT, "complaint_id": row.pk}
    record_address(**told, postal_address="12 Elm St, Hartford 06103")
    read(world.agent, row.pk)


def own_complaint(world):
    own = as_member(User.objects.get(pk=world.agent.user_id))
    read(actor_of(User.objects.get(pk=world.agent.user_id)), stages.received(by=own, name="Own Name").pk)


def member_represented(world):
    insured = stages.insured()
    represented(insured.member, User.objects.get(pk=world.agent.user_id), at=NOON - timedelta(days=3))
    read(world.agent, stages.received(by=insured).pk)


def restricted(_world):
    lead = actor_of(staff(Role.LEAD, name="Ana Lee"))
    act(lead, "session.started", at=NOON - timedelta(days=1))
    read(lead, restricted_case())
    return lead


def a_restricted_case_looked_up(_world):
    officer = actor_of(staff(Role.PRIVACY_OFFICER, name="Ana Lee"))
    act(officer, "session.started", at=NOON - timedelta(days=1))
    key = restricted_case()
    read(officer, key)
    note_look_up(actor=officer, at=NOON, of="case", key=key, asked=Asked())
    return officer


def a_restricted_case_behind_glass(world):
    key = restricted_case()
    act(world.agent, "complaint.glass_broken", case=key)
    read(world.agent, key)


def off_hours(world):
    read(world.agent, *unknown(5), at=NIGHT)


def bulk_export(world):
    for number in range(5):
        read(world.agent, *unknown(3), at=NOON + timedelta(minutes=number), purpose="export the queue")


def break_glass(world):
    act(world.agent, "complaint.glass_broken")
    for _ in range(2):
        act(world.agent, "complaint.glass_refused")


def dormant(_world):
    idle = actor_of(staff(Role.AGENT, name="Ana Lee"))
    act(idle, "session.started", at=NOON - timedelta(days=60))
    read(idle, *unknown(1))
    return idle


def denials(world):
    for number in range(10):
        act(world.agent, "access.refused", at=NOON + timedelta(minutes=number))


ANOMALIES = {
    "volume": (RuleCode.VOLUME, volume, 60),
    "volume of somebody new": (RuleCode.VOLUME, volume_of_somebody_new, 80),
    "leafing through hits": (RuleCode.VOLUME, leafing_through_hits, 90),
    "closed cases of others": (RuleCode.NO_CASE_LINK, no_case_link, 5),
    "closed cases of others, sent on": (RuleCode.NO_CASE_LINK, no_case_link_and_sent_on, 5),
    "the same surname": (RuleCode.SAME_NAME, same_surname, 1),
    "the same phone": (RuleCode.SAME_NAME, same_phone, 1),
    "the same address": (RuleCode.SAME_NAME, same_address, 1),
    "an address recorded later": (RuleCode.SAME_NAME, an_address_recorded_later, 1),
    "the own complaint": (RuleCode.OWN_RECORD, own_complaint, 1),
    "a member represented": (RuleCode.OWN_RECORD, member_represented, 1),
    "a restricted case": (RuleCode.RESTRICTED, restricted, 1),
    "a restricted case looked up": (RuleCode.RESTRICTED, a_restricted_case_looked_up, 1),
    "a restricted case behind glass": (RuleCode.RESTRICTED, a_restricted_case_behind_glass, 1),
    "at night": (RuleCode.OFF_HOURS, off_hours, 5),
    "many files": (RuleCode.BULK_EXPORT, bulk_export, 5),
    "broken glass": (RuleCode.BREAK_GLASS, break_glass, 3),
    "an idle account": (RuleCode.DORMANT, dormant, 1),
    "many refusals": (RuleCode.DENIALS, denials, 10),
}


def items(rule=None):
    rows = ReviewItem.objects.unscoped("test")
    return list(rows.filter(rule=rule) if rule else rows)


@pytest.mark.parametrize(("rule", "seed", "number"), ANOMALIES.values(), ids=ANOMALIES)
def test_each_seeded_anomaly_opens_a_review_of_its_person_and_day(world, rule, seed, number):
    person = seed(world) or world.agent
    watch_over_openings(at=NOON + timedelta(hours=2))
    [item] = items(rule)
    assert (item.person_id, str(item.day), item.count) == (person.user_id, "2026-07-01", number)
    assert Event.objects.filter(action="review.opened", object_id=item.pk, detail={"rule": rule}).count() == 1


def a_busy_day(world):
    for days in range(8, 14):
        read(world.agent, *unknown(25), at=NOON - timedelta(days=days))
    read(world.agent, *unknown(45))


def a_first_day(world):
    read(world.agent, *unknown(79))


def open_cases_of_a_colleague(world):
    read(world.agent, *cases_of_a_colleague(world, 9, over=False))


def closed_cases_worked_on(world):
    keys = cases_of_a_colleague(world, 9)
    for key in keys:
        act(world.agent, "complaint.note_added", case=key)
    read(world.agent, *keys)


def a_lead_reads_closed_cases(world):
    lead = actor_of(staff(Role.LEAD, name="Sam Oak"))
    act(lead, "session.started", at=NOON - timedelta(days=1))
    read(lead, *cases_of_a_colleague(world, 9))


def another_surname(world):
    read(world.agent, stages.received(name="Leah Fontaine-Leeds").pk)


def neighbours(world):
    own = as_member(User.objects.get(pk=world.agent.user_id))
    stages.received(by=own, name="Own Name", postal_address="12 Elm Street Apt 4\nHartford, CT 06103")
    addresses = ("12 Elm Street Apt 5\nHartford, CT 06103", "14 Elm Street Apt 4\nHartford, CT 06103", "Hartford 06103")
    for address in (*addresses, "12 Elm Avenue Apt 4\nHartford, CT 06103", "12 Elm Street Apt 4\nBoston, MA 02108", ""):
        read(world.agent, stages.received(postal_address=address).pk)


def the_own_complaint_on_own_pages(world):
    own = as_member(User.objects.get(pk=world.agent.user_id))
    row = stages.received(by=own, name="Own Name")
    read(world.agent, row.pk, purpose="read own complaint")


def the_queue_and_its_export(world):
    cases_of_a_colleague(world, 90, over=False)
    read_queue(actor=world.agent, view=SavedView.OPEN, page="1", at=NOON)
    read_whole_view(actor=world.agent, view=SavedView.OPEN, at=NOON)


def a_restricted_case_worked_on(_world):
    lead = actor_of(staff(Role.LEAD, name="Sam Oak"))
    act(lead, "session.started", at=NOON - timedelta(days=1))
    key = restricted_case()
    write_note(actor=lead, at=NOON, complaint_id=key, body="Called the mayor.")
    read(lead, key)


def early_and_few_at_night(world):
    read(world.agent, *unknown(20), at=datetime(2026, 7, 1, 11, 15, tzinfo=UTC))
    read(world.agent, *unknown(4), at=NIGHT)


def some_files(world):
    for number in range(4):
        read(world.agent, *unknown(15), at=NOON + timedelta(minutes=number), purpose="export the queue")


def glass_broken_once(world):
    act(world.agent, "complaint.glass_broken")
    act(world.agent, "complaint.glass_refused")


def back_from_holidays(_world):
    away = actor_of(staff(Role.AGENT, name="Sam Oak"))
    act(away, "session.started", at=NOON - timedelta(days=30))
    read(away, *unknown(1))


def refusals_over_a_day(world):
    for number in range(12):
        act(world.agent, "access.refused", at=NOON - timedelta(minutes=10 * number))


def members_at_their_own_pages(_world):
    for _ in range(3):
        read(actor_of(member_account()), *unknown(90), at=NIGHT, purpose="read own complaint")


def capas_read_at_night_after_a_long_time(world):
    reader, manager = (actor_of(staff(Role.QUALITY_MANAGER, name="Sam Oak")) for _ in range(2))
    act(reader, "session.started", at=NOON - timedelta(days=61))
    owner = staff(Role.LEAD, name="Eva Oak").pk
    rows = [analysed(manager, handler=world.agent) for _ in range(5)]
    for row in rows:
        capa = planned(manager, owner, complaints=[row])
        read_capa(actor=reader, reference=capa.reference, at=NIGHT)


ORDINARY = (
    a_busy_day,
    a_first_day,
    open_cases_of_a_colleague,
    closed_cases_worked_on,
    a_lead_reads_closed_cases,
    another_surname,
    neighbours,
    the_own_complaint_on_own_pages,
    the_queue_and_its_export,
    a_restricted_case_worked_on,
    early_and_few_at_night,
    some_files,
    glass_broken_once,
    back_from_holidays,
    refusals_over_a_day,
    members_at_their_own_pages,
    capas_read_at_night_after_a_long_time,
)


@pytest.mark.parametrize("work", ORDINARY, ids=lambda work: work.__name__)
def test_ordinary_work_makes_no_item(world, work):
    work(world)
    assert watch_over_openings(at=NOON + timedelta(hours=2)) == 0
    assert items() == []


def test_looking_again_makes_no_second_item_and_another_day_makes_another(world):
    denials(world)
    assert [watch_over_openings(at=NOON + timedelta(hours=hours)) for hours in (1, 2)] == [1, 0]
    for number in range(10):
        act(world.agent, "access.refused", at=NOON + timedelta(days=1, minutes=number))
    assert watch_over_openings(at=NOON + timedelta(days=1, hours=1)) == 1


def namesakes(world, number):
    read(world.agent, *(stages.received(name="Maria Lee").pk for _ in range(number)))


def test_an_item_grows_with_its_day_as_long_as_nobody_has_answered(world):
    namesakes(world, 1)
    assert watch_over_openings(at=NOON + timedelta(hours=1)) == 1
    namesakes(world, 2)
    assert [watch_over_openings(at=NOON + timedelta(hours=hours)) for hours in (2, 3)] == [0, 0]
    [item] = items(RuleCode.SAME_NAME)
    assert (item.count, item.evidence) == (3, {"surname": 3})
    assert Event.objects.filter(action="review.grown", object_id=item.pk).count() == 1


def test_what_grows_to_twice_what_was_judged_asks_for_another_answer(world, officer):
    namesakes(world, 2)
    watch_over_openings(at=NOON + timedelta(hours=1))
    [judged] = items(RuleCode.SAME_NAME)
    told = {"actor": officer, "at": NOON + timedelta(hours=1), "review_id": judged.pk}
    judge_review(**told, count=2, in_order=True, reason="Namesakes.")
    namesakes(world, 1)
    assert watch_over_openings(at=NOON + timedelta(hours=2)) == 0
    namesakes(world, 1)
    assert [watch_over_openings(at=NOON + timedelta(hours=hours)) for hours in (3, 4)] == [1, 0]
    assert {(item.count, item.in_order) for item in items(RuleCode.SAME_NAME)} == {(2, True), (4, None)}


def test_a_week_without_workers_hides_nothing_and_what_is_older_is_left_alone(world):
    denials(world)
    assert watch_over_openings(at=NOON + timedelta(days=9)) == 0
    assert watch_over_openings(at=NOON + timedelta(days=7)) == 1


def test_every_rule_has_numbers_and_a_function():
    assert set(NUMBERS) == set(RULES) == set(RuleCode)
    assert all(numbers["from"] >= 1 for numbers in NUMBERS.values())


@pytest.mark.parametrize("number", [1, 3])
def test_a_look_takes_as_many_queries_whatever_it_finds(number, django_assert_num_queries):
    for _ in range(number):
        person = actor_of(staff(Role.AGENT, name="Sam Oak"))
        read(person, *unknown(90), at=NIGHT)
    with django_assert_num_queries(26):
        watch_over_openings(at=NOON)
    assert len(items(RuleCode.VOLUME)) == number
