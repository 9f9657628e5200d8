"""Policies on their pages: drafts, what they would have done, and their publication by a second person."""

import csv
import io
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.queries.policies import coming_versions
from members.actors import Role
from slas.models import DraftState, Outbox, PolicyDraft, PolicyVersion
from slas.outbox import settle
from tests.capa.cases import complaint
from tests.people import actor_of, member_account, sign_in, staff
from tests.quality.pages import NAUGHTY, date_typed, page, words_of
from tests.slas.calendars import utc
from tests.slas.clocks import complete
from tests.slas.drafts import house_text, line_of, reckoned, submitted, ten_days, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_shelf")]
MONDAY = utc(2026, 6, 1, 14)


@pytest.fixture
def author(quality_manager):
    return actor_of(quality_manager)


def typed(text, **others):
    words = {"key": str(uuid4()), "note": "Ten days are enough.", "text": text}
    return words | date_typed("effective_on", 30) | others


def write(client, text, of="pack:house", **others):
    return client.post(reverse("quality:policy_new") + f"?of={of}", typed(text, **others))


def press(client, name, draft):
    return client.post(reverse(f"quality:policy_{name}", args=[draft.pk]))


def answered(days):
    """Return a standard complaint of June 1, 2026 whose answer took so many days."""
    row = complaint(at=MONDAY)
    complete(row.matter.clocks.get(kind="resolve"), MONDAY + timedelta(days=days))
    return row


# Who may come in, and what it costs


@pytest.mark.parametrize(
    ("role", "read", "writes", "publishes"),
    [
        (Role.QUALITY_MANAGER, 200, 200, 302),
        (Role.LEAD, 200, 403, 302),
        (Role.AUDITOR, 200, 403, 403),
        (Role.AGENT, 403, 403, 403),
        (Role.MEMBER, 403, 403, 403),
    ],
)
def test_each_role_reaches_its_pages_and_no_others(client, author, role, read, writes, publishes):
    draft = submitted(author)
    sign_in(client, member_account() if role is Role.MEMBER else staff(role))
    for name, args in (("policies", []), ("policy_draft", [draft.pk]), ("policy_what_if", [draft.pk])):
        assert page(client, name, *args).status_code == read
    assert page(client, "policy_new", of="pack:house").status_code == writes
    assert client.post(reverse("quality:policy_what_if", args=[draft.pk]), {}).status_code == publishes
    assert press(client, "publish", draft).status_code == publishes


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_and_the_pages_of_a_draft_take_as_many_queries_for_three_as_for_one(signed_in, author, number):
    for _ in range(number):
        draft = written(author)
        answered(18)
    reckoned(draft, author)
    for name, args, queries in (
        ("policies", [], 7),
        ("policy_draft", [draft.pk], 9),
        ("policy_what_if", [draft.pk], 4),
    ):
        page(signed_in, name, *args)
        with CaptureQueriesContext(connection) as counted:
            assert page(signed_in, name, *args).status_code == 200
        assert (name, len(counted)) == (name, queries), [query["sql"][:110] for query in counted]


def test_what_is_not_there_is_not_found(signed_in):
    nowhere = uuid4()
    for name in ("policy_draft", "policy_edit", "policy_what_if"):
        assert page(signed_in, name, nowhere).status_code == 404
    for name in ("policy_submit", "policy_publish", "policy_withdraw"):
        assert signed_in.post(reverse(f"quality:{name}", args=[nowhere])).status_code == 404
        refused = 404 if name == "policy_publish" else 405
        assert signed_in.get(reverse(f"quality:{name}", args=[nowhere])).status_code == refused
    for query in (
        {},
        {"of": "pack:moon"},
        {"of": "../house"},
        {"from": str(nowhere)},
        {"from": "x\x00"},
        {"of": "\x00"},
    ):
        assert page(signed_in, "policy_new", **query).status_code == 404


def test_a_form_without_its_token_publishes_nothing(author):
    draft, client = submitted(author), Client(enforce_csrf_checks=True)
    sign_in(client, staff(Role.LEAD))
    assert press(client, "publish", draft).status_code == 403
    assert PolicyDraft.objects.get().state == DraftState.SUBMITTED


# Writing


def test_a_draft_starts_from_what_is_published(signed_in):
    for of, words in (("pack:house", 'pack = "house"'), ("calendar:us-ct", 'calendar = "us-ct"')):
        response = page(signed_in, "policy_new", of=of)
        assert words in response.context["form"].initial["text"]


def test_a_draft_that_was_published_is_what_the_next_one_starts_from(signed_in, author):
    draft = submitted(author)
    sign_in(other := Client(), staff(Role.LEAD))
    assert press(other, "publish", draft).status_code == 302
    assert page(signed_in, "policy_new", of="pack:house").context["form"].initial["text"] == draft.text


def test_a_draft_is_kept_shown_with_what_it_changes_and_changed(signed_in):
    response = write(signed_in, ten_days())
    draft = PolicyDraft.objects.get()
    assert response.url == reverse("quality:policy_draft", args=[draft.pk])
    shown = words_of(signed_in.get(response.url))
    assert '<del class="wb-removed">15 business days</del>' in shown
    assert '<ins class="wb-added">10 business days</ins>' in shown
    assert "Submit for publication" not in shown  # before it was reckoned
    assert "Nobody has looked yet at what it would have done" in shown
    edited = typed(ten_days(), key=str(draft.pk), note="Better words.")
    assert signed_in.post(reverse("quality:policy_edit", args=[draft.pk]), edited).status_code == 302
    assert PolicyDraft.objects.get().note == "Better words."


def test_a_form_that_is_sent_twice_is_one_draft(signed_in):
    key = str(uuid4())
    for _ in range(2):
        assert write(signed_in, ten_days(), key=key).status_code == 302
    assert PolicyDraft.objects.count() == 1


def test_line_ends_of_a_browser_change_nothing_of_the_text(signed_in):
    write(signed_in, ten_days().replace("\n", "\r\n"))
    assert PolicyDraft.objects.get().text == ten_days()


def test_a_wrong_text_is_shown_again_as_it_was_typed_with_the_line_at_fault(signed_in):
    wrong = house_text().replace('limit = "72 hours"', 'limit = "72 ours"', 1)
    response = write(signed_in, wrong, note="Typed with care.")
    assert response.status_code == 422
    form = response.context["form"]
    number = line_of(wrong, "72 ours")
    assert form.errors["text"][0].startswith(f"Draft, line {number}: obligation ")
    assert (form["text"].value(), form["note"].value()) == (wrong, "Typed with care.")
    assert [line for line in form.excerpt if line[2]] == [(number, 'limit = "72 ours"', True)]
    assert 'href="#id_text"' in words_of(response)
    assert not PolicyDraft.objects.exists()


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"note": "  "}, "Say what changes and why."),
        ({"text": ""}, "Enter the text."),
        ({"text": "x" * 200_001}, "we can take 200000"),
        (date_typed("effective_on", -1), "Choose a day after today"),
        ({"effective_on_month": "2", "effective_on_day": "30", "effective_on_year": "2027"}, "Enter a real date"),
        ({"key": "no key"}, "valid UUID"),
        ({"text": "pack = \x00"}, "We took out a sign"),
    ],
)
def test_a_wrong_answer_keeps_no_draft(signed_in, others, words):
    response = write(signed_in, others.pop("text", ten_days()), **others)
    assert (response.status_code, words in words_of(response)) == (422, True)
    assert not PolicyDraft.objects.exists()


def test_naughty_notes_are_kept_and_shown_as_they_are(signed_in):
    for naughty in NAUGHTY:
        if naughty.strip():
            assert write(signed_in, ten_days(), note=naughty).status_code == 302
    for draft in PolicyDraft.objects.all():
        assert "<script>alert(" not in page(signed_in, "policy_draft", draft.pk).content.decode()


# On the way to law


def test_the_author_is_told_why_not_and_a_second_person_publishes(signed_in, author):
    draft = written(author)
    reckoned(draft, author)
    assert "Submit for publication" in words_of(page(signed_in, "policy_draft", draft.pk))
    assert press(signed_in, "submit", draft).status_code == 302
    shown = words_of(page(signed_in, "policy_draft", draft.pk))
    assert "A second quality manager or a lead publishes it" in shown
    assert "Publish this draft" not in shown
    response = press(signed_in, "publish", draft)
    assert (response.status_code, "You wrote this draft" in words_of(response)) == (409, True)

    sign_in(second := Client(), staff(Role.QUALITY_MANAGER, name="S. Econd"))
    assert "Publish this draft" in words_of(page(second, "policy_draft", draft.pk))
    shown = words_of(page(second, "policy_publish", draft.pk))
    assert "It cannot be taken back" in shown
    assert '<ins class="wb-added">10 business days</ins>' in shown
    assert "+limit = &quot;10 business days&quot;" in shown
    for _ in range(2):
        assert press(second, "publish", draft).status_code == 302
    assert page(second, "policy_publish", draft.pk).url == reverse("quality:policy_draft", args=[draft.pk])
    assert PolicyVersion.objects.filter(draft=draft).count() == 1
    assert "by S. Econd" in words_of(page(signed_in, "policies"))


def test_of_two_who_publish_the_later_is_told_who_was_faster(author):
    draft = submitted(author)
    for name, status in (("F. Irst", 302), ("S. Econd", 409)):
        sign_in(client := Client(), staff(Role.LEAD, name=name))
        response = press(client, "publish", draft)
        assert response.status_code == status
    assert "F. Irst has published this draft already." in words_of(response)


def test_a_pack_whose_example_fails_shows_both_dates_and_cannot_be_submitted(signed_in, author):
    draft = written(author, text=ten_days(examples=False))
    shown = words_of(page(signed_in, "policy_draft", draft.pk))
    assert f"Draft, line {line_of(draft.text, 'due_at = 2026-06-23T17:00:00-04:00', last=True)}: " in shown
    assert "says it is due 2026-06-23 17:00:00-04:00, but the rule gives 2026-06-15 17:00:00-04:00" in shown
    assert "Submit for publication" not in shown
    assert press(signed_in, "submit", draft).status_code == 409


def test_a_withdrawn_draft_can_be_started_from_again(signed_in, author):
    draft = written(author)
    assert press(signed_in, "withdraw", draft).status_code == 302
    assert f"?from={draft.pk}" in words_of(page(signed_in, "policy_draft", draft.pk))
    initial = page(signed_in, "policy_new", **{"from": draft.pk}).context["form"].initial
    assert (initial["text"], initial["key"] == draft.pk) == (draft.text, False)
    assert page(signed_in, "policy_edit", draft.pk).url == reverse("quality:policy_draft", args=[draft.pk])


def test_packs_that_wait_for_counsel_are_off_and_say_so(signed_in):
    rows = dict(page(signed_in, "policies").context["packs"])
    marks = {pack.name: (pack.is_on, "to be confirmed by counsel" in pack.marks) for pack in rows}
    assert (marks["house"], marks["medicaid"]) == ((True, False), (False, True))


# What if


def test_the_what_if_is_asked_for_waited_for_and_shown_with_its_list(signed_in, author):
    late, soon = answered(18), answered(3)
    draft = written(author)
    address = reverse("quality:policy_what_if", args=[draft.pk])
    assert "Nothing has been reckoned yet" in words_of(signed_in.get(address))
    assert signed_in.post(address, date_typed("since", -400)).status_code == 302
    assert "It is being reckoned" in words_of(signed_in.get(address))
    assert settle([row.pk for row in Outbox.objects.filter(topic="slas.replay")])
    response = signed_in.get(address)
    shown = words_of(response)
    assert response.context["told"]["newly_late"] == 1
    assert reverse("desk:case", args=[late.reference]) in shown
    assert soon.reference not in shown
    assert "in time → late" in shown
    assert [bar.category.label for bar in response.context["shifts"].bars] == ["8–14 earlier"]
    assert late.reference not in words_of(signed_in.get(address + "?show=late_either_way"))


def test_the_list_is_a_file_too(signed_in, author):
    late, draft = answered(18), written(author)
    reckoned(draft, author)
    response = page(signed_in, "policy_what_if_csv", draft.pk)
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [(row["reference"], row["then"], row["by draft"]) for row in rows] == [(late.reference, "in time", "late")]


def test_whoever_complained_does_not_find_the_own_reference_in_the_list(author):
    late, draft = answered(18), written(author)
    person = staff(Role.QUALITY_MANAGER)
    type(late).objects.unscoped("a test").filter(pk=late.pk).update(filed_by=person)
    reckoned(draft, author)
    sign_in(client := Client(), person)
    assert late.reference not in words_of(page(client, "policy_what_if", draft.pk))


@pytest.mark.parametrize(
    ("typed_days", "words"),
    [
        (date_typed("since", -3) | date_typed("until", -9), "The last day comes before the first one."),
        ({"since_month": "13", "since_day": "1", "since_year": "2026"}, "Enter a real date"),
        ({"since_month": "1", "since_day": "", "since_year": ""}, "must include"),
    ],
)
def test_a_period_that_is_none_is_refused_beside_its_field(signed_in, author, typed_days, words):
    draft = written(author)
    response = signed_in.post(reverse("quality:policy_what_if", args=[draft.pk]), typed_days)
    assert (response.status_code, words in words_of(response)) == (422, True)
    assert not Outbox.objects.filter(topic="slas.replay").exists()


def test_a_change_of_tomorrow_is_told_as_coming_until_the_day_ends_where_the_house_is():
    """At eight in the evening in New York it is tomorrow already in UTC."""
    day = PolicyVersion.objects.filter(pack="house").latest("effective_from").effective_from
    evening = datetime.combine(day, time(1), UTC)
    assert coming_versions(evening)["house"] == day
    assert coming_versions(evening + timedelta(hours=5)).get("house") != day
