"""Checklist 24: what stands out in a day of somebody's work makes an item, and ordinary work makes none."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from complaints.oversight.enums import RuleCode
from complaints.oversight.models import ReviewItem
from complaints.oversight.reviews import judge_review
from complaints.oversight.rules import RULES
from complaints.oversight.watch import numbers_of_rules, watch_over_openings
from members.actors import Role
from members.audit.models import Event
from tests.complaints import stages
from tests.oversight.anomalies import ANOMALIES, denials
from tests.oversight.days import NIGHT, NOON, act, read, unknown
from tests.oversight.ordinary_work import ORDINARY
from tests.people import actor_of, staff

pytestmark = pytest.mark.usefixtures("policies")
NUMBERS = numbers_of_rules()


@pytest.fixture
def world(agent):
    """Return an agent who has worked all the months before, and a colleague."""
    act(agent, "session.started", at=NOON - timedelta(days=1))
    return SimpleNamespace(agent=agent, colleague=actor_of(staff(Role.AGENT, name="Eva Stone")))


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
