"""The way of a draft from writing to law, and what keeps it straight."""

import logging
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections, transaction

from members.actors import SYSTEM, Role
from members.audit.models import Event
from slas.drafts import DraftForbidden, DraftRefused, read_calendar_text, read_pack_text
from slas.models import CalendarVersion, DraftState, Outbox, PolicyDraft, PolicyVersion
from slas.operations import ask_replay, publish_draft, publish_policies, submit_draft, withdraw_draft
from slas.operations.publish_versions import wait_for_publications
from slas.outbox import settle
from slas.pack_words import PackFault
from slas.queries import database_now
from slas.versions import in_force, terms_of
from tests.people import actor_of, staff
from tests.slas.calendars import SLAS, utc
from tests.slas.clocks import complete, start
from tests.slas.drafts import house_text, in_a_week, line_of, reckoned, submitted, ten_days, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_shelf")]
MONDAY = utc(2026, 6, 1, 14)


@pytest.fixture
def author():
    return actor_of(staff(Role.QUALITY_MANAGER, name="A. Uthor"))


@pytest.fixture
def second():
    return actor_of(staff(Role.QUALITY_MANAGER, name="S. Econd"))


def at_noon(days):
    return database_now() + timedelta(days=days)


def published(author, second, **given):
    return publish_draft(actor=second, at=database_now(), draft_id=submitted(author, **given).pk)


def fresh(draft):
    return PolicyDraft.objects.get(pk=draft.pk)


def house_calendar():
    return (SLAS / "calendars" / "house.toml").read_text()


def with_a_bridge():
    text = house_calendar()
    assert text.count('2029-12-25 = "Christmas Day"') == 1
    return text.replace('2029-12-25 = "Christmas Day"', '2029-12-24 = "Bridge"\n2029-12-25 = "Christmas Day"')


# From writing to law


def test_a_published_draft_is_in_force_from_its_day_on_and_running_clocks_keep_their_terms(author, second):
    clock = start("resolve", MONDAY, track="standard")
    draft = published(author, second)
    before, after = (in_force("house", "resolve", "standard", at_noon(days))[0] for days in (5, 10))
    assert terms_of(before, clock.calendar_id).policy.budget == 15
    row = PolicyVersion.objects.get(pk=after)
    assert (row.budget, row.effective_from, row.draft_id) == (10, draft.effective_on, draft.pk)
    assert PolicyVersion.objects.get(pk=before).effective_to == draft.effective_on
    assert PolicyVersion.objects.filter(draft=draft).count() == 1
    ended = complete(clock, clock.due_at)
    assert (ended.due_at, ended.policy_id) == (clock.due_at, clock.policy_id)


def test_each_step_is_an_audit_event_with_the_digest_of_the_text(author, second):
    draft = published(author, second)
    events = Event.objects.filter(object_id=draft.pk).order_by("id")
    assert list(events.values_list("action", "actor_label")) == [
        ("policy_draft.written", "A. Uthor"),
        ("policy_draft.submitted", "A. Uthor"),
        ("policy_draft.published", "S. Econd"),
    ]
    assert set(events.values_list("detail__sha256", flat=True)) == {bytes(draft.sha256).hex()}


def test_a_draft_is_changed_until_it_is_submitted_and_by_its_author_alone(author, second):
    draft = written(author)
    assert written(author, draft_id=draft.pk, note="Better so.").note == "Better so."
    with pytest.raises(DraftRefused, match=r"can no longer be changed\. Start another one from its text"):
        written(second, draft_id=draft.pk, note="Mine.")
    reckoned(draft, author)
    submit_draft(actor=author, at=database_now(), draft_id=draft.pk)
    with pytest.raises(DraftRefused, match="can no longer be changed"):
        written(author, draft_id=draft.pk, note="Later.")


def test_its_author_does_not_publish_a_draft(author):
    draft = submitted(author)
    with pytest.raises(DraftRefused, match=r"You wrote this draft\. A second quality manager or a lead publishes it"):
        publish_draft(actor=author, at=database_now(), draft_id=draft.pk)
    assert fresh(draft).state == DraftState.SUBMITTED


def test_a_lead_publishes_and_does_not_write_and_an_agent_does_neither(author):
    lead, agent = actor_of(staff(Role.LEAD)), actor_of(staff(Role.AGENT))
    draft = submitted(author)
    for forbidden in (agent, SYSTEM):
        with pytest.raises(DraftForbidden):
            publish_draft(actor=forbidden, at=database_now(), draft_id=draft.pk)
    with pytest.raises(DraftForbidden):
        written(lead)
    assert publish_draft(actor=lead, at=database_now(), draft_id=draft.pk).published_by_id == lead.user_id


def test_pressing_publish_twice_publishes_once_and_another_person_is_told_who_did(author, second):
    draft = published(author, second)
    again = publish_draft(actor=second, at=database_now(), draft_id=draft.pk)
    assert (again.published_at, PolicyVersion.objects.filter(draft=draft).count()) == (draft.published_at, 1)
    with pytest.raises(DraftRefused, match=r"S\. Econd has published this draft already"):
        publish_draft(actor=actor_of(staff(Role.LEAD)), at=database_now(), draft_id=draft.pk)


def test_a_withdrawn_draft_is_not_published_and_a_published_one_not_withdrawn(author, second):
    draft = submitted(author)
    for _ in range(2):
        withdraw_draft(actor=second, at=database_now(), draft_id=draft.pk)
    with pytest.raises(DraftRefused, match=r"S\. Econd has withdrawn this draft"):
        publish_draft(actor=second, at=database_now(), draft_id=draft.pk)
    with pytest.raises(DraftRefused, match=r"S\. Econd has published this draft already"):
        withdraw_draft(actor=author, at=database_now(), draft_id=published(author, second).pk)


def test_what_is_not_submitted_is_not_published(author, second):
    with pytest.raises(DraftRefused, match="cannot be done to a draft that is draft"):
        publish_draft(actor=second, at=database_now(), draft_id=written(author).pk)


# What a text may not say


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


# Files and drafts, side by side


@pytest.fixture
def folder(tmp_path):
    for name in ("calendars/house.toml", "policy_packs/house.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(SLAS / name, tmp_path / name)
    return tmp_path


def test_publishing_the_files_again_undoes_nothing_and_refuses_nothing(author, second, folder, caplog):
    published(author, second)
    published(author, second, kind="calendar", text=with_a_bridge())
    pins = in_force("house", "resolve", "standard", at_noon(10))
    with caplog.at_level(logging.WARNING):
        done = publish_policies(folder)
    assert (done.calendars, done.policies, caplog.messages) == (0, 0, [])
    assert in_force("house", "resolve", "standard", at_noon(10)) == pins


def test_a_file_that_differs_from_what_a_draft_has_published_is_left_out_aloud(author, second, folder, caplog):
    published(author, second)
    published(author, second, kind="calendar", text=with_a_bridge())
    day = in_a_week(days=30)
    path = folder / "policy_packs" / "house.toml"
    before, title, after = path.read_text().rpartition('title = "Answer the complaint"\n')
    head, _date = before.rsplit("effective_from = ", 1)
    path.write_text(f"{head}effective_from = {day}\n{title}{after}{NEW_OBLIGATION}")
    calendar = folder / "calendars" / "house.toml"
    calendar.write_text(
        house_calendar().replace("version = 1\neffective_from = 2019-01-01", f"version = 2\neffective_from = {day}")
    )
    with caplog.at_level(logging.WARNING):
        done = publish_policies(folder)
    assert (done.calendars, done.policies) == (0, 1)  # what no draft has touched is still published from the file
    assert [message.partition(" is left out")[0] for message in caplog.messages] == [
        "calendar house v2",
        f"pack house: resolve (standard) from {day}",
    ]
    assert in_force("house", "call_back", "", MONDAY)


NEW_OBLIGATION = """
[[obligation]]
obligation = "call_back"
effective_from = 2020-01-01
title = "Call back"
starts_on = "message received"
met_on = "message answered"
limit = "4 hours"
clause = "House policy 6"
mark = "V"
[[obligation.threshold]]
code = 100
at = "due"
"""


# The what-if


def test_the_what_if_of_a_draft_is_reckoned_in_the_worker_and_kept_on_it(author):
    clock = start("resolve", MONDAY, track="standard")
    complete(clock, MONDAY + timedelta(days=18))
    start("resolve", MONDAY, track="complex")
    draft = written(author)
    result = reckoned(draft, author)
    assert {name: result[name] for name in ("clocks", "late_before", "late_after", "newly_late")} == {
        "clocks": 1,
        "late_before": 0,
        "late_after": 1,
        "newly_late": 1,
    }
    assert [line["matter_id"] for line in result["lines"]["newly_late"]] == [str(clock.matter_id)]


@pytest.mark.parametrize(
    ("since", "until", "clocks"), [((2026, 6, 2), None, 0), (None, (2026, 5, 31), 0), (None, None, 1)]
)
def test_the_what_if_looks_at_the_clocks_that_started_in_its_period(author, since, until, clocks):
    start("resolve", MONDAY, track="standard")
    days = {"since": since and utc(*since).date(), "until": until and utc(*until).date()}
    assert reckoned(written(author), author, **days)["clocks"] == clocks


def test_a_changed_text_makes_an_older_what_if_void(author):
    draft = written(author)
    reckoned(draft, author)
    ask_replay(actor=author, at=database_now(), draft_id=draft.pk)
    written(author, draft_id=draft.pk, text=ten_days().replace('Answer the complaint"', 'Answer a complaint"', 1))
    assert settle([row.pk for row in Outbox.objects.filter(topic="slas.replay", settled_at=None)])
    assert fresh(draft).replay is None


def test_a_period_that_ends_before_it_begins_and_a_settled_draft_are_refused(author, second):
    draft = written(author)
    with pytest.raises(DraftRefused, match="The last day comes before the first one") as refused:
        ask_replay(actor=author, at=database_now(), draft_id=draft.pk, since=in_a_week(), until=in_a_week(days=1))
    assert refused.value.field == "until"
    with pytest.raises(DraftRefused, match="nothing to reckon"):
        ask_replay(actor=author, at=database_now(), draft_id=written(author, text=house_text()).pk)
    with pytest.raises(DraftRefused, match="is published"):
        ask_replay(actor=author, at=database_now(), draft_id=published(author, second).pk)


def test_a_draft_whose_calendar_is_nowhere_is_not_reckoned_and_told_why(author):
    draft = written(author, text=house_text().replace('calendar = "house"', 'calendar = "moon"', 1))
    with pytest.raises(DraftRefused, match="counts by calendar 'moon', which is not published"):
        ask_replay(actor=author, at=database_now(), draft_id=draft.pk)


def test_more_clocks_than_a_page_can_wait_for_are_refused(author, monkeypatch):
    monkeypatch.setattr("slas.operations.replay_drafts.MOST_CLOCKS", 0)
    start("resolve", MONDAY, track="standard")
    with pytest.raises(DraftRefused, match=r"1 clocks started in this period\. Choose a shorter one"):
        ask_replay(actor=author, at=database_now(), draft_id=written(author).pk)


# What the database keeps


def test_the_database_refuses_a_publisher_who_wrote_the_draft(author):
    draft = submitted(author)
    with pytest.raises(IntegrityError, match="slas_draft_published_by_another"), transaction.atomic():
        PolicyDraft.objects.filter(pk=draft.pk).update(
            state="published", published_by=author.user_id, published_at=database_now(), published_on=in_a_week(days=0)
        )


def test_the_database_refuses_a_draft_in_force_on_the_day_it_is_published(author, second):
    draft = submitted(author)
    with pytest.raises(IntegrityError, match="slas_draft_in_force_after_publication"), transaction.atomic():
        PolicyDraft.objects.filter(pk=draft.pk).update(
            state="published",
            published_by=second.user_id,
            published_at=database_now(),
            published_on=draft.effective_on,
        )


def test_the_database_keeps_the_words_of_what_is_submitted_and_all_of_what_is_published(author, second):
    submitted_one, published_one = submitted(author), published(author, second, effective_on=in_a_week(days=9))
    for draft, change in (
        (submitted_one, {"text": "x"}),
        (submitted_one, {"effective_on": in_a_week(days=30)}),
        (submitted_one, {"note": "x"}),
        (published_one, {"state": "draft"}),
        (published_one, {"replay": {}}),
    ):
        with pytest.raises(Exception, match="slas_policydraft never changes"), transaction.atomic():
            PolicyDraft.objects.filter(pk=draft.pk).update(**change)
    with pytest.raises(Exception, match="slas_policydraft never changes"), transaction.atomic():
        submitted_one.delete()


def test_plain_readers_raise_their_own_faults_with_the_name_of_the_file():
    with pytest.raises(PackFault, match=r"^mine\.toml: Invalid value \(at line 1, column 8\)"):
        read_pack_text("pack = house", "mine.toml")
    assert read_calendar_text(house_calendar(), "house.toml").name == "house"


# Two at once


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_one_draft_at_once_one_does_and_the_other_is_told(author):
    people = [actor_of(staff(Role.LEAD, name=name)) for name in ("F. Irst", "S. Econd")]
    draft, barrier = submitted(author), Barrier(2)

    def press(actor):
        barrier.wait()
        try:
            return publish_draft(actor=actor, at=database_now(), draft_id=draft.pk).published_by_id
        except DraftRefused as refused:
            return str(refused)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(press, people))
    winner = people[0] if told[0] == people[0].user_id else people[1]
    assert sorted(map(str, told)) == sorted([str(winner.user_id), f"{winner.label} has published this draft already."])
    assert PolicyVersion.objects.filter(draft=draft).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_form_that_is_sent_twice_at_once_is_one_draft(author):
    key, barrier = uuid4(), Barrier(2)

    def press(_number):
        barrier.wait()
        try:
            return written(author, draft_id=key).pk
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(press, range(2))) == [key, key]
    assert PolicyDraft.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_publishes_waits_for_the_turn_before_holding_the_draft_as_who_writes_does(author, second):
    draft = submitted(author)

    def press():
        try:
            return publish_draft(actor=second, at=database_now(), draft_id=draft.pk).state
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            wait_for_publications()
            pressed = pool.submit(press)
            while not others_wait_for_locks():
                time.sleep(0.01)
            assert PolicyDraft.objects.select_for_update(nowait=True).get(pk=draft.pk) == draft
        assert pressed.result() == DraftState.PUBLISHED


def others_wait_for_locks():
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
        return cursor.fetchone()[0]
