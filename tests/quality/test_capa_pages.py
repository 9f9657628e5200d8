"""The list of CAPAs, and the page that opens one."""

import csv
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.capa.models import Capa
from complaints.capa.queries import read_capa
from tests.capa.cases import analysed, decided, opened
from tests.people import actor_of
from tests.quality.pages import LAST_WEEK, page, words_of

pytestmark = pytest.mark.django_db


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
    response = page(signed_in, "capa_list_csv")
    (row,) = list(csv.DictReader(response.content.decode("utf-8-sig").splitlines()))
    assert row["Title"] == '\'=HYPERLINK("http://evil")'
    assert (row["State"], row["Complaints"], row["Age in days"], row["Next due"]) == ("Opened", "1", "7", "Plan")
