"""Planning, carrying out, handing over and judging a CAPA on its pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.capa.models import CapaAction
from members.accounts.models import RoleGrant
from members.actors import Role
from tests.capa.cases import implemented, opened, with_action
from tests.people import actor_of, sign_in, staff
from tests.quality.pages import LAST_WEEK, NAUGHTY, date_typed, page, words_of

pytestmark = pytest.mark.django_db


def action_words(owner, **others):
    typed = {"kind": "corrective", "description": "Load the list.", "owner_id": str(owner.user_id)}
    return typed | date_typed("due_on", 30) | others


def test_an_action_is_added_once_however_often_it_is_sent(signed_in, manager, owner):
    capa = opened(manager, owner.user_id, at=LAST_WEEK)
    for _ in range(2):
        response = signed_in.post(reverse("quality:capa_action", args=[capa.reference]), action_words(owner))
        assert response.url == reverse("quality:capa", args=[capa.reference])
    assert CapaAction.objects.unscoped("a test").count() == 1
    assert "Load the list." in words_of(page(signed_in, "capa", capa.reference))


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"kind": ""}, "Choose the kind of action."),
        ({"kind": "dance"}, "Select a valid choice"),
        ({"description": "   "}, "Describe the action."),
        ({"description": "Load" + "d" * 2000}, "we can take 2000"),
        ({"owner_id": ""}, "Choose who is responsible."),
        (date_typed("due_on", -1), "Choose a day after today."),
        (date_typed("due_on", 800), "Choose a day within the next 2 years."),
        ({"due_on_month": "2", "due_on_day": "30", "due_on_year": "2027"}, "Enter a real date"),
        ({"due_on_month": "", "due_on_day": "", "due_on_year": ""}, "Enter a due date."),
        ({"due_on_month": "13", "due_on_day": "x", "due_on_year": "9999999"}, "Enter a real date"),
    ],
)
def test_an_action_with_a_wrong_answer_is_not_added(signed_in, manager, owner, others, words):
    capa = opened(manager, owner.user_id, at=LAST_WEEK)
    response = signed_in.post(reverse("quality:capa_action", args=[capa.reference]), action_words(owner, **others))
    assert response.status_code == 422
    assert words in words_of(response)
    assert "Load" in words_of(response) or others.get("description") == "   "
    assert not CapaAction.objects.unscoped("a test").exists()


def test_naughty_actions_are_kept_and_shown_as_they_are(signed_in, manager, owner):
    capa = opened(manager, owner.user_id, at=LAST_WEEK, title=NAUGHTY[-1][:160])
    for naughty in NAUGHTY:
        typed = action_words(owner, description=naughty)
        assert signed_in.post(reverse("quality:capa_action", args=[capa.reference]), typed).status_code == 302
    response = page(signed_in, "capa", capa.reference)
    assert {action.description for action in response.context["page"].actions} == {text.strip() for text in NAUGHTY}
    assert "<script>alert(" not in response.content.decode()


def test_the_plan_is_approved_on_its_page(signed_in, manager, owner):
    capa = opened(manager, owner.user_id, at=LAST_WEEK)
    with_action(manager, capa, owner.user_id, due_on=timezone.now().date() + timedelta(days=30), at=LAST_WEEK)
    assert "Approve the plan" in words_of(page(signed_in, "capa", capa.reference))
    typed = {"criterion": "None in 60 days."} | date_typed("check_on", 95)
    response = signed_in.post(reverse("quality:capa_plan", args=[capa.reference]), typed)
    assert response.url == reverse("quality:capa", args=[capa.reference])
    shown = words_of(page(signed_in, "capa", capa.reference))
    assert "None in 60 days." in shown
    assert "Approve the plan" not in shown


def test_a_check_before_the_last_action_is_refused_beside_its_date(signed_in, manager, owner):
    capa = opened(manager, owner.user_id, at=LAST_WEEK)
    with_action(manager, capa, owner.user_id, due_on=timezone.now().date() + timedelta(days=30), at=LAST_WEEK)
    typed = {"criterion": "None in 60 days."} | date_typed("check_on", 20)
    response = signed_in.post(reverse("quality:capa_plan", args=[capa.reference]), typed)
    assert list(response.context["form"].errors["check_on"]) == ["Choose a day after the last action is due."]
    assert "None in 60 days." in words_of(response)


def test_the_owner_sees_why_the_own_plan_cannot_be_approved_and_a_forged_approval_is_refused(
    signed_in, manager, quality_manager
):
    capa = opened(manager, quality_manager.pk, at=LAST_WEEK)
    with_action(manager, capa, quality_manager.pk, due_on=timezone.now().date() + timedelta(days=30), at=LAST_WEEK)
    why = "You own this CAPA. Somebody else has to do this."
    assert why in words_of(page(signed_in, "capa", capa.reference))
    typed = {"criterion": "None in 60 days."} | date_typed("check_on", 95)
    response = signed_in.post(reverse("quality:capa_plan", args=[capa.reference]), typed)
    assert response.status_code == 409
    assert why in words_of(response)
    assert "None in 60 days." in words_of(response)


def test_an_agent_reports_the_own_action_done_and_no_other(client, manager, owner):
    agent = staff(Role.AGENT)
    capa = opened(manager, owner.user_id, at=LAST_WEEK)
    due_on = timezone.now().date() + timedelta(days=30)
    own = with_action(manager, capa, agent.pk, due_on=due_on, at=LAST_WEEK)
    other = with_action(manager, capa, owner.user_id, due_on=due_on, at=LAST_WEEK)
    sign_in(client, agent)
    assert words_of(page(client, "capa", capa.reference)).count("Mark as done") == 1
    for action, status in ((own, 302), (other, 403)):
        url = reverse("quality:capa_action_done", args=[capa.reference, action.pk])
        assert client.post(url).status_code == status
    assert client.get(reverse("quality:capa_action_done", args=[capa.reference, own.pk])).status_code == 302
    assert [row.done_by_id for row in CapaAction.objects.unscoped("a test").order_by("pk")] == [agent.pk, None]


def test_an_action_of_another_capa_is_not_found(signed_in, manager, owner):
    capa, another = (opened(manager, owner.user_id, at=LAST_WEEK) for _ in range(2))
    action = with_action(manager, capa, owner.user_id, due_on=timezone.now().date() + timedelta(days=9), at=LAST_WEEK)
    assert page(signed_in, "capa_action_done", another.reference, action.pk).status_code == 404


def test_a_verdict_is_recorded_with_what_shows_it(signed_in, manager, owner):
    capa = implemented(manager, owner.user_id, at=LAST_WEEK)
    url = reverse("quality:capa_verdict", args=[capa.reference])
    assert "Complaints with this cause that came in" in words_of(signed_in.get(url))
    assert "until then the effect may not have shown" in words_of(signed_in.get(url))
    empty = signed_in.post(url, {"verdict": "", "reason": ""})
    assert list(empty.context["form"].errors) == ["verdict", "reason"]
    assert signed_in.post(url, {"verdict": "not_effective", "reason": "Five since."}).status_code == 302
    shown = words_of(page(signed_in, "capa", capa.reference))
    assert "Five since." in shown
    assert "Open another CAPA for the same complaints" in shown
    again = signed_in.post(url, {"verdict": "effective", "reason": "Better now."})
    assert again.status_code == 409
    assert "This cannot be done now: the CAPA is not effective." in words_of(again)


def test_a_capa_and_its_action_are_handed_over_on_their_pages(signed_in, manager, owner):
    agent = staff(Role.AGENT, name="Noor Haddad")
    capa = opened(manager, owner.user_id, at=LAST_WEEK)
    due_on = timezone.now().date() + timedelta(days=30)
    action = with_action(manager, capa, owner.user_id, due_on=due_on, at=LAST_WEEK)
    urls = (
        reverse("quality:capa_hand_over", args=[capa.reference]),
        reverse("quality:capa_action_hand_over", args=[capa.reference, action.pk]),
    )
    for url in urls:
        assert url in words_of(page(signed_in, "capa", capa.reference))
        assert "Choose who is responsible." in words_of(signed_in.post(url, {"owner_id": ""}))
        response = signed_in.post(url, {"owner_id": str(agent.pk)})
        assert response.url == reverse("quality:capa", args=[capa.reference])
    shown = page(signed_in, "capa", capa.reference)
    assert (shown.context["head"].owner, shown.context["page"].actions[0].owner) == ("Noor Haddad", "Noor Haddad")
    assert "Given to another owner, Priya Nair" in words_of(shown)
    assert "An action given to somebody else, Priya Nair" in words_of(shown)


def test_an_owner_who_would_leave_nobody_to_approve_is_refused_beside_the_choice(signed_in, owner, quality_manager):
    capa = opened(actor_of(quality_manager), owner.user_id, at=LAST_WEEK)
    RoleGrant.objects.filter(role=Role.QUALITY_MANAGER).exclude(user=quality_manager).update(revoked_at=LAST_WEEK)
    url = reverse("quality:capa_hand_over", args=[capa.reference])
    response = signed_in.post(url, {"owner_id": str(quality_manager.pk)})
    assert response.status_code == 422
    (words,) = response.context["form"].errors["owner_id"]
    assert words.endswith("Choose a lead or an agent as owner, or have a second quality manager appointed.")
