"""Trying dates out, and reading the rules: every published rule, whatever is typed, and nothing is changed."""

import html
from urllib.parse import parse_qs

import pytest
from django.urls import reverse

from complaints.enums import Channel
from complaints.queries.why_packs import pack_lines, pack_page, published_rules
from complaints.queries.why_tried import Trial, try_date
from members.actors import Role
from slas.models import Clock, Matter, PolicyVersion
from slas.operations import publish_policies
from tests.people import sign_in, staff
from tests.quality.pages import page, words_of
from tests.slas.calendars import utc

STANDARD = {"rule": "house:resolve:standard", "channel": "phone", "received": "2026-06-01 10:00"}
GRIEVANCE = {"rule": "ma_grievance:ma_grievance_answer:", "received": "2026-06-01 10:00"}


@pytest.fixture(autouse=True)
def _published(db):  # noqa: ARG001 -- the database must be there
    if not PolicyVersion.objects.exists():
        publish_policies()


def tried(client, **facts):
    response = page(client, "try_dates", **facts)
    return response.status_code, html.unescape(words_of(response))


def test_a_date_is_shown_with_its_thresholds_its_trace_and_its_months(signed_in):
    status, words = tried(signed_in, **STANDARD)
    assert status == 200
    for text in (
        "Tuesday, June 23, 2026, 5:00 PM", "Warning", "Holiday: Juneteenth", "Tue, Jun 2 to Fri, Jun 5",
        "day 15 of the count, due date", "House policy 3; ISO 10002:2018, 7.8 and 7.9",
        "It is received when the member says it on the phone, not when somebody writes it down.",
        "House policy holds for every channel alike.",
    ):  # fmt: skip
        assert text in words, text
    assert not Clock.objects.exists()
    assert not Matter.objects.exists()


def test_every_published_rule_can_be_tried_on_every_channel():
    for rule in published_rules():
        for channel in Channel:
            given = PolicyVersion.objects.filter(pack=rule.pack, obligation=rule.obligation, track=rule.track)
            newest = given.order_by("-effective_from").first()
            budget = None if newest.budget else 12
            facts = Trial(rule.pack, rule.obligation, rule.track, channel, utc(2026, 6, 1, 14), budget=budget)
            found = try_date(facts)
            assert found.found.adds_up
            assert found.is_on == (rule.pack not in {"ma_reconsideration", "medicaid", "california_dmhc"})


def test_a_pause_moves_the_date_and_an_extension_too(signed_in):
    _, words = tried(signed_in, **STANDARD, pauses="2026-06-03 12:00 to 2026-06-08 12:00")
    assert "Friday, June 26, 2026, 5:00 PM" in words
    assert "Pause: we waited for an answer" in words
    _, words = tried(signed_in, **GRIEVANCE, extension=14, extended="2026-06-03 10:00")
    assert "the end of Wednesday, July 15, 2026" in words


def test_a_legal_clock_refuses_a_pause_and_offers_the_extension(signed_in):
    status, words = tried(signed_in, **GRIEVANCE, pauses="2026-06-03 12:00 to 2026-06-08 12:00")
    assert status == 422
    assert "Extend it instead, by up to 14 days, with a reason and a notice to the member." in words


def test_a_local_time_that_comes_twice_is_asked_about_with_links_to_both(signed_in):
    status, words = tried(signed_in, **STANDARD | {"received": "2026-11-01 01:30"})
    assert status == 422
    assert "2026-11-01 01:30 comes twice in America/New_York" in words
    assert "Which moment do you mean?" in words
    links = [part.partition('"')[0] for part in words.split('href="?')[1:]]
    assert [parse_qs(link)["received"] for link in links] == [["2026-11-01 01:30 -04:00"], ["2026-11-01 01:30 -05:00"]]
    for link in links:
        assert signed_in.get(f"{reverse('quality:try_dates')}?{link}").status_code == 200


def test_a_pack_that_is_off_can_be_tried_and_says_why_it_is_off(signed_in):
    status, words = tried(signed_in, rule="medicaid:medicaid_grievance_answer:", received="2026-06-01 10:00")
    assert status == 200
    assert (
        "This pack is off: no clock starts by it until its numbers are confirmed. To be confirmed by counsel." in words
    )


def test_late_entry_moves_no_date_and_says_what_comes_at_once(signed_in):
    facts = {"rule": "house:acknowledge:standard", "channel": "mail", "received": "2026-06-01 10:00"}
    _, words = tried(signed_in, **facts, entered="2026-06-05 09:00")
    assert "Wednesday, June 3, 2026, 5:00 PM" in words
    assert "Late entry moves no date: it is overdue from the start." in words
    assert "Due date of Wednesday, June 3, 2026, 5:00 PM" in words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"rule": "nonsense"}, "Select a valid choice"),
        ({"received": ""}, "Enter a date and a time."),
        ({"received": "2018-01-01 10:00"}, "reviewed days of calendar 'house'"),
        ({"received": "2030-12-30 10:00"}, "reviewed days of calendar 'house'"),
        ({"budget": "5"}, "The limit of this obligation is fixed: 15 business days. Leave this empty."),
        ({"rule": "house:capa_action:"}, "The limit of this obligation is given when it starts."),
        ({"rule": "house:capa_action:", "budget": "0"}, "Enter 1 or more."),
        ({"rule": "house:capa_action:", "budget": "99999"}, "that is ten years of days"),
        ({"channel": "portal", "entered": "2026-06-02 10:00"}, "is entered at once"),
        ({"entered": "2026-05-02 10:00"}, "It cannot be entered before it began."),
        ({"pauses": "2026-06-03 12:00"}, "is no pause"),
        ({"pauses": "2026-06-08 12:00 to 2026-06-03 12:00"}, "A pause has to end after it begins."),
        ({"pauses": "2026-06-03 12:00 to 2026-06-05 12:00\n2026-06-04 12:00 to 2026-06-08 12:00"}, "overlap"),
        ({"pauses": "2026-12-03 12:00 to 2026-12-05 12:00"}, "it was due already"),
        ({"pauses": "2026-05-03 12:00 to 2026-05-05 12:00"}, "before it started"),
        ({"extension": "3"}, "Enter both: by how much it was extended, and when."),
        ({"extension": "3", "extended": "2026-06-03 12:00"}, "knows no extension"),
        ({"zone": "Mars/Phobos"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_change_and_kept(signed_in, facts, words):
    status, shown = tried(signed_in, **STANDARD | facts)
    assert status == 422
    assert words in shown
    for typed in facts.values():
        assert typed.splitlines()[0] in shown if typed not in {"nonsense", "Mars/Phobos", ""} else True


@pytest.mark.parametrize(
    ("channel", "rule", "words"),
    [
        ("regulator", "uk_disp:disp_final_response:", "This obligation is for complaints of members"),
        ("phone", "state_regulator_inquiry:regulator_answer:us-ca", "This obligation is for inquiries of a regulator"),
        ("regulator", "state_regulator_inquiry:regulator_answer:us-ca", "By this channel it starts by itself"),
        ("mail", "erisa_aca_appeal:erisa_appeal_filing:", "counts from “notice of the decision”"),
        ("mail", "ma_grievance:ma_grievance_answer:expedited", "Nothing starts this clock by itself"),
    ],
)
def test_the_channel_says_whether_the_clock_starts_by_itself(signed_in, channel, rule, words):
    assert words in tried(signed_in, rule=rule, channel=channel, received="2026-06-01 10:00")[1]


def test_a_rule_can_be_chosen_by_a_link_before_anything_is_asked(signed_in):
    status, words = tried(signed_in, rule="uk_disp:disp_final_response:")
    assert status == 200
    assert '<option value="uk_disp:disp_final_response:" selected>' in words
    assert "No date yet" in words


def test_the_pages_take_a_fixed_number_of_queries(signed_in, django_assert_num_queries):
    for name, args, query, number in (
        ("try_dates", (), STANDARD, 4),
        ("packs", (), {}, 3),
        ("pack", ("house",), {}, 4),
        ("pack", ("india_irdai",), {}, 4),
    ):
        page(signed_in, name, *args, **query)
        with django_assert_num_queries(number):
            page(signed_in, name, *args, **query)


def test_the_list_of_rules_shows_every_pack_and_which_are_off(signed_in):
    words = html.unescape(words_of(page(signed_in, "packs")))
    lines = pack_lines()
    assert {line.name for line in lines} == set(PolicyVersion.objects.values_list("pack", flat=True))
    for line in lines:
        assert reverse("quality:pack", args=[line.name]) in words
    assert sum(not line.is_on for line in lines) == 3


def test_each_pack_reads_with_clauses_consequences_and_examples_that_hold(signed_in):
    for line in pack_lines():
        found = pack_page(line.name)
        words = html.unescape(words_of(page(signed_in, "pack", line.name)))
        for one in found.obligations:
            assert one.policy.clause in words
            assert one.policy.consequence in words
            assert one.examples, one.key
            assert all(example.holds for example in one.examples)
            assert f"?rule={one.key.replace(':', '%3A')}" in words
    assert page(signed_in, "pack", "nonsense").status_code == 404


def test_leads_and_auditors_may_try_dates_and_agents_may_not(client):
    for role, status in ((Role.LEAD, 200), (Role.AUDITOR, 200), (Role.AGENT, 403)):
        sign_in(client, staff(role))
        assert page(client, "try_dates").status_code == status
