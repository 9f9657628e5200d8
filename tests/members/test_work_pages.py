"""Teams, skills, absences and sessions, as administrators see and change them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from members.actors import Role
from members.audit.models import Event
from members.dates import house_day
from members.models import Absence, Team
from members.operations import create_team, disable_account, join_team, lead_team, record_absence
from members.queries import at_work
from members.staffing import read_work
from tests.members.accounts.door import body, errors_of
from tests.people import AT, SYSTEM, sign_in, staff

pytestmark = pytest.mark.django_db
TEAMS = "/people/teams/"


@pytest.fixture(autouse=True)
def admin(client):
    """Sign an administrator in."""
    return sign_in(client, staff(Role.ADMINISTRATOR, name="Ada Min"))


def away(user, day=None, *, at=None, stand_in_id=None):
    at = at or timezone.now()
    days = {"first_on": day or house_day(at), "last_on": day or house_day(at)}
    return record_absence(actor=SYSTEM, at=at, user_id=user.pk, stand_in_id=stand_in_id, **days)


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
        user = staff(Role.AGENT)
        join_team(actor=SYSTEM, at=AT, user_id=user.pk, team_id=team.pk)
        away(user)
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


def test_an_absence_is_taken_back_on_the_page_of_the_person_only(client):
    user, other = staff(Role.AGENT), staff(Role.AGENT)
    absence = away(user)
    assert client.post(f"/people/{other.pk}/work/absences/{absence.pk}/end/").status_code == 404
    assert Absence.objects.get() == absence


@pytest.mark.parametrize("years", [-2, 3, 7000])
def test_an_absence_of_a_mistyped_year_is_refused(client, years):
    day = timezone.now().date()
    day = day.replace(year=day.year + years, month=6, day=1)
    page = body(client.post(f"/people/{staff(Role.AGENT).pk}/work/", parts("first_on", day) | parts("last_on", day)))
    assert "Check the years: an absence begins a year ago at most, and ends within two years." in page
    assert f'value="{day.year}"' in page
    assert not Absence.objects.exists()


def test_who_is_away_does_not_stand_in(client):
    user, other = staff(Role.AGENT), staff(Role.AGENT, name="Kim Cho")
    day = away(other).last_on
    typed = parts("first_on", day) | parts("last_on", day) | {"stand_in_id": str(other.pk)}
    page = body(client.post(f"/people/{user.pk}/work/", typed))
    assert "Kim Cho is away then, too. Choose somebody else to stand in." in page
    day += timedelta(days=1)
    client.post(f"/people/{user.pk}/work/", typed | parts("first_on", day) | parts("last_on", day))
    assert Absence.objects.get(user=user).stand_in == other


def test_it_is_told_who_is_away_and_who_stands_in(client):
    day = house_day(timezone.now())
    over, now = staff(Role.AGENT, name="Abel Over"), staff(Role.AGENT, name="Lee Wong")
    away(over, day - timedelta(days=1))
    away(now, day, stand_in_id=staff(Role.AGENT, name="Kim Cho").pk)
    page = body(client.get(TEAMS)).split('id="away"')[1]
    assert "Abel Over" not in page
    assert page.index("Lee Wong") < page.index("Kim Cho stands in")


def test_the_day_of_the_work_page_is_the_houses_own():
    evening = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # March 2, 9 PM where the house is
    user = staff(Role.AGENT)
    away(user, date(2026, 3, 2), at=evening)
    assert [row.user for row in read_work(user_id=user.pk, on=house_day(evening)).absences] == [user]
    assert house_day(evening) == date(2026, 3, 2)


def test_a_team_is_renamed_and_ended_and_its_name_is_free_again(client):
    user = staff(Role.LEAD)
    team, other = (create_team(actor=SYSTEM, at=AT, name=name) for name in ("North", "South"))
    join_team(actor=SYSTEM, at=AT, user_id=user.pk, team_id=team.pk)
    lead_team(actor=SYSTEM, at=AT, team_id=team.pk, user_id=user.pk)
    for name, words in (
        ("South", "There is a team with this name. Choose another one."),
        (" ", "Enter a name for the team."),
        ("x" * 61, "Use 60 characters or less."),
    ):
        assert words in body(client.post(f"{TEAMS}{team.pk}/rename/", {"name": name}, follow=True))
    client.post(f"{TEAMS}{team.pk}/rename/", {"name": "Northwest"})
    team.refresh_from_db()
    assert team.name == "Northwest"
    client.post(f"{TEAMS}{team.pk}/end/")
    team.refresh_from_db()
    assert (team.lead_id, team.ended_at is not None, team.memberships.filter(until=None).exists()) == (
        None,
        True,
        False,
    )
    client.get(TEAMS)  # which shows what was said so far
    assert "Northwest" not in body(client.get(TEAMS))
    for act in ("rename", "end", "lead"):
        assert client.post(f"{TEAMS}{team.pk}/{act}/", {"name": "Again"}).status_code == 404
    client.post(f"{TEAMS}{other.pk}/rename/", {"name": "Northwest"})
    assert Team.objects.get(ended_at=None).name == "Northwest"


def test_a_closed_account_is_not_given_a_team_to_lead(client):
    user, team = staff(Role.LEAD), create_team(actor=SYSTEM, at=AT, name="North")
    disable_account(actor=SYSTEM, at=AT, user_id=user.pk)
    page = body(client.post(f"{TEAMS}{team.pk}/lead/", {"user": str(user.pk)}, follow=True))
    assert "is closed. Open it again first." in page
    assert Team.objects.get().lead_id is None


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
