"""Teams, skills, absences and sessions, as administrators see and change them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from members.actors import Role
from members.audit.models import Event
from members.models import Absence, Team
from members.operations import create_team, join_team, record_absence
from members.queries import at_work
from tests.members.accounts.door import body, errors_of
from tests.people import AT, SYSTEM, sign_in, staff

pytestmark = pytest.mark.django_db
TEAMS = "/people/teams/"


@pytest.fixture(autouse=True)
def admin(client):
    """Sign an administrator in."""
    return sign_in(client, staff(Role.ADMINISTRATOR, name="Ada Min"))


def parts(name, day):
    return {f"{name}_month": day.month, f"{name}_day": day.day, f"{name}_year": day.year}


def test_a_team_is_founded_led_and_joined(client):
    user = staff(Role.AGENT, name="Lee Wong")
    client.post(TEAMS, {"name": "North"})
    team = Team.objects.get(name="North")
    assert errors_of(client.post(TEAMS, {"name": "North"}))[1] == [
        "There is a team with this name. Choose another one."
    ]
    client.post(f"{TEAMS}{team.pk}/lead/", {"user": str(user.pk)})
    client.post(f"/people/{user.pk}/work/team/", {"team": str(team.pk)})
    assert Team.objects.get().lead == user
    assert at_work([user.pk], on=AT.date())[user.pk].team_id == team.pk
    assert '<p class="govuk-body">Lee Wong</p>' in body(client.get(TEAMS))
    client.post(f"/people/{user.pk}/work/team/", {"team": ""})
    assert team.memberships.get().until is not None
    facts = Event.objects.filter(object_id=user.pk, action__startswith="team.").values_list("action", flat=True)
    assert set(facts) == {"team.joined", "team.left"}


@pytest.mark.parametrize("count", [1, 3])
def test_the_teams_take_as_many_queries_for_three(client, django_assert_num_queries, count):
    for number in range(count):
        team = create_team(actor=SYSTEM, at=AT, name=f"Team {number}")
        user, today = staff(Role.AGENT), timezone.now().date()
        join_team(actor=SYSTEM, at=AT, user_id=user.pk, team_id=team.pk)
        record_absence(
            actor=SYSTEM, at=timezone.now(), user_id=user.pk, first_on=today, last_on=today, stand_in_id=None
        )
    with django_assert_num_queries(5):
        client.get(TEAMS)


def test_skills_are_given_and_taken_and_unknown_ones_refused(client):
    user = staff(Role.AGENT)
    path = f"/people/{user.pk}/work/skills/"
    client.post(path, {"skill": ["es", "clinical"]})
    client.post(path, {"skill": ["clinical", "appeals"]})
    assert at_work([user.pk], on=AT.date())[user.pk].skills == {"clinical", "appeals"}
    assert client.post(path, {"skill": ["flying"]}).status_code == 404


def test_an_absence_is_recorded_with_a_stand_in_and_taken_back(client):
    user, other = staff(Role.AGENT), staff(Role.AGENT, name="Kim Cho")
    path, day = f"/people/{user.pk}/work/", timezone.now().date()
    wrong = client.post(path, parts("first_on", day) | parts("last_on", day - timedelta(days=1)))
    assert "The last day must not be before the first." in body(wrong)
    client.post(path, parts("first_on", day) | parts("last_on", day) | {"stand_in_id": str(other.pk)})
    here = at_work([user.pk], on=day)[user.pk]
    assert (here.is_away, here.stand_in_id) == (True, other.pk)
    assert "Kim Cho stands in" in body(client.get(path))
    client.post(f"{path}absences/{Absence.objects.get().pk}/end/")
    assert not at_work([user.pk], on=day)[user.pk].is_away


def test_somebody_is_signed_out_everywhere_at_once(client):
    user, browser = staff(Role.AGENT), Client()
    sign_in(browser, user)
    assert browser.get("/desk/").status_code == 200
    client.post(f"/people/{user.pk}/sign-out/")
    assert browser.get("/desk/").status_code == 302
    page = body(client.get(f"/people/{user.pk}/"))
    assert "A session ended" in page
    assert "Nowhere." in page


@pytest.mark.parametrize("places", [1, 3])
def test_the_page_of_a_person_takes_as_many_queries_for_three_places(client, django_assert_num_queries, places):
    user = staff(Role.AGENT)
    for _ in range(places):
        sign_in(Client(), user)
    with django_assert_num_queries(8):
        client.get(f"/people/{user.pk}/")


@pytest.mark.parametrize("role", [Role.LEAD, Role.AUDITOR, Role.AGENT])
def test_nobody_else_organises_the_work(role):
    browser, user = Client(), staff(Role.AGENT)
    sign_in(browser, staff(role))
    for path in (TEAMS, f"/people/{user.pk}/work/", f"/people/{user.pk}/"):
        assert browser.get(path).status_code == 403
    for path in (f"/people/{user.pk}/work/team/", f"/people/{user.pk}/work/skills/", f"/people/{user.pk}/sign-out/"):
        assert browser.post(path).status_code == 403
