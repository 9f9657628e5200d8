"""The dashboard, the causes, and the page that records one."""

import csv
from datetime import timedelta

import pytest
from django.urls import reverse

from complaints.capa.causes import CAUSES, UNMAPPED
from complaints.capa.models import RootCause
from complaints.enums import Outcome
from members.audit.models import Event
from tests.capa.cases import analysed, complaint, decided
from tests.quality.pages import LAST_WEEK, NAUGHTY, page, words_of

pytestmark = pytest.mark.django_db


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
    response = page(signed_in, "causes_csv")
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
