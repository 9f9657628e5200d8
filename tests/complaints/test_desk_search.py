"""The page on which complaints are found."""

import html

import pytest
from django.urls import reverse

from complaints.models import Complaint
from tests.complaints import stages

pytestmark = pytest.mark.usefixtures("policies")
SEARCH = "desk:search"
UNKNOWN = "C-26-DMG7-L8JK"  # not drawn: it names a test, and all processes have to call that the same


def shown(response):
    return html.unescape(response.content.decode())


def test_a_reference_leads_to_its_case_however_it_is_typed(desk):
    row = stages.received()
    for typed in (row.reference, row.reference.lower(), f" {row.reference.replace('-', ' ')} "):
        response = desk.post(reverse(SEARCH), {"words": typed})
        assert response["Location"] == reverse("desk:case", args=[row.reference])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter what you look for."),
        ("   ", "Enter what you look for."),
        (UNKNOWN, f"There is no complaint with the reference {UNKNOWN}."),
        ("x" * 201, "This is too long: 201 characters, where there is room for 200."),
        ("C\x00", "We took out a sign that we cannot keep."),
    ],
)
def test_what_cannot_be_looked_for_is_said_so_and_kept(desk, typed, words):
    response = desk.post(reverse(SEARCH), {"words": typed})
    assert response.status_code == 422
    assert words in shown(response)
    assert html.escape(typed.strip().replace("\x00", "")) in response.content.decode()


def test_one_wrong_sign_of_a_reference_is_caught(desk):
    reference = stages.received().reference
    wrong = reference[:-1] + ("2" if reference[-1] != "2" else "3")
    assert "its check character does not match" in shown(desk.post(reverse(SEARCH), {"words": wrong}))


def test_the_page_can_be_opened_by_itself_and_is_in_the_bar_of_each_page(desk):
    assert desk.get(reverse(SEARCH)).status_code == 200
    assert f'action="{reverse(SEARCH)}"' in desk.get(reverse("desk:queue")).content.decode()


def test_a_wrong_birth_date_keeps_the_name(desk):
    parts = {"born_on_month": "13", "born_on_day": "1", "born_on_year": "1980"}
    response = desk.post(reverse(SEARCH), {"words": "Maria"} | parts)
    assert response.status_code == 422
    assert 'value="Maria"' in response.content.decode()
    assert "details" in response.content.decode()


def test_a_hit_shows_the_words_marked_and_leads_to_its_case(desk):
    row = stages.received(narrative="The <b>zebra</b> bit me.", name="Zoë Ng")
    page = desk.post(reverse(SEARCH), {"words": "Zebra"}).content.decode()
    assert "1 complaint found" in page
    assert "&lt;b&gt;<mark>zebra</mark>&lt;/b&gt;" in page
    assert "Zoë Ng" in page
    assert f'href="{reverse("desk:case", args=[row.reference])}"' in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("zebra", "Nothing found"),
        ("zebra the", 'too many complaints have it: <strong dir="auto">the</strong>.'),
        ("the and", "Add a word that few complaints have"),
        ("the and", "Not looked for"),
    ],
)
def test_nothing_found_says_what_was_left_out(desk, typed, words):
    assert words in desk.post(reverse(SEARCH), {"words": typed}).content.decode()


def test_the_next_page_is_asked_for_by_a_button(desk):
    for _ in range(27):
        stages.received(narrative="The zebra bit me.")
    first = desk.post(reverse(SEARCH), {"words": "zebra"}).content.decode()
    assert (first.count("wb-hits__hit"), 'name="start" value="25"' in first) == (25, True)
    second = desk.post(reverse(SEARCH), {"words": "zebra", "start": "25"}).content.decode()
    assert (second.count("wb-hits__hit"), 'name="start"' in second) == (2, False)


@pytest.mark.parametrize("start", ["-1", "x", "99999999999999999999"])
def test_a_made_up_start_is_refused(desk, start):
    assert desk.post(reverse(SEARCH), {"words": "zebra", "start": start}).status_code == 422


def test_a_broken_seal_takes_the_place_of_one_hit_alone(desk):
    broken, whole = stages.received(narrative="A zebra."), stages.received(narrative="A zebra too.")
    other = Complaint.objects.unscoped("test").filter(pk=whole.pk).values_list("narrative", flat=True).get()
    broken.narrative = other
    broken.save(update_fields=["narrative"])
    page = desk.post(reverse(SEARCH), {"words": "zebra"}).content.decode()
    assert page.count("wb-hits__hit") == 2
    assert "Found in a text that cannot be opened" in page
