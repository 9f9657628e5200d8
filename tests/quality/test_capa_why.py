"""Why a date of a CAPA is what it is: of the CAPA itself and of each action."""

import html
from uuid import uuid4

import pytest
from django.urls import reverse

from complaints.capa.models import CapaAction
from members.actors import Role
from tests.capa.cases import planned
from tests.people import sign_in, staff
from tests.quality.pages import LAST_WEEK, page, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def capa(manager, owner):
    return planned(manager, owner.user_id, at=LAST_WEEK)


def action_of(capa):
    return CapaAction.objects.unscoped("a test").get(capa=capa)


def test_the_plan_and_each_action_are_explained_from_a_link_beside_their_dates(signed_in, capa):
    shown = words_of(page(signed_in, "capa", capa.reference))
    for name, args, words in (
        ("capa_why", ("capa_plan", 1), "The limit is 30 days."),
        ("capa_action_why", (action_of(capa).pk, "capa_action", 1), "Load the code list every quarter."),
    ):
        assert f'href="{reverse(f"quality:{name}", args=[capa.reference, *args])}"' in shown
        explained = html.unescape(words_of(page(signed_in, name, capa.reference, *args)))
        assert words in explained
        assert "We count every day, with weekends and holidays." in explained
        data = page(signed_in, f"{name}_data", capa.reference, *args).json()
        assert data["due_at"] == data["trace"]["due_at"]
        assert data["obligation"] == args[-2]


def test_what_is_not_there_is_not_found(signed_in, capa):
    for name, args in (
        ("capa_why", (capa.reference, "capa_plan", 2)),
        ("capa_why", (capa.reference, "resolve", 1)),
        ("capa_why", ("CAPA-26-99", "capa_plan", 1)),
        ("capa_action_why", (capa.reference, uuid4(), "capa_action", 1)),
        ("capa_action_why_data", (capa.reference, action_of(capa).pk, "capa_plan", 1)),
    ):
        assert page(signed_in, name, *args).status_code == 404


def test_an_action_of_another_capa_is_not_found(signed_in, capa, manager, owner):
    other = planned(manager, owner.user_id, at=LAST_WEEK)
    assert page(signed_in, "capa_action_why", capa.reference, action_of(other).pk, "capa_action", 1).status_code == 404


def test_the_page_takes_a_fixed_number_of_queries(signed_in, capa, django_assert_num_queries):
    address = reverse("quality:capa_action_why", args=[capa.reference, action_of(capa).pk, "capa_action", 1])
    signed_in.get(address)
    with django_assert_num_queries(8):
        signed_in.get(address)


def test_the_explanation_is_for_those_who_may_read_the_capa(client, capa):
    sign_in(client, staff(Role.ADMINISTRATOR))
    assert page(client, "capa_why", capa.reference, "capa_plan", 1).status_code == 403
