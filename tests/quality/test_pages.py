"""The screens of quality as people use them."""

import csv
import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from complaints.capa.causes import CAUSES, UNMAPPED
from complaints.capa.models import Capa, CapaAction, RootCause
from complaints.capa.queries import read_capa
from complaints.enums import Outcome
from members.actors import Role
from members.audit.models import Event
from tests.capa.cases import analysed, complaint, decided, implemented, opened, planned, with_action
from tests.people import actor_of, member_account, sign_in, staff

pytestmark = pytest.mark.django_db
LAST_WEEK = timezone.now() - timedelta(days=7)
NAUGHTY = json.loads((Path(__file__).parent / "naughty_strings.json").read_text())


def page(client, name, *args, **query):
    return client.get(reverse(f"quality:{name}", args=args) + ("?" + urlencode(query, doseq=True) if query else ""))


def words_of(response):
    return " ".join(response.content.decode().split())


def in_days(days):
    day = timezone.now().date() + timedelta(days=days)
    return {"month": str(day.month), "day": str(day.day), "year": str(day.year)}


def date_typed(name, days):
    return {f"{name}_{part}": value for part, value in in_days(days).items()}


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
        ("capa_list", [], 5),
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
    assert len(counted) == 9, [query["sql"][:120] for query in counted]


# The dashboard and the causes


def test_the_empty_house_shows_pages_and_not_errors(signed_in):
    assert "No root cause is recorded" in words_of(page(signed_in, "dashboard"))
    assert "No CAPA is open" in words_of(page(signed_in, "dashboard"))
    assert "No root cause is recorded" in words_of(page(signed_in, "causes"))
    assert "No complaint here" in words_of(page(signed_in, "cause", "claim_coding"))
    assert "Every decided complaint has a root cause" in words_of(page(signed_in, "to_record"))
    assert "No CAPA here" in words_of(page(signed_in, "capa_list"))
    assert "Choose complaints first" in words_of(page(signed_in, "capa_new"))


def test_a_bar_of_the_pareto_leads_to_its_complaints_with_the_same_filters(signed_in, manager):
    upheld = analysed(manager, at=LAST_WEEK)
    analysed(manager, at=LAST_WEEK, outcome=Outcome.NOT_UPHELD)
    analysed(manager, at=LAST_WEEK - timedelta(days=800))
    url = reverse("quality:cause", args=["claim_coding"]) + "?period=3-months&amp;outcome=upheld"
    assert url in words_of(page(signed_in, "causes", period="3-months", outcome="upheld"))
    listed = page(signed_in, "cause", "claim_coding", period="3-months", outcome="upheld")
    assert [case.reference for case, _others in listed.context["cases"]] == [upheld.reference]
    assert len(page(signed_in, "cause", "claim_coding", period="all").context["cases"]) == 3


@pytest.mark.parametrize(
    "query", [{"period": "1-day"}, {"outcome": "won"}, {"period": "\x00", "outcome": "'--"}, {"page": "x"}]
)
def test_an_address_with_nonsense_shows_the_usual_page(signed_in, manager, query):
    analysed(manager, at=LAST_WEEK)
    for name, args in (("dashboard", []), ("causes", []), ("cause", ["claim_coding"]), ("capa_list", [])):
        assert page(signed_in, name, *args, **query).status_code == 200


def test_causes_can_be_taken_along_as_csv(signed_in, manager):
    analysed(manager, at=LAST_WEEK)
    response = page(signed_in, "causes", format="csv")
    assert response["Content-Disposition"] == 'attachment; filename="root-causes.csv"'
    assert list(csv.reader(response.content.decode("utf-8-sig").splitlines())) == [
        ["Code", "Root cause", "Group", "Complaints", "Share %", "Running share %"],
        ["claim_coding", CAUSES["claim_coding"].label, "Claims", "1", "100.0", "100.0"],
    ]


def test_choosing_all_ticks_every_box_without_any_script(signed_in, manager):
    for _ in range(2):
        analysed(manager, at=LAST_WEEK)
    assert words_of(page(signed_in, "cause", "claim_coding")).count(" checked>") == 0
    assert words_of(page(signed_in, "cause", "claim_coding", chosen="all")).count(" checked>") == 2


# Recording a cause


def test_a_cause_is_recorded_and_the_page_shows_it(signed_in, quality_manager):
    row = decided(at=LAST_WEEK)
    url = reverse("quality:record_cause", args=[row.reference])
    response = signed_in.post(url, {"cause": "claim_coding", "explanation": "The list of March.\r\nStill loaded."})
    assert (response.status_code, response.url) == (302, url)
    shown = words_of(signed_in.get(url))
    assert "The list of March.<br>Still loaded." in shown
    assert f"The root cause of {row.reference} is recorded." in shown
    assert RootCause.objects.unscoped("a test").get(complaint=row).recorded_by_id == quality_manager.pk
    assert Event.objects.filter(action="phi.opened", matter_id=row.pk, actor_id=quality_manager.pk).exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"cause": "", "explanation": "Why it happened"}, "Choose the root cause."),
        ({"cause": "unmapped", "explanation": "Why it happened"}, "Select a valid choice"),
        ({"cause": "no_such", "explanation": "Why it happened"}, "Select a valid choice"),
        ({"cause": "claim_coding", "explanation": "Why it happened" + "y" * 4000}, "we can take 4000"),
        ({"cause": "claim_coding", "explanation": "Why it happened\x00"}, "took out a sign"),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_typed_is_lost(signed_in, typed, words):
    row = decided(at=LAST_WEEK)
    response = signed_in.post(reverse("quality:record_cause", args=[row.reference]), typed)
    assert response.status_code == 422
    assert words in words_of(response)
    assert "Why it happened" in words_of(response)
    assert "<title>Error:" in words_of(response)
    assert not RootCause.objects.unscoped("a test").exists()


def test_a_complaint_without_a_decision_is_refused_on_top_of_the_page(signed_in):
    row = complaint(at=LAST_WEEK)
    typed = {"cause": "claim_coding", "explanation": "Too early"}
    response = signed_in.post(reverse("quality:record_cause", args=[row.reference]), typed)
    assert response.status_code == 409
    assert "A root cause can be recorded once the complaint is decided." in words_of(response)
    assert "Too early" in words_of(response)


def test_naughty_words_are_kept_and_shown_as_they_are(signed_in):
    row = decided(at=LAST_WEEK)
    url = reverse("quality:record_cause", args=[row.reference])
    typed = dict(zip([code for code in CAUSES if code != UNMAPPED], NAUGHTY, strict=False))
    for cause, naughty in typed.items():
        assert signed_in.post(url, {"cause": cause, "explanation": naughty}).status_code == 302
    response = signed_in.get(url)
    shown = {cause.label: cause.explanation for cause in response.context["page"].causes}
    assert shown == {CAUSES[code].label: naughty.strip() for code, naughty in typed.items()}
    assert "<script>alert(" not in response.content.decode()


# Opening a CAPA


def capa_words(row, owner, **others):
    return {
        "key": str(uuid4()),
        "complaint_ids": [str(row.pk)],
        "title": "Codes of lab tests",
        "cause": "claim_coding",
        "problem": "The list was not loaded.",
        "owner_id": str(owner.user_id),
    } | others


def new_url(*rows):
    return reverse("quality:capa_new") + "?" + urlencode([("complaints", row.reference) for row in rows])


def test_chosen_complaints_become_a_capa(signed_in, manager, owner, quality_manager):
    rows = [analysed(manager, at=LAST_WEEK) for _ in range(3)]
    form = signed_in.get(new_url(*rows)).context["form"]
    assert {UUID(value) for value in form.initial["complaint_ids"]} == {row.pk for row in rows}
    chosen = [str(row.pk) for row in rows[:2]]
    response = signed_in.post(new_url(*rows), capa_words(rows[0], owner, complaint_ids=chosen))
    capa = Capa.objects.unscoped("a test").get()
    assert response.url == reverse("quality:capa", args=[capa.reference])
    shown = read_capa(actor=actor_of(quality_manager), reference=capa.reference, at=timezone.now())
    assert {str(case.id) for case in shown.cases} == set(chosen)
    assert shown.problem == "The list was not loaded."


def test_sending_the_form_twice_opens_one_capa(signed_in, manager, owner):
    row = analysed(manager, at=LAST_WEEK)
    words = capa_words(row, owner)
    first, second = (signed_in.post(new_url(row), words) for _ in range(2))
    assert first.url == second.url
    assert Capa.objects.unscoped("a test").count() == 1


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"title": ""}, "Enter a title."),
        ({"title": "t" * 161}, "we can take 160"),
        ({"cause": "unmapped"}, "Select a valid choice"),
        ({"problem": " \n "}, "Describe the problem."),
        ({"problem": "p" * 4001}, "we can take 4000"),
        ({"owner_id": ""}, "Choose who is responsible."),
        ({"owner_id": "somebody"}, "Select a valid choice"),
        ({"complaint_ids": []}, "Choose at least one complaint."),
        ({"complaint_ids": ["01a1ffd7-2085-7481-be5f-a14a2a87223d"]}, "Select a valid choice"),
        ({"key": "not-a-key"}, "Enter a valid UUID"),
    ],
)
def test_a_capa_with_a_wrong_answer_is_not_opened(signed_in, manager, owner, others, words):
    row = analysed(manager, at=LAST_WEEK)
    response = signed_in.post(new_url(row), capa_words(row, owner, **others))
    assert response.status_code == 422
    assert words in words_of(response)
    assert not Capa.objects.unscoped("a test").exists()


def test_a_complaint_without_a_cause_is_refused_beside_the_choice(signed_in, manager, owner):
    rows = [analysed(manager, at=LAST_WEEK), decided(at=LAST_WEEK)]
    words = capa_words(rows[0], owner, complaint_ids=[str(row.pk) for row in rows])
    response = signed_in.post(new_url(*rows), words)
    assert response.status_code == 422
    refusal = f"Record a root cause first for: {rows[1].reference}."
    assert list(response.context["form"].errors["complaint_ids"]) == [refusal]
    assert "Codes of lab tests" in words_of(response)


def test_unknown_references_in_the_address_are_left_out(signed_in, manager):
    row = analysed(manager, at=LAST_WEEK)
    response = page(signed_in, "capa_new", complaints=[row.reference, "C-26-2222-2222", "\x00", "<script>"])
    assert [words for _id, words in response.context["form"].fields["complaint_ids"].choices] == [row.reference]


# Planning, carrying out, judging


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


# The list of CAPAs


def test_the_list_is_narrowed_by_view_and_age(signed_in, manager, owner):
    old = opened(manager, owner.user_id, at=timezone.now() - timedelta(days=45))
    new = opened(manager, owner.user_id, at=LAST_WEEK)

    def listed(**query):
        return [line.reference for line in page(signed_in, "capa_list", **query).context["page"].object_list]

    assert listed() == [old.reference, new.reference]
    assert listed(show="overdue") == [old.reference]
    assert listed(show="effective") == []
    assert listed(age="0-30") == [new.reference]
    assert listed(age="31-60", show="overdue") == [old.reference]
    assert listed(age="ancient", show="lost") == [old.reference, new.reference]


def test_the_list_can_be_taken_along_as_csv_and_runs_no_formula(signed_in, manager, owner):
    opened(manager, owner.user_id, at=LAST_WEEK, title='=HYPERLINK("http://evil")')
    response = page(signed_in, "capa_list", format="csv")
    (row,) = list(csv.DictReader(response.content.decode("utf-8-sig").splitlines()))
    assert row["Title"] == '\'=HYPERLINK("http://evil")'
    assert (row["State"], row["Complaints"], row["Age in days"], row["Next due"]) == ("Opened", "1", "7", "Plan")


# What protects the forms


def test_a_form_with_a_stale_token_changes_nothing(quality_manager):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, quality_manager)
    row = decided(at=LAST_WEEK)
    response = client.post(reverse("quality:record_cause", args=[row.reference]), {"cause": "claim_coding"})
    assert response.status_code == 403
    assert not RootCause.objects.unscoped("a test").exists()


def test_lists_and_dashboards_never_open_what_is_sealed(signed_in, manager, owner):
    planned(manager, owner.user_id, at=LAST_WEEK)
    for name, args in (
        ("dashboard", []),
        ("causes", []),
        ("cause", ["claim_coding"]),
        ("to_record", []),
        ("capa_list", []),
    ):
        assert page(signed_in, name, *args).status_code == 200
    assert not Event.objects.filter(action="phi.opened").exists()
