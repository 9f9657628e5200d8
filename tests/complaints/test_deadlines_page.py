"""The page that says how the deadline engine does, and what was given up."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.queries.deadlines_effects import ACTIONS, MAIL, TOPICS
from members.actors import Role
from slas import outbox, pack_actions
from slas.models import Clock, Firing, FoldCheck, Outbox, Sweeper
from slas.operations import enqueue
from slas.queries import database_now
from slas.sweep import SET_ASIDE
from tests.complaints import stages
from tests.people import actor_of, sign_in, staff
from tests.slas.clocks import acting, open_one, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
MINUTE = timedelta(minutes=1)
ENGINE, GIVEN_UP, RETRY = (reverse(f"desk:{name}") for name in ("deadlines", "given_up", "retry"))


@pytest.fixture
def leading(client):
    """Return a browser in which a team lead is signed in."""
    client.actor = actor_of(sign_in(client, staff(Role.LEAD, name="Dana Ruiz")))
    return client


@pytest.fixture
def alive(db):  # noqa: ARG001 -- the row wants a database
    """Let a sweeper have been seen just now."""
    Sweeper.objects.create(who="celery@one", seen_at=database_now(), full_at=database_now(), max_lag=timedelta(0))


def text_of(response):
    return " ".join(response.content.decode().split())


def given_up(number):
    """Let so many confirmations of receipt be given up."""
    rows = [stages.received() for _ in range(number)]
    Outbox.objects.filter(topic="correspondence.send").update(
        dead_at=Now(), attempts=55, fault="ConnectionRefusedError"
    )
    Dispatch.objects.update(failed_at=Now())
    return rows


@pytest.mark.usefixtures("alive")
def test_with_nothing_wrong_the_page_says_so(leading):
    page = text_of(leading.get(ENGINE))
    assert "All is kept" in page
    assert "Nothing was given up." in page
    assert "celery@one" in page


def test_a_silent_sweeper_is_said_with_its_cure(leading):
    Sweeper.objects.create(who="celery@one", seen_at=database_now() - 5 * MINUTE, max_lag=timedelta(0))
    page = text_of(leading.get(ENGINE))
    assert "No sweeper has been seen for 5 minutes." in page
    assert "Start a worker with --timer" in page
    assert "Silent" in page


@pytest.mark.usefixtures("alive")
def test_a_threshold_that_is_due_and_unfired_is_said(leading):
    clock = start("message_reply", database_now())
    Clock.objects.filter(pk=clock.pk).update(next_fire_at=database_now() - 3 * MINUTE)
    assert "1 threshold is due and not fired, the oldest for 3 minutes." in text_of(leading.get(ENGINE))


@pytest.mark.usefixtures("alive")
def test_a_clock_that_was_set_aside_is_said(leading):
    clock = start("message_reply", database_now())
    Clock.objects.filter(pk=clock.pk).update(next_fire_at=SET_ASIDE)
    assert "1 clock was set aside because firing failed." in text_of(leading.get(ENGINE))


@pytest.mark.usefixtures("alive")
def test_a_clock_that_is_not_what_its_events_say_is_said(leading):
    FoldCheck.objects.create(began_at=database_now(), clocks=7, misfolded=2)
    page = text_of(leading.get(ENGINE))
    assert "2 clocks are not what their events say." in page
    assert "7 clocks, 2 are not what their events say" in page


@pytest.mark.usefixtures("alive")
def test_what_fails_stands_there_with_its_fault_its_tries_and_the_next(leading):
    given_up(3)
    Outbox.objects.filter(topic="correspondence.send").update(dead_at=None, attempts=4)
    page = text_of(leading.get(ENGINE))
    assert "Failing, and tried again by itself" in page
    assert "The mail server does not accept connections" in page
    assert "up to 4" in page


@pytest.mark.usefixtures("alive")
def test_what_fired_and_what_is_due_show_as_figures(leading):
    now = database_now()
    clock = start("message_reply", now - timedelta(hours=20), at=now)
    Firing.objects.create(
        matter_id=clock.matter_id,
        clock_id=clock.id,
        epoch=1,
        code=50,
        scheduled_for=now - timedelta(milliseconds=40),
        fired_at=now - timedelta(milliseconds=28),
        clock_rev=1,
        suppressed=False,
        sweeper="celery@one",
    )
    page = text_of(leading.get(ENGINE))
    assert "in the middle; longest 12 ms of 1 fired" in page
    assert "Longest lag of each of the last 24 hours" in page
    assert "1 at " in page


@pytest.mark.parametrize("number", [1, 3, 1000])
def test_the_page_asks_the_same_number_of_queries_however_much_is_wrong(leading, number, django_assert_num_queries):
    given_up(1)
    topics = ["correspondence.send"] + [f"topic {place % 3}" for place in range(number)]
    dead_drills(topics)
    for place in range(min(number, 3)):
        Sweeper.objects.create(who=f"celery@{place}", seen_at=database_now(), max_lag=timedelta(0))
    with django_assert_num_queries(19):
        leading.get(ENGINE)


def dead_drills(topics):
    """Let effects of these topics be given up, all of one matter."""
    matter, now = open_one(database_now()), database_now()
    with acting(now) as this:
        for place, topic in enumerate(topics):
            payload = {"dispatch": str(matter.pk)}
            enqueue(this=this, matter_id=matter.pk, key=f"drill:{place}", topic=topic, payload=payload)
    Outbox.objects.filter(matter_id=matter.pk).update(dead_at=Now(), fault="Drill")


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_what_was_given_up_asks_the_same_number_of_queries(leading, number, django_assert_num_queries):
    given_up(number)
    dead_drills(["drill"] * number)
    with django_assert_num_queries(9):
        page = text_of(leading.get(GIVEN_UP))
    assert page.count("E-mail to the complainant: confirmation of receipt</td>") == number


def test_a_thousand_are_cut_into_pages(leading):
    dead_drills(["drill"] * 1000)
    page = text_of(leading.get(GIVEN_UP, {"page": 2}))
    assert "51–100 of 1000" in page
    assert page.count("Drill</span>") == 50


def test_each_names_its_case_to_those_who_may_see_it_and_never_its_content(leading):
    (row,) = given_up(1)
    page = text_of(leading.get(GIVEN_UP))
    assert reverse("desk:case", args=[row.reference]) in page
    assert "Joseph" not in page
    assert "joseph@example.org" not in page
    sign_in(leading, staff(Role.ADMINISTRATOR))
    page = text_of(leading.get(GIVEN_UP))
    assert row.reference not in page
    assert "A complaint" in page
    assert "Try again" not in page
    assert "A team lead can have them tried again." in page


def test_one_press_has_one_tried_again_and_says_so_and_the_next_says_that_it_was(leading):
    (row,) = given_up(1)
    effect = Outbox.objects.get(matter_id=row.pk, topic="correspondence.send")
    one = {"matter_id": effect.matter_id, "key": effect.key}
    told = [text_of(leading.post(RETRY, one, follow=True)) for _ in range(2)]
    assert "One effect is tried again now." in told[0]
    assert "It is no longer given up: somebody had that tried again before you." in told[1]
    effect.refresh_from_db()
    assert (effect.dead_at, effect.attempts) == (None, 0)


def test_all_of_a_kind_are_tried_again_with_one_press(leading):
    given_up(3)
    assert "Try all 3 again" in text_of(leading.get(ENGINE))
    answer = leading.post(RETRY, {"topic": "correspondence.send"}, follow=True)
    assert "3 effects are tried again now." in text_of(answer)
    assert not Outbox.objects.filter(dead_at__isnull=False).exists()


@pytest.mark.parametrize(
    "typed",
    [{}, {"topic": "x\x00"}, {"matter_id": "none", "key": "x"}, {"key": "x"}, {"topic": "x" * 61}],
)
def test_a_press_of_nothing_is_answered_with_what_to_do(leading, typed):
    given_up(1)
    page = text_of(leading.post(RETRY, typed, follow=True))
    assert "Nothing was tried again. Choose what with one of the buttons." in page
    assert Outbox.objects.filter(dead_at__isnull=False).count() == 1


@pytest.mark.parametrize(("role", "status"), [(Role.ADMINISTRATOR, 403), (Role.AGENT, 403)])
def test_only_leads_have_effects_tried_again(client, role, status):
    given_up(1)
    sign_in(client, staff(role))
    assert client.post(RETRY, {"topic": "correspondence.send"}).status_code == status
    assert Outbox.objects.filter(dead_at__isnull=False).count() == 1


def test_the_way_there_is_shown_to_those_who_may_go(leading):
    assert f'href="{ENGINE}" aria-current="page"' in text_of(leading.get(ENGINE))
    assert 'aria-current="true">Deadlines' in text_of(leading.get(GIVEN_UP))
    sign_in(leading, staff(Role.AGENT))
    assert ENGINE not in text_of(leading.get(reverse("desk:queue")))


def test_every_kind_of_effect_and_of_email_and_every_action_has_words():
    assert {topic for topic in outbox._handlers if not topic.startswith("chaos.")} == set(TOPICS)
    assert set(DispatchKind) == set(MAIL)
    assert {*pack_actions.ACTIONS, pack_actions.NOTIFY_ROLE.rstrip(":")} == set(ACTIONS)
