"""Finding by what is sealed: scoped before anything is opened, opened as far as it is shown, and recorded."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from complaints.enums import RestrictionKind
from complaints.operations import restrict_complaint, send_message, write_note
from complaints.search import matches, queries
from complaints.search.asked import take_apart
from complaints.search.index import forget_words
from complaints.search.models import DroppedWord, IndexedText
from complaints.search.queries import search
from complaints.search.tokens import word_token
from members.actors import SYSTEM, Role
from members.audit.models import Event
from members.models import LineOfBusiness
from members.operations import KnownBy, register_member
from tests.complaints import stages
from tests.complaints.stages import AT
from tests.config.test_leaks import Leaking
from tests.people import actor_of, staff

pytestmark = pytest.mark.usefixtures("policies")


def look(actor, typed, *, start=0, born_on=None):
    return search(actor=actor, asked=take_apart(typed, born_on=born_on), start=start, at=AT)


def references(actor, typed, **kwargs):
    return [hit.reference for hit in look(actor, typed, **kwargs).hits]


def opened_rows():
    return set(Event.objects.filter(action="phi.opened", detail__purpose="search").values_list("object_id", flat=True))


def test_a_complaint_is_found_by_a_word_of_its_narrative_in_any_case_and_accent(agent):
    row = stages.received(narrative="They refused my façade of Insulin.")
    stages.received(narrative="My knee hurts.")
    for typed in ("insulin", "INSULIN", "facade", "Façade insulin"):
        assert references(agent, typed) == [row.reference]


def test_it_is_found_by_notes_messages_findings_and_the_wish(agent):
    row = stages.investigated(agent, desired_outcome="A wheelbarrow.", by=stages.insured())
    write_note(actor=agent, at=AT, complaint_id=row.pk, body="Spoke with Lindqvist.")
    send_message(actor=agent, at=AT, complaint_id=row.pk, body="Please send the radiograph.")
    for word, place in (
        ("wheelbarrow", "the complaint"),
        ("lindqvist", "a note"),
        ("radiograph", "a message"),
        ("entered", "a note"),
    ):
        [hit] = look(agent, word).hits
        assert (hit.reference, hit.place) == (row.reference, place)
        assert any(piece.found for piece in hit.excerpt)


def test_all_words_must_be_there_whichever_text_they_stand_in(agent):
    row = stages.taken(agent, narrative="The zebra bit me.")
    write_note(actor=agent, at=AT, complaint_id=row.pk, body="It was a giraffe.")
    stages.received(narrative="A zebra alone.")
    assert references(agent, "giraffe zebra") == [row.reference]
    assert references(agent, "giraffe unicorn") == []


def test_a_phrase_is_checked_after_opening(agent):
    row = stages.received(narrative="The wheelbarrow of the zebra broke.")
    other = stages.received(narrative="The zebra of the wheelbarrow broke.")
    assert references(agent, '"wheelbarrow of the zebra"') == [row.reference]
    assert set(references(agent, "wheelbarrow zebra")) == {row.reference, other.reference}


@pytest.mark.parametrize(
    "typed", ["Joseph.K@Example.org", "(860) 555 0142", "+1 860 555 0142", "MHP 00123 4", "CLM202600123"]
)
def test_contacts_and_numbers_find_the_complaint_that_gives_them(agent, typed):
    words = {"email": "joseph.k@example.org", "phone": "860-555-0142", "member_number": "MHP-00123-4"}
    row = stages.received(**words, narrative="My claim CLM-2026-00123 was denied.")
    stages.received(email="other@example.org")
    typed = typed.replace("MHP 00123 4", "mhp-001234")
    assert references(agent, typed) == [row.reference]


def test_a_members_own_contacts_find_the_members_complaints(agent):
    person = register_member(
        actor=SYSTEM,
        at=AT,
        member_number="ABC-99-1234",
        name="María Elena Álvarez",
        email="maria@members.example.org",
        phone="860 555 0177",
        line_of_business=LineOfBusiness.GROUP,
        known_by=KnownBy(date(1980, 6, 30), "06103"),
    )
    row = stages.received(email="another@example.org")
    row.member = person
    row.save(update_fields=["member"])
    for typed in ("maria@members.example.org", "860-555-0177", "abc991234"):
        assert references(agent, typed) == [row.reference]
    assert references(agent, "Alvarez, Maria", born_on=date(1980, 6, 30)) == [row.reference]
    assert references(agent, "Alvarez, Maria", born_on=date(1980, 6, 29)) == []
    assert references(agent, "Alvarez, Juan", born_on=date(1980, 6, 30)) == []
    assert references(agent, "--", born_on=date(1980, 6, 30)) == []


def test_who_may_not_see_contacts_does_not_find_by_them(agent):
    row = stages.received(email="joseph@example.org", phone="860-555-0142", member_number="12345678")
    auditor = actor_of(staff(Role.AUDITOR))
    for typed in ("joseph@example.org", "860-555-0142", "12345678"):
        assert references(agent, typed) == [row.reference]
        assert references(auditor, typed) == []
    assert look(auditor, "joseph@example.org").asked.withheld
    assert references(auditor, "denied zebra") == []


def test_what_is_restricted_is_neither_found_nor_counted_nor_opened(agent, lead):
    hidden = stages.received(narrative="The zebra bit me.", email="zebra@example.org")
    restrict_complaint(actor=lead, at=AT, complaint_id=hidden.pk, kind=RestrictionKind.VIP, reason="She is the mayor.")
    for typed in ("zebra", '"zebra bit me"', "zebra@example.org"):
        found = look(agent, typed)
        assert (found.hits, found.count or 0, found.opened) == ((), 0, 0)
        assert references(lead, typed) == [hidden.reference]
    assert not Event.objects.filter(action="phi.opened", actor_id=agent.user_id).exists()


def test_a_forgotten_scope_is_found_out(agent, lead, monkeypatch):
    hidden = stages.received(narrative="The zebra bit me.")
    restrict_complaint(actor=lead, at=AT, complaint_id=hidden.pk, kind=RestrictionKind.VIP, reason="She is the mayor.")
    monkeypatch.setattr(matches, "Complaint", Leaking(matches.Complaint))
    assert references(agent, "zebra") == [hidden.reference]


def test_only_the_page_that_is_shown_is_opened(agent, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    rows = [stages.received(narrative="The zebra bit me.", at=AT + timedelta(hours=n)) for n in range(5)]
    first = look(agent, "zebra")
    assert [hit.reference for hit in first.hits] == [rows[4].reference, rows[3].reference]
    assert (first.count, first.next_start) == (5, 2)
    assert opened_rows() == {rows[4].pk, rows[3].pk}
    assert references(agent, "zebra", start=2) == [rows[2].reference, rows[1].reference]
    last = look(agent, "zebra", start=4)
    assert ([hit.reference for hit in last.hits], last.next_start) == ([rows[0].reference], None)


def test_a_phrase_opens_a_bounded_number_and_goes_on_from_there(agent, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    monkeypatch.setattr(queries, "MOST_OPENED_FOR_PHRASE", 2)
    right = stages.received(narrative="A zebra wheelbarrow.", at=AT)
    for n in range(1, 4):
        stages.received(narrative="A wheelbarrow zebra.", at=AT + timedelta(hours=n))
    found = look(agent, '"zebra wheelbarrow"')
    assert (found.hits, found.opened, found.next_start) == ((), 2, 2)
    assert references(agent, '"zebra wheelbarrow"', start=2) == [right.reference]


def test_each_search_is_on_record_without_its_words(agent):
    stages.received(narrative="The zebra bit me.")
    look(agent, 'zebra "bit me" the joseph@example.org 12345678')
    event = Event.objects.get(action="complaints.searched")
    assert event.actor_id == agent.user_id
    assert event.detail == {"from": 0, "way": "index", "words": 1, "phrases": 1, "addresses": 1, "numbers": 1}


def test_a_search_that_cannot_be_recorded_shows_nothing(agent, monkeypatch):
    stages.received(narrative="The zebra bit me.")

    def fail(*_args, **_kwargs):
        raise RuntimeError("no audit")

    monkeypatch.setattr(Event, "save", fail)
    with pytest.raises(RuntimeError, match="no audit"):
        look(agent, "zebra")
    assert opened_rows() == set()


def test_a_dropped_word_is_left_out_and_named(agent):
    row = stages.received(narrative="The zebra and the giraffe.")
    DroppedWord.objects.create(token=word_token("zebra"), dropped_at=AT)
    found = look(agent, "zebra giraffe")
    assert ([hit.reference for hit in found.hits], found.asked.left_out) == ([row.reference], ("zebra",))
    alone = look(agent, "zebra")
    assert (alone.hits, alone.asked.is_empty, alone.asked.left_out) == ((), True, ("zebra",))


def test_what_is_erased_is_found_no_more(agent):
    row = stages.received(narrative="The zebra bit me.", email="zebra@example.org")
    forget_words(row.pk)
    assert references(agent, "zebra") == references(agent, "zebra@example.org") == []


def test_without_keyword_search_complaints_are_opened_one_by_one(agent, settings, lead):
    settings.KEYWORD_SEARCH = False
    row = stages.taken(agent, narrative="The zebra bit me.", email="zebra@example.org")
    write_note(actor=agent, at=AT, complaint_id=row.pk, body="It was a giraffe.")
    hidden = stages.received(narrative="A zebra and a giraffe.")
    restrict_complaint(actor=lead, at=AT, complaint_id=hidden.pk, kind=RestrictionKind.VIP, reason="She is the mayor.")
    stages.received(narrative="My knee hurts.")
    assert not any(row.words for row in stages.all_of(IndexedText))
    found = look(agent, "giraffe zebra")
    assert [hit.reference for hit in found.hits] == [row.reference]
    assert (found.by_index, found.opened, found.count) == (False, 2, None)
    assert references(agent, '"bit me"') == [row.reference]
    assert references(agent, '"me bit"') == []
    assert look(agent, "zebra@example.org").by_index
    assert hidden.pk not in opened_rows()


def test_texts_that_are_not_indexed_yet_are_owned_up_to(agent):
    row = stages.received(narrative="The zebra bit me.")
    assert not look(agent, "zebra").is_incomplete
    IndexedText.objects.unscoped("test").filter(pk=row.pk).update(edition=-1)
    assert look(agent, "zebra").is_incomplete


@pytest.mark.parametrize("number", [1, 3])
def test_a_search_takes_the_same_queries_however_many_it_finds(agent, number, django_assert_num_queries):
    for _ in range(number):
        stages.received(narrative="The zebra bit me.")
    with django_assert_num_queries(9):
        assert len(look(agent, "zebra").hits) == number


@pytest.mark.parametrize("number", [1, 3])
def test_an_exact_look_up_takes_the_same_queries_however_many_it_finds(agent, number, django_assert_num_queries):
    for _ in range(number):
        stages.received(email="zebra@example.org")
    with django_assert_num_queries(8):
        assert len(look(agent, "zebra@example.org").hits) == number


def test_words_never_stand_in_an_address(desk):
    stages.received(narrative="The zebra bit me.")
    page = desk.post(reverse("desk:search"), {"words": "zebra"})
    assert 'method="post"' in page.content.decode()
    assert "<mark>zebra</mark>" in page.content.decode()
    assert desk.get(f"{reverse('desk:search')}?words=zebra").context["form"].is_bound is False
