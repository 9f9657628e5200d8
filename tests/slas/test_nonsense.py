"""Nonsense in packs and calendars: refused where they are read, in a sentence with its place and its cure."""

import copy
import tomllib
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from slas.calendar import CalendarFault, read_definition, zone_offsets
from slas.drafts import read_calendar_text, read_pack_text
from slas.operations.publish_versions import calendar_row, policy_row
from slas.policy import PackFault, read_pack
from tests.slas.calendars import SLAS

EXAMPLE = "started_at = 2024-06-03T10:00:00-04:00\ndue_at = 2024-06-14T17:00:00-04:00\n"
MISS = '[[obligation.on_miss]]\naction = "{}"\nto = "{}"\nwords = "Late."\nrights = ["Ask."]\nclause = "Rule 2"\n'
PACK = f"""pack = "test"
calendar = "house"
legal = true

[[obligation]]
obligation = "answer"
effective_from = 2024-01-01
title = "Answer"
promise = "We answer within {{limit}}."
starts_on = "received"
met_on = "answered"
limit = "10 business days"
consequence = "A fine."
next_level = "The ombudsman."
clause = "Rule 1"
url = "https://example.org/rule"
mark = "V"

[obligation.extension]
max_total = "5 business days"
by = ["lead"]
reasons = ["member_asked"]

[[obligation.threshold]]
code = 80
at = "80 %"

[[obligation.threshold]]
code = 100
at = "due"

[[obligation.example]]
{EXAMPLE}"""
CALENDAR = """calendar = "test"
tz = "UTC"
reviewed_years = [2024, 2026]

[weekly]
mon = [["09:00", "17:00"]]

[holidays]
2024-12-25 = "Christmas Day"
"""


def changed(text, old, new):
    assert text.count(old) == 1, old
    return text.replace(old, new)


DUE, WARNING = 'code = 100\nat = "due"', 'code = 80\nat = "80 %"'
STARTS = (
    "received, inquiry received, reconsideration received, notice of the decision, notice of reversal received, "
    "letter of delay made, message received, cause recorded, action agreed, actions done"
)
ROLES = "administrator, agent, auditor, clinical_reviewer, lead, privacy_officer, quality_manager"
OF_PACKS = [
    # Thresholds stand on the right side of the due date.
    (
        DUE,
        'code = 100\nat = "50 %"',
        """the threshold of code 100 is the due date itself; write at = "due", not '50 %\'""",
    ),
    (
        WARNING,
        'code = 80\nat = "999 %"',
        "a threshold below 100 warns before the date, but code 80 is at '999 %'; move",
    ),
    (WARNING, 'code = 80\nat = "due"', "a threshold below 100 warns before the date, but code 80 is at 'due'; move"),
    (WARNING, 'code = 150\nat = "50 %"', "a threshold above 100 follows the date, but code 150 is at '50 %'; move it"),
    (WARNING, 'code = 150\nat = "1 hour before due"', "a threshold above 100 follows the date, but code 150 is at"),
    (WARNING, 'code = true\nat = "80 %"', "'code' must be a whole number from 1 to 999, without quotes"),
    (WARNING, f'{WARNING}\nalign = "opens"', "'align' is one of exact, open; 'opens' is not"),
    (WARNING, f'{WARNING}\nactions = "notify_owner"', "'actions' must be a list of texts such as actions ="),
    (
        "[[obligation.threshold]]\ncode = 80",
        "[[obligation.threshold]]\ncode = 80\nwhen = 5",
        "there is no entry 'when'",
    ),
    # Each entry is of its kind.
    ("legal = true", 'legal = "true"', "'legal' must be true or false, without quotes"),
    ("legal = true", 'legal = true\nenabled = "no"', "'enabled' must be true or false, without quotes"),
    ('title = "Answer"', 'title = "Answer"\npause_reasons = "waiting"', "'pause_reasons' must be a list of texts such"),
    ('by = ["lead"]', 'by = "lead"', "'by' must be a list of texts such as by = "),
    ('reasons = ["member_asked"]', 'reasons = "member_asked"', "'reasons' must be a list of texts such as reasons = "),
    ('reasons = ["member_asked"]\n', "", "the extension has no 'reasons'; say for which of them a date may be moved"),
    ('by = ["lead"]', 'by = ["lead"]\nmax_count = "two"', "'max_count' must be a whole number from 1 to 100, without"),
    (
        'max_total = "5 business days"',
        'max_total = "5 hours"',
        "the extension's max_total must be a number in business",
    ),
    ('title = "Answer"', 'title = "Answer"\ntracks = [5]', "'tracks' must be a list of texts such as tracks = "),
    ('title = "Answer"', 'title = "Answer"\ntracks = []', "'tracks' is empty, so nothing would be owed; name one, or"),
    ('url = "https://example.org/rule"', "url = 5", "'url' must be a text in quotes"),
    ('calendar = "house"', "calendar = 5", "'calendar' must be a text in quotes"),
    ('title = "Answer"', 'title = "Ans\\u0000wer"', "'title' holds a control character; take it out"),
    ("2024-01-01", "9999-12-31", "'effective_from' must lie in the years 1970 to 2100"),
    (
        "2024-01-01",
        "2024-01-01\neffective_to = 2024-01-01",
        "'effective_to' is the first day on which it holds no more",
    ),
    ("2024-06-14T17:00:00-04:00", "9999-12-31T23:59:59-12:00", "'due_at' must lie in the years 1970 to 2100"),
    ("2024-06-14T17:00:00-04:00", "2024-06-14T17:00:00", "'due_at' needs a date, a time and an offset, such as due_at"),
    (EXAMPLE, f"{EXAMPLE}pauses = [5]", "'pauses' holds pairs of a beginning and an end, such as pauses = "),
    (EXAMPLE, f'{EXAMPLE}budget = "ten"', "'budget' must be a whole number from 1 to 36525, without quotes"),
    # Nothing is left unread.
    ('title = "Answer"', 'title = "Answer"\nday_ends = "close"', "there is no entry 'day_ends'; write day_end"),
    (
        'title = "Answer"',
        'title = "Answer"\npause_reason = []',
        "there is no entry 'pause_reason'; write pause_reasons",
    ),
    ("legal = true", "legal = true\nlegale = true", "there is no entry 'legale'; write legal"),
    ('by = ["lead"]', 'by = ["lead"]\nmax_counts = 2', "there is no entry 'max_counts'; write max_count"),
    (EXAMPLE, f'{EXAMPLE}notes = "Why"', "there is no entry 'notes'; write note"),
    # Limits have an end.
    (
        '"10 business days"',
        '"40000 business days"',
        "'40000 business days' is more than a hundred years; write a shorter",
    ),
    (
        '"10 business days"',
        f'"{"9" * 5000} hours"',
        f"'{'9' * 60}' is more than a hundred years; write a shorter limit",
    ),
    # Names become addresses, links are followed.
    ('pack = "test"', 'pack = "us xx 2027"', "'pack' is 'us xx 2027'; write it with small letters, digits, - and _"),
    ('obligation = "answer"', 'obligation = "an/swer"', "'obligation' is 'an/swer'; write it with small letters"),
    ('calendar = "house"', 'calendar = "House"', "'calendar' is 'House'; write it with small letters, digits"),
    (
        'title = "Answer"',
        'title = "Answer"\ntracks = ["a b"]',
        "'tracks' holds 'a b'; write it with small letters, digits",
    ),
    ('obligation = "answer"', f'obligation = "{"a" * 41}"', "'obligation' has 41 characters; 40 are the most"),
    ("https://example.org/rule", "javascript:alert(1)", "'url' must begin with https:// and hold no space; write the"),
    ("https://example.org/rule", "http://example.org", "'url' must begin with https:// and hold no space; write the"),
    # What only the product understands is known to it.
    ('starts_on = "received"', 'starts_on = "asked"', f"'starts_on' knows no 'asked'; use {STARTS}"),
    (
        'met_on = "answered"',
        'met_on = "done"',
        "'met_on' knows no 'done'; use acknowledged, answered, decided, resolved",
    ),
    ('by = ["lead"]', 'by = ["chef"]', f"'by' knows no 'chef'; use {ROLES}"),
    ('["member_asked"]', '["resources"]', "'reasons' knows no 'resources'; use member_asked, information_in_members"),
    (
        "legal = true",
        "legal = true\napplies_to = { kinds = ['praise'] }",
        "'kinds' knows no 'praise'; use grievance, appeal",
    ),
    (
        "legal = true",
        "legal = true\napplies_to = { coverages = ['dental'] }",
        "'coverages' knows no 'dental'; use individual",
    ),
    (
        "legal = true",
        "legal = true\napplies_to = { jurisdictions = ['U S'] }",
        "'jurisdictions' holds 'U S'; write it with",
    ),
    (
        "legal = true",
        "title = 5",
        "there is no entry 'title'; take it out; known are pack, calendar, legal, applies_to",
    ),
    (
        "[obligation.extension]",
        MISS.format("external_review_file", "Ombudsman") + 'holds = ["all"]\n[obligation.extension]',
        "'holds' knows no 'all'; use the request and every letter, with dates of receipt and dispatch, the denial",
    ),
    (
        "[obligation.extension]",
        MISS.format("delay_letter", "x" * 121) + "[obligation.extension]",
        "'to' and 'clause' of delay_letter have 120 characters at most; shorten them",
    ),
    # Whoever is not content must learn where to go next.
    (
        'next_level = "The ombudsman."\n',
        "",
        "a legal limit needs a url, a consequence, a next_level and an example; add",
    ),
]
BOUND = ("legal = true", 'legal = true\napplies_to = { kinds = ["grievance"] }')
OF_CALENDARS = [
    ('"test"', "5", "Draft, line 1: 'calendar' must be a text in quotes"),
    ('"test"', f'"{"a" * 41}"', "Draft, line 1: 'calendar' has 41 characters; 40 are the most"),
    ('"test"', '"us xx"', "Draft, line 1: 'calendar' is 'us xx'; write it with small letters, digits, - and _ alone"),
    ('tz = "UTC"', "tz = 5", "Draft, line 2: 'tz' must be a text in quotes, such as America/New_York"),
    ('tz = "UTC"', 'tz = "UTC"\nversion = true', "Draft, line 3: 'version' must be a whole number"),
    ('tz = "UTC"', 'tz = "UTC"\nversion = 40000', "Draft, line 3: 'version' must be a number from 1 to 32767"),
    ('tz = "UTC"', 'tz = "UTC"\neffective_from = 5', "Draft, line 3: 'effective_from' must be a date"),
    ('tz = "UTC"', 'tz = "UTC"\nholiday = {}', "Draft, line 3: there is no entry 'holiday'; write holidays"),
    ("[2024, 2026]", "[1, 9999]", "Draft, line 3: 'reviewed_years' should lie in order between 1970 and 2100"),
    ("[2024, 2026]", "5", "Draft, line 3: 'reviewed_years' must be a list of two years"),
    ('"Christmas Day"', "5", "Draft, line 9: the name of holiday 2024-12-25 must be a text in quotes"),
    ("2024-12-25 =", "Xmas =", "Draft, line 9: holiday 'Xmas' is no date; write YYYY-MM-DD"),
    ('[["09:00", "17:00"]]', '"09:00-17:00"', "Draft, line 6: mon: write a list of intervals such as"),
    ("2024-12-25 =", '2024-12-25 = "Christmas Day"\n2024-13-01 =', "Draft, line 10: holiday '2024-13-01' is no date"),
    ('[["09:00", "17:00"]]', "[[9, 17]]", "Draft, line 6: mon: write a list of intervals such as"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), OF_PACKS)
def test_nonsense_in_a_pack_is_refused_with_the_line_and_what_to_change(old, new, sentence):
    assert read_pack_text(PACK, "Draft")
    with pytest.raises(PackFault) as refused:
        read_pack_text(changed(PACK, old, new), "Draft")

    place, said = str(refused.value).split(": ", 1)
    assert place.startswith("Draft, line ")
    assert said.partition("): ")[2].startswith(sentence) or said.startswith(sentence)


def test_a_link_that_a_page_may_not_follow_is_none():
    (policy,) = read_pack_text(PACK, "Draft")

    assert policy.link == "https://example.org/rule"
    assert replace(policy, url="javascript:alert(1)").link == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"pack": "us xx 2027"}, "slas_policy_names"),
        ({"obligation": "an/swer"}, "slas_policy_names"),
        ({"track": "a b"}, "slas_policy_names"),
        ({"calendar": "House"}, "slas_policy_names"),
        ({"url": "javascript:alert(1)"}, "slas_policy_url"),
    ],
)
def test_the_database_refuses_names_that_fit_no_address_and_links_that_run(change, constraint):
    (policy,) = read_pack_text(PACK, "Draft")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        policy_row(replace(policy, **change)).save(force_insert=True)


@pytest.mark.django_db
def test_the_database_refuses_a_calendar_whose_name_fits_no_address():
    definition = replace(read_calendar_text(CALENDAR, "Draft"), name="us xx")
    offsets = zone_offsets(definition.tz, definition.first_on, definition.last_on)
    with pytest.raises(IntegrityError, match="slas_calendar_name"), transaction.atomic():
        calendar_row(definition, offsets).save(force_insert=True)


def test_what_binds_by_itself_begins_and_ends_with_what_happens_to_a_complaint():
    bound = changed(PACK, *BOUND)
    assert read_pack_text(bound, "Draft")
    with pytest.raises(PackFault, match=r"'starts_on' knows no 'message received'; use received, inquiry received$"):
        read_pack_text(changed(bound, '"received"', '"message received"'), "Draft")
    with pytest.raises(
        PackFault, match="'met_on' knows no 'paid'; use acknowledged, answered, decided, resolved, final"
    ):
        read_pack_text(changed(bound, '"answered"', '"paid"'), "Draft")


@pytest.mark.parametrize(("old", "new", "sentence"), OF_CALENDARS)
def test_nonsense_in_a_calendar_is_refused_with_the_line_and_what_to_change(old, new, sentence):
    assert read_calendar_text(CALENDAR, "Draft")
    with pytest.raises(CalendarFault) as refused:
        read_calendar_text(changed(CALENDAR, old, new), "Draft")

    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize("promise", ["We answer {soon", "{0}", "{limit.__class__}", "100 % of {} within a week"])
def test_a_promise_may_hold_any_text(promise):
    (policy,) = read_pack_text(changed(PACK, "We answer within {limit}.", promise), "Draft")

    assert policy.promise == promise


def test_an_obligation_between_brackets_is_refused_in_its_file():
    with pytest.raises(PackFault) as refused:
        read_pack_text('pack = "test"\ncalendar = "house"\nobligation = [{ obligation = "answer" }]', "Draft")

    assert str(refused.value) == "Draft: obligation 1 (answer): 'limit' is missing or empty; add it"


@pytest.mark.parametrize(("read", "fault"), [(read_pack_text, PackFault), (read_calendar_text, CalendarFault)])
def test_brackets_without_end_are_refused(read, fault):
    with pytest.raises(fault, match=r"^Draft: brackets stand within brackets too deeply; take some out$"):
        read("x = " + "[" * 5000, "Draft")


NONSENSE = (
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    float("nan"),
    "",
    "x",
    "\x00",
    "{",
    "9" * 5000,
    [],
    [[]],
    [5],
    ["x"],
    {},
    {"x": 5},
)


def places(value, path=()):
    """Yield the way to every entry of a file."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))


@pytest.mark.parametrize(
    ("text", "read", "fault"),
    [
        (PACK, read_pack, PackFault),
        ((SLAS / "policy_packs" / "uk_disp.toml").read_text(), read_pack, PackFault),
        (CALENDAR, read_definition, CalendarFault),
    ],
    ids=["pack", "shipped pack", "calendar"],
)
def test_whatever_stands_in_an_entry_is_read_or_refused(text, read, fault):
    data = tomllib.loads(text)
    refused = 0
    for path in places(data):
        for nonsense in NONSENSE:
            file = copy.deepcopy(data)
            table = file
            for key in path[:-1]:
                table = table[key]
            table[path[-1]] = nonsense
            refused += is_refused(read, file, fault)
    assert refused > len(NONSENSE)


def is_refused(read, file, fault):
    try:
        read(file, "test.toml")
    except fault as sentence:
        return str(sentence).startswith("test.toml: ")
    return False
