"""Teams, skills and absences decide who gets a complaint, and who else hears of it."""

from datetime import timedelta

import pytest

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.enums import Language
from members.actors import Role
from members.models import SkillCode
from members.operations import create_team, join_team, record_absence, set_skills
from tests.complaints import stages
from tests.complaints.firings import WARNED, clock_of, fire
from tests.complaints.stages import AT
from tests.people import actor_of, staff

pytestmark = pytest.mark.usefixtures("policies")


@pytest.fixture
def admin(db):  # noqa: ARG001 -- the fixture is wanted for what it does
    return actor_of(staff(Role.ADMINISTRATOR))


@pytest.fixture
def others(agent):  # noqa: ARG001 -- they come after the owner
    """Return two more agents, the longer first."""
    return [actor_of(staff(Role.AGENT, name=name)) for name in ("Kim Cho", "Lee Wong")]


def away(admin, person, *, stand_in=None, days=0):
    day = (AT + timedelta(days=days)).date()
    record_absence(
        actor=admin, at=AT, user_id=person.user_id, first_on=day, last_on=day, stand_in_id=stand_in and stand_in.user_id
    )


def heir_of(row):
    fire(clock_of(row), "reassign", code=WARNED, at=AT)
    return stages.now(row).owner_id


def test_whoever_is_away_gets_nothing(admin, agent, others):
    away(admin, others[0])
    assert heir_of(stages.taken(agent)) == others[1].user_id


def test_whoever_was_away_yesterday_or_will_be_tomorrow_is_there(admin, agent, others):
    away(admin, others[0], days=-1)
    away(admin, others[0], days=1)
    assert heir_of(stages.taken(agent)) == others[0].user_id


def test_the_stand_in_of_an_absent_owner_comes_first(admin, agent, others):
    away(admin, agent, stand_in=others[1])
    assert heir_of(stages.taken(agent)) == others[1].user_id


def test_who_speaks_the_language_comes_before_the_owners_team(admin, agent, others):
    team = create_team(actor=admin, at=AT, name="North")
    for person in (agent, others[0]):
        join_team(actor=admin, at=AT, user_id=person.user_id, team_id=team.pk)
    set_skills(actor=admin, at=AT, user_id=others[1].user_id, codes=[SkillCode.ES])
    assert heir_of(stages.taken(agent, language=Language.ES)) == others[1].user_id


def test_the_owners_team_comes_before_who_has_less_to_do(admin, agent, others):
    team = create_team(actor=admin, at=AT, name="North")
    for person in (agent, others[1]):
        join_team(actor=admin, at=AT, user_id=person.user_id, team_id=team.pk)
    stages.taken(others[1])
    assert heir_of(stages.taken(agent)) == others[1].user_id


def test_what_an_absent_owner_is_told_the_stand_in_is_told_too(admin, agent, others):
    away(admin, agent, stand_in=others[0])
    fire(clock_of(stages.taken(agent)), "notify_owner", code=WARNED, at=AT)
    told = Dispatch.objects.filter(kind=DispatchKind.CLOCK_ALERT).values_list("to_user", flat=True)
    assert set(told) == {agent.user_id, others[0].user_id}


def test_the_page_of_taking_says_which_skill_is_missing_and_lets_it_be_taken(admin, desk):
    row = stages.received(language=Language.ES)
    path = f"/desk/cases/{row.reference}/take/"
    assert "Español" in desk.get(path).content.decode().split("It is not recorded that you can")[0]
    set_skills(actor=admin, at=AT, user_id=desk.actor.user_id, codes=[SkillCode.ES])
    assert "It is not recorded that you can" not in desk.get(path).content.decode()
    assert desk.post(path, {}).status_code == 302
