"""Publication, on a copy of the files in a folder of its own."""

import shutil
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from members.identifiers import new_id
from slas import versions
from slas.calendar import CalendarFault
from slas.models import CalendarVersion, PolicyVersion
from slas.operations import PolicyMissing, publish_policies
from slas.policy import PackFault
from slas.queries import database_now
from slas.versions import in_force, terms_of
from tests.slas.calendars import SLAS, published, utc
from tests.slas.clocks import start
from tests.slas.packs import house

pytestmark = pytest.mark.django_db
MONDAY = utc(2026, 6, 1, 14)


@pytest.fixture
def folder(tmp_path, fresh_shelf):  # noqa: ARG001 -- extends it
    """Return a folder with the house's files; the shelf is read anew before and after."""
    for name in ("calendars/house.toml", "calendars/us-ct.toml", "policy_packs/house.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(SLAS / name, tmp_path / name)
    return tmp_path


def rewrite(path, *changes):
    text = path.read_text()
    for old, new in changes:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    path.write_text(text)


def pack(folder):
    return folder / "policy_packs" / "house.toml"


def tomorrow(days=1):
    return database_now().date() + timedelta(days=1 + days)


REPLY = """
[[obligation]]
obligation = "message_reply"
effective_from = {date}
title = "Answer a message"
starts_on = "message received"
met_on = "message answered"
limit = "12 hours"
clause = "House policy 6"
mark = "V"
[[obligation.threshold]]
code = 100
at = "due"
"""
REPLY_BEGINS = 'obligation = "message_reply"\neffective_from = 2019-01-01\n'


def test_a_migrated_database_has_its_policies_and_publishing_again_adds_nothing(capsys):
    assert PolicyVersion.objects.filter(pack="house").count() == len(house())
    assert {"house", "us-ct", "us-federal", "gb-eng", "ie", "in", "au"} <= set(
        CalendarVersion.objects.values_list("calendar", flat=True)
    )

    call_command("publish_policies")
    assert capsys.readouterr().out == "0 calendars and 0 obligations published\n"


def test_what_was_published_is_read_back_as_it_was_written():
    for policy in house():
        day = max(MONDAY.date(), policy.effective_from)
        noon = datetime.combine(day, time(17), UTC)
        policy_id, calendar_id = in_force("house", policy.obligation, policy.track, noon)
        assert terms_of(policy_id, calendar_id).policy == policy
        stored, compiled = terms_of(policy_id, calendar_id).calendar, published("house")
        assert stored.definition == compiled.definition
        assert (stored.opens, stored.closes, stored.day_ends) == (compiled.opens, compiled.closes, compiled.day_ends)


def test_equal_content_has_an_equal_id_in_every_database(folder):
    before = set(PolicyVersion.objects.filter(pack="house").values_list("id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE slas_policyversion, slas_calendarversion CASCADE")

    assert publish_policies(folder).policies == len(house())
    assert set(PolicyVersion.objects.values_list("id", flat=True)) == before


def test_a_changed_obligation_counts_from_its_date_on_and_leaves_running_clocks_alone(folder):
    clock = start("message_reply", MONDAY)
    rewrite(pack(folder), (REPLY_BEGINS, f"{REPLY_BEGINS}effective_to = {tomorrow()}\n"))
    with pack(folder).open("a") as file:
        file.write(REPLY.format(date=tomorrow()))

    assert publish_policies(folder).policies == 1
    today = in_force("house", "message_reply", "", database_now())[0]
    then = in_force("house", "message_reply", "", database_now() + timedelta(days=3))[0]
    assert today == clock.policy_id != then
    assert PolicyVersion.objects.get(pk=today).effective_to == tomorrow()
    assert PolicyVersion.objects.get(pk=then).budget == 12 * 3600
    assert publish_policies(folder).policies == 0


def test_a_new_database_takes_the_whole_history_of_a_pack(folder):
    rewrite(pack(folder), (REPLY_BEGINS, f"{REPLY_BEGINS}effective_to = 2025-01-01\n"))
    with pack(folder).open("a") as file:
        file.write(REPLY.format(date="2025-01-01"))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE slas_policyversion, slas_calendarversion CASCADE")

    assert publish_policies(folder).policies == len(house()) + 1
    hours = [start("message_reply", utc(year, 6, 1)).due_at.hour for year in (2024, 2025)]
    assert hours == [0, 12]


def test_a_change_whose_day_has_passed_counts_from_tomorrow_on(folder, caplog):
    """An upgrade may come long after the day that a shipped file names; what has begun stays as it is."""
    clock = start("message_reply", MONDAY)
    rewrite(pack(folder), (REPLY_BEGINS, f"{REPLY_BEGINS}effective_to = 2024-01-01\n"))
    with pack(folder).open("a") as file:
        file.write(REPLY.format(date="2024-01-01\neffective_to = 2025-01-01").replace("12 hours", "6 hours"))
        file.write(REPLY.format(date="2025-01-01"))

    assert publish_policies(folder).policies == 1
    assert "message_reply counts from" in caplog.text
    old, new = PolicyVersion.objects.filter(obligation="message_reply").order_by("effective_from")
    assert old.pk == clock.policy_id == in_force("house", "message_reply", "", database_now())[0]
    assert old.effective_to == new.effective_from > date(2025, 1, 1)
    assert (new.budget, new.effective_to) == (12 * 3600, None)
    assert publish_policies(folder).policies == 0


def test_a_calendar_whose_day_has_passed_counts_from_tomorrow_on(folder):
    path = folder / "calendars" / "house.toml"
    rewrite(path, ("version = 1\neffective_from = 2019-01-01", "version = 2\neffective_from = 2026-01-01"))
    assert publish_policies(folder).calendars == 1
    old, new = CalendarVersion.objects.filter(calendar="house").order_by("version")
    assert new.effective_from > database_now().date() - timedelta(days=1)
    assert in_force("house", "resolve", "standard", database_now())[1] == old.pk
    assert publish_policies(folder).calendars == 0


def ship(folder, *versions):
    """Write the answer to a message as a pack of its own, in versions of so many hours: (hours, from), in order."""
    blocks = []
    for number, (hours, since) in enumerate(versions):
        until = f"\neffective_to = {versions[number + 1][1]}" if number + 1 < len(versions) else ""
        blocks.append(REPLY.format(date=f"{since}{until}").replace("12 hours", f"{hours} hours"))
    (folder / "policy_packs" / "own.toml").write_text('pack = "own"\ncalendar = "house"\n' + "".join(blocks))
    return publish_policies(folder).policies


def own(*, calendar=False):
    """Return what is published of that pack, or of the calendar: hours or number, from, to; days counted from today."""
    today = database_now().astimezone(ZoneInfo("America/New_York")).date()
    if calendar:
        rows = CalendarVersion.objects.filter(calendar="house").order_by("version")
        return [(row.version, (row.effective_from - today).days) for row in rows if row.version > 1]
    rows = PolicyVersion.objects.filter(pack="own").order_by("effective_from")
    return [
        (row.budget // 3600, (row.effective_from - today).days, row.effective_to and (row.effective_to - today).days)
        for row in rows
        if row.effective_to is None or row.effective_to > today
    ]


def test_upgrade_after_upgrade_each_late_or_early_follows_the_one_before(folder):
    today = date.fromisoformat(f"{database_now().astimezone(ZoneInfo('America/New_York')):%Y-%m-%d}")
    v1, v2, v3 = (10, "2019-01-01"), (20, today - timedelta(days=50)), (30, today - timedelta(days=5))
    v4 = (40, today + timedelta(days=90))
    assert ship(folder, v1) == 1
    assert ship(folder, v1, v2) == 1
    assert own() == [(10, (date(2019, 1, 1) - today).days, 1), (20, 1, None)]
    assert ship(folder, v1, v2) == 0
    assert ship(folder, v1, v2, v3) == 1  # the second upgrade of one day: what came first counts for a day
    assert own()[1:] == [(20, 1, 2), (30, 2, None)]
    assert ship(folder, v1, v2, v3, v4) == 1
    assert own()[1:] == [(20, 1, 2), (30, 2, 90), (40, 90, None)]
    assert ship(folder, v1, v2, v3, v4) == 0


def test_of_several_versions_that_one_upgrade_brings_late_the_last_one_counts(folder):
    ship(folder, v1 := (10, "2019-01-01"))
    assert ship(folder, v1, (20, "2024-01-01"), (30, "2025-01-01"), (40, "2025-06-01")) == 1
    assert [(hours, since) for hours, since, _ in own()[1:]] == [(40, 1)]


def test_another_content_for_a_published_date_follows_it_from_tomorrow_on(folder, caplog):
    ship(folder, (10, "2019-01-01"))
    for hours, days in ((20, 1), (30, 2)):
        assert ship(folder, (hours, "2019-01-01")) == 1
        assert own()[-1] == (hours, days, None)
        day = PolicyVersion.objects.filter(pack="own").latest("effective_from").effective_from
        assert f"message_reply counts from {day}, not from 2019-01-01" in caplog.text
        assert ship(folder, (hours, "2019-01-01")) == 0
    assert start("message_reply", MONDAY, pack="own").due_at == MONDAY + timedelta(hours=10)


def test_what_was_published_before_is_not_taken_back_and_the_log_says_so(folder, caplog):
    """So an older release, started on the database of a newer one, changes nothing."""
    ship(folder, (10, "2019-01-01"))
    ship(folder, (20, "2019-01-01"))
    assert ship(folder, (10, "2019-01-01")) == 0
    assert own()[-1][0] == 20
    assert "pack own: message_reply from 2019-01-01 is left out: it was published before" in caplog.text
    assert ship(folder, (10, "2019-01-02")) == 1


def test_an_obligation_that_its_file_ends_late_ends_tomorrow(folder):
    ship(folder, (10, "2019-01-01"))
    text = REPLY.format(date="2019-01-01\neffective_to = 2024-01-01").replace("12 hours", "10 hours")
    (folder / "policy_packs" / "own.toml").write_text(f'pack = "own"\ncalendar = "house"\n{text}')
    assert publish_policies(folder).policies == 0
    assert [row[2] for row in own()] == [1]


def test_calendars_follow_each_other_upgrade_after_upgrade(folder):
    path = folder / "calendars" / "house.toml"
    shipped = path.read_text()
    for version, since, expected in (
        (2, "2026-01-01", [(2, 1)]),
        (3, "2026-06-01", [(2, 1), (3, 2)]),
        (3, "2026-06-02", [(2, 1), (3, 2), (4, 3)]),  # another content for a number that is taken
        (4, "2026-06-03", [(2, 1), (3, 2), (4, 3), (5, 4)]),
    ):
        head = f"version = {version}\neffective_from = {since}"
        path.write_text(shipped.replace("version = 1\neffective_from = 2019-01-01", head))
        assert publish_policies(folder).calendars == 1
        assert own(calendar=True) == expected
        assert publish_policies(folder).calendars == 0


def test_a_first_version_may_take_effect_in_the_past_and_is_found_at_once(folder):
    with pytest.raises(PolicyMissing):
        in_force("house", "call_back", "", MONDAY)
    with pack(folder).open("a") as file:
        file.write(REPLY.replace("message_reply", "call_back").format(date="2020-01-01"))
    publish_policies(folder)

    assert start("call_back", MONDAY).due_at == MONDAY + timedelta(hours=12)


def test_a_pack_with_a_wrong_example_publishes_nothing_at_all(folder):
    with pack(folder).open("a") as file:
        file.write(REPLY.replace("message_reply", "call_back").format(date="2020-01-01"))
        file.write(REPLY.replace("message_reply", "write_back").format(date="2020-01-01"))
        file.write(
            "[[obligation.example]]\nstarted_at = 2026-06-01T10:00:00-04:00\ndue_at = 2026-06-02T10:00:00-04:00\n"
        )
    with pytest.raises(
        PackFault, match=r"write_back .* says it is due 2026-06-02 .* but the rule gives 2026-06-01 22:00"
    ):
        publish_policies(folder)

    assert not PolicyVersion.objects.filter(obligation="call_back").exists()


def test_a_file_that_is_no_toml_is_named_with_the_line(folder):
    pack(folder).write_text('pack = "house"\ncalendar = house\n')
    with pytest.raises(PackFault, match=r"^house\.toml: Invalid value \(at line 2, column 12\); correct it there$"):
        publish_policies(folder)
    (folder / "calendars" / "house.toml").write_text("[weekly\n")
    with pytest.raises(CalendarFault, match=r"^house\.toml: .* \(at line 1, column 8\); correct it there$"):
        publish_policies(folder)


def test_a_calendar_that_has_no_file_is_refused(folder):
    rewrite(pack(folder), ('\ncalendar = "house"', '\ncalendar = "moon"'))
    with pytest.raises(PackFault, match="counts by calendar 'moon', which has no file"):
        publish_policies(folder)


def test_a_changed_calendar_counts_from_its_date_on(folder):
    path = folder / "calendars" / "house.toml"
    rewrite(path, ('2026-12-25 = "Christmas Day"', '2026-12-24 = "Bridge"\n2026-12-25 = "Christmas Day"'))
    rewrite(path, ("version = 1\neffective_from = 2019-01-01", f"version = 2\neffective_from = {tomorrow()}"))
    assert publish_policies(folder).calendars == 1
    old, new = (
        in_force("house", "resolve", "standard", at)[1] for at in (database_now(), database_now() + timedelta(days=3))
    )
    assert (
        date(2026, 12, 24)
        in terms_of(in_force("house", "resolve", "standard", MONDAY)[0], new).calendar.definition.holidays
    )
    assert CalendarVersion.objects.get(pk=old).version == 1


def test_the_command_refuses_in_one_sentence(folder, monkeypatch):
    monkeypatch.setattr("slas.management.commands.publish_policies.publish_policies", lambda: publish_policies(folder))
    rewrite(pack(folder), ('title = "Answer a message"', 'title = ""'))
    with pytest.raises(CommandError, match=r"obligation 11 \(message_reply\): 'title' is missing or empty; add it"):
        call_command("publish_policies")


def test_the_database_keeps_versions_apart_and_unchanged():
    row = PolicyVersion.objects.get(obligation="capa_plan")
    for change in ({"budget": 60}, {"clause": "mine"}):
        with pytest.raises(Exception, match="slas_policyversion never changes"), transaction.atomic():
            PolicyVersion.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(Exception, match="slas_policyversion never changes"), transaction.atomic():
        row.delete()
    with pytest.raises(Exception, match="slas_calendarversion never changes"), transaction.atomic():
        CalendarVersion.objects.update(tz="UTC")

    row.id, row.effective_from = new_id(), date(2020, 1, 1)
    with pytest.raises(IntegrityError, match="slas_policy_in_force_once"), transaction.atomic():
        row.save(force_insert=True)


def test_a_version_that_has_ended_stays_ended():
    row = PolicyVersion.objects.filter(obligation="capa_plan")
    row.update(effective_to=date(2030, 1, 1))
    with pytest.raises(Exception, match="slas_policyversion never changes"), transaction.atomic():
        row.update(effective_to=date(2031, 1, 1))


def test_the_shelf_is_read_once_a_day_and_never_for_each_clock(django_assert_num_queries):
    versions.forget()
    with django_assert_num_queries(3):
        first = in_force("house", "resolve", "standard", MONDAY)
    with django_assert_num_queries(0):
        assert in_force("house", "resolve", "standard", MONDAY) == first
        assert in_force("house", "resolve", "standard", utc(2020, 11, 1)) == first
        terms_of(*first)
