"""Who reaches the pages of quality, what they cost, and what protects them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.capa.models import RootCause
from members.actors import Role
from members.audit.models import Event
from tests.capa.cases import analysed, decided, implemented, opened, planned, with_action
from tests.people import actor_of, member_account, sign_in, staff
from tests.quality.pages import LAST_WEEK, page

pytestmark = pytest.mark.django_db


# Who may come in


EVERYBODY = (None, Role.MEMBER, Role.AGENT, Role.LEAD, Role.QUALITY_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)
READ = {Role.LEAD: 200, Role.QUALITY_MANAGER: 200, Role.AUDITOR: 200}
CAPAS = READ | {Role.AGENT: 200}
QUALITY = {Role.QUALITY_MANAGER: 200}


@pytest.mark.parametrize("role", EVERYBODY)
def test_each_role_reaches_its_pages_and_no_others(client, manager, role):
    owner = actor_of(staff(Role.AGENT))
    row = analysed(manager, at=LAST_WEEK)
    capa = implemented(manager, owner.user_id, at=LAST_WEEK)
    if role:
        sign_in(client, member_account() if role is Role.MEMBER else staff(role))
    pages = {
        reverse("quality:dashboard"): READ,
        reverse("quality:causes"): READ,
        reverse("quality:cause", args=["claim_coding"]): READ,
        reverse("quality:to_record"): READ,
        reverse("quality:record_cause", args=[row.reference]): QUALITY,
        reverse("quality:capa_list"): CAPAS,
        reverse("quality:capa", args=[capa.reference]): CAPAS,
        reverse("quality:capa_new") + f"?complaints={row.reference}": QUALITY,
        reverse("quality:capa_action", args=[capa.reference]): QUALITY,
        reverse("quality:capa_hand_over", args=[capa.reference]): QUALITY,
        reverse("quality:capa_plan", args=[capa.reference]): QUALITY,
        reverse("quality:capa_verdict", args=[capa.reference]): QUALITY,
    }
    refused = 403 if role else 302
    assert {url: client.get(url).status_code for url in pages} == {
        url: allowed.get(role, refused) for url, allowed in pages.items()
    }


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("cause", ["no_such_cause"]),
        ("record_cause", ["C-26-2222-2222"]),
        ("capa", ["CAPA-26-9999"]),
        ("capa_action", ["CAPA-26-9999"]),
        ("capa_hand_over", ["CAPA-26-9999"]),
        ("capa_plan", ["CAPA-26-9999"]),
        ("capa_verdict", ["CAPA-26-9999"]),
        ("capa_action_done", ["CAPA-26-9999", "01a1ffd7-2085-7481-be5f-a14a2a87223d"]),
    ],
)
def test_what_is_not_there_is_not_found(signed_in, name, args):
    assert page(signed_in, name, *args).status_code == 404


@pytest.mark.parametrize(
    "naughty", ["%00", "CAPA-26-0001%00", "'%3B DROP TABLE", "%FF", "..%2F..%2Fetc", "%F0%9F%91%A9"]
)
def test_addresses_that_nobody_would_type_are_not_found(signed_in, naughty):
    for path in ("capa/{}/", "capa/{}/plan/", "causes/{}/", "cases/{}/cause/"):
        assert signed_in.get("/quality/" + path.format(naughty)).status_code == 404


# The lists, with 1 and with 3 rows


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("name", "args", "queries"),
    [
        ("dashboard", [], 8),
        ("causes", [], 5),
        ("cause", ["claim_coding"], 4),
        ("to_record", [], 4),
        ("capa_list", [], 7),
    ],
)
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(signed_in, manager, owner, number, name, args, queries):
    for _ in range(number):
        planned(manager, owner.user_id, at=LAST_WEEK)
        decided(at=LAST_WEEK)
    page(signed_in, name, *args)
    with CaptureQueriesContext(connection) as counted:
        response = page(signed_in, name, *args)
    assert response.status_code == 200
    assert len(counted) == queries, [query["sql"][:120] for query in counted]


@pytest.mark.parametrize("number", [1, 3])
def test_a_capa_takes_as_many_queries_with_three_actions_as_with_one(signed_in, manager, owner, number):
    rows = [analysed(manager, at=LAST_WEEK) for _ in range(number)]
    capa = opened(manager, owner.user_id, complaints=rows, at=LAST_WEEK)
    for days in range(number):
        with_action(manager, capa, owner.user_id, due_on=(LAST_WEEK + timedelta(days=30 + days)).date(), at=LAST_WEEK)
    page(signed_in, "capa", capa.reference)
    with CaptureQueriesContext(connection) as counted:
        assert page(signed_in, "capa", capa.reference).status_code == 200
    assert len(counted) == 10, [query["sql"][:120] for query in counted]


# What protects the forms


def test_a_form_with_a_stale_token_changes_nothing(quality_manager):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, quality_manager)
    row = decided(at=LAST_WEEK)
    response = client.post(reverse("quality:record_cause", args=[row.reference]), {"cause": "claim_coding"})
    assert response.status_code == 403
    assert not RootCause.objects.unscoped("a test").exists()


def test_lists_and_dashboards_open_nothing_but_titles_of_capas(signed_in, manager, owner):
    capa = planned(manager, owner.user_id, at=LAST_WEEK)
    for name, args in (("dashboard", []), ("causes", []), ("cause", ["claim_coding"]), ("to_record", [])):
        assert page(signed_in, name, *args).status_code == 200
    assert not Event.objects.filter(action="phi.opened").exists()
    for name in ("capa_list", "capa_list_csv"):
        assert b"Codes of lab tests" in page(signed_in, name).content
    seen = Event.objects.filter(action="phi.opened").values_list("object_id", "detail__columns")
    assert list(seen) == [(capa.pk, ["title"])] * 2
