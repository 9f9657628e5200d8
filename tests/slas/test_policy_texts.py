"""What the text of a draft may not say, and when it may be submitted."""

import re
from datetime import date, timedelta

import pytest

from slas.drafts import DraftRefused
from slas.models import CalendarVersion, PolicyDraft, PolicyVersion
from slas.operations import publish_draft, submit_draft
from slas.queries import database_now
from slas.versions import in_force, terms_of
from tests.slas.calendars import SLAS
from tests.slas.drafts import (
    at_noon,
    fresh,
    house_calendar,
    house_text,
    in_a_week,
    line_of,
    published,
    reckoned,
    submitted,
    ten_days,
    with_a_bridge,
    written,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_shelf")]


def test_a_pack_whose_example_fails_is_kept_but_not_submitted_and_both_dates_are_shown(author):
    draft = written(author, text=ten_days(examples=False))
    line = line_of(draft.text, "due_at = 2026-06-23T17:00:00-04:00", last=True)
    with pytest.raises(
        DraftRefused, match=rf"Draft, line {line}: .* due 2026-06-23 17:00.* the rule gives 2026-06-15 17:00"
    ):
        submit_draft(actor=author, at=database_now(), draft_id=draft.pk)


@pytest.mark.parametrize(
    ("old", "new", "at", "refusal"),
    [
        (
            'limit = "72 hours"',
            'limit = "72 ours"',
            "72 ours",
            r"obligation \d+ \(resolve\): the limit '72 ours' is not",
        ),
        ('mark = "V"\n', "", "[[obligation]]", r"obligation 1 \(acknowledge\): 'mark' must be V"),
        ('clause = "House policy 6', "clause = House policy 6", "clause = House", "Invalid value"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused_with_its_line(author, old, new, at, refusal):
    text = house_text().replace(old, new, 1)
    with pytest.raises(DraftRefused, match=refusal) as refused:
        written(author, text=text)
    assert refused.value.field == "text"
    assert re.search(rf"\bline {line_of(text, at)}\b", str(refused.value))
    assert not PolicyDraft.objects.exists()


def test_what_is_missing_outside_of_the_obligations_has_no_line(author):
    with pytest.raises(DraftRefused, match=r"^Draft: 'pack' is missing or empty"):
        written(author, text=house_text().replace('pack = "house"', "", 1))


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('wed = [["08:00", "17:00"]]', 'wed = [["08:00", "07:00"]]', 12),
        ('2026-12-25 = "Christmas Day"', '2056-12-25 = "Christmas Day"', 112),
        ('tz = "America/New_York"', 'tz = "America/Nowhere"', 6),
        ("[weekly]", "[weekl", 9),
    ],
)
def test_a_calendar_that_cannot_be_read_is_refused_with_its_line(author, old, new, line):
    text = house_calendar()
    assert text.count(old) == 1
    with pytest.raises(DraftRefused, match=rf"line {line}\b"):
        written(author, text=text.replace(old, new), kind="calendar")


def test_a_draft_takes_effect_on_a_later_day(author, second):
    with pytest.raises(DraftRefused, match="Choose a day after today") as refused:
        written(author, effective_on=in_a_week(days=-1))
    assert refused.value.field == "effective_on"
    draft = submitted(author, effective_on=in_a_week(days=2))
    with pytest.raises(DraftRefused, match="It cannot take effect on"):
        publish_draft(actor=second, at=at_noon(5), draft_id=draft.pk)


def test_a_draft_takes_effect_within_the_days_that_its_calendar_covers(author):
    with pytest.raises(DraftRefused, match="Calendar house ends on 2030-12-31: choose a day before"):
        submitted(author, effective_on=date(2031, 1, 1))


def test_a_draft_that_says_what_is_in_force_is_not_submitted(author):
    draft = written(author, text=house_text())
    with pytest.raises(DraftRefused, match="Nothing in this text differs from what is published of house"):
        submit_draft(actor=author, at=database_now(), draft_id=draft.pk)


def test_a_second_draft_must_take_effect_after_the_first(author, second):
    first = published(author, second)
    with pytest.raises(DraftRefused, match=r"resolve \(standard\) has a version until or from .* already"):
        submitted(author, text=house_text(), effective_on=first.effective_on)
    later = published(author, second, text=house_text(), effective_on=first.effective_on + timedelta(days=1))
    assert PolicyVersion.objects.get(draft=first).effective_to == later.effective_on


def test_a_draft_does_not_take_back_what_was_published_since_its_submission(author, second):
    text = house_text().replace('title = "Answer a message"', 'title = "Answer the message"')
    stale = submitted(author, text=text, effective_on=in_a_week(30))
    other = written(author)
    reckoned(other, author)
    published(author, second)
    assert (fresh(stale).replay, fresh(other).replay) == (None, None)
    with pytest.raises(DraftRefused, match=r"Published meanwhile: resolve \(standard\)\. .* start another one"):
        publish_draft(actor=second, at=database_now(), draft_id=stale.pk)
    assert terms_of(*in_force("house", "resolve", "standard", at_noon(40))).policy.budget == 10


def test_a_draft_is_submitted_once_somebody_has_looked_at_what_it_would_have_done(author):
    draft = written(author)
    with pytest.raises(DraftRefused, match="Nobody has looked yet at what it would have done"):
        submit_draft(actor=author, at=database_now(), draft_id=draft.pk)
    reckoned(draft, author)
    written(author, draft_id=draft.pk, note="Another reason.")
    with pytest.raises(DraftRefused, match="Nobody has looked yet"):
        submit_draft(actor=author, at=database_now(), draft_id=draft.pk)


def test_an_obligation_that_a_text_leaves_out_or_ends_is_named(author):
    head, block, rest = ten_days().partition('[[obligation]]\nobligation = "message_reply"')
    assert block
    with pytest.raises(DraftRefused, match="message_reply is not in the text, and would stay in force: put it back"):
        submitted(author, text=head + rest[rest.index("[[obligation]]") :])
    ended = block + "\neffective_to = 2031-01-01"
    with pytest.raises(DraftRefused, match="message_reply has effective_to = 2031-01-01, which a draft does not heed"):
        submitted(author, text=head + ended + rest)


def test_a_calendar_that_would_run_out_of_days_is_not_submitted(author):
    shorter = house_calendar().replace("[2019, 2030]", "[2019, 2029]")
    shorter = "\n".join(line for line in shorter.splitlines() if not line.startswith("2030-"))
    with pytest.raises(DraftRefused, match=r"It ends on 2029-12-31, and what is published on 2030-12-31: keep"):
        submitted(author, text=shorter, kind="calendar")
    with pytest.raises(DraftRefused, match=r"It ends on 2030-12-31, 365 days after it takes effect.* 400 days"):
        submitted(author, text=with_a_bridge(), kind="calendar", effective_on=date(2029, 12, 31))


def test_a_calendar_that_nobody_has_published_is_named(author):
    with pytest.raises(DraftRefused, match="line 4: there is no calendar 'moon'; publish it first"):
        submitted(author, text=house_text().replace('calendar = "house"', 'calendar = "moon"', 1))


def test_a_pack_with_an_unconfirmed_number_stays_off_when_it_is_published(author, second):
    text = (SLAS / "policy_packs" / "medicaid.toml").read_text()
    assert text.count('title = "Answer the Medicaid grievance"') == 1
    draft = published(author, second, text=text.replace("Answer the Medicaid grievance", "Answer a Medicaid grievance"))
    assert set(PolicyVersion.objects.filter(draft=draft).values_list("enabled", flat=True)) == {False}


def test_a_calendar_gets_the_next_number_and_counts_from_its_day_on(author, second):
    draft = published(author, second, kind="calendar", text=with_a_bridge())
    row = CalendarVersion.objects.get(draft=draft)
    assert (row.calendar, row.version, row.effective_from) == ("house", 2, draft.effective_on)
    assert [in_force("house", "message_reply", "", at_noon(days))[1] == row.pk for days in (1, 10)] == [False, True]
