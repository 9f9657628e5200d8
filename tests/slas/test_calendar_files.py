"""The calendars that are shipped, and the drafts they come from."""

import shutil
import sys
import tomllib
from datetime import date
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from slas import versions
from slas.calendar import CalendarFault, read_definition
from slas.models import CalendarVersion, PolicyVersion
from slas.operations import publish_policies
from tests.slas.calendars import SLAS, published

FILES = sorted((SLAS / "calendars").glob("*.toml"))
STATES = (
    "al ak az ar ca co ct de dc fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or "
    "pa ri sc sd tn tx ut vt va wa wv wi wy"
)


def definition(path):
    return read_definition(tomllib.loads(path.read_text()), path.name)


def test_every_state_and_every_country_served_has_its_calendar():
    names = {path.stem for path in FILES}

    assert names >= {f"us-{state}" for state in STATES.split()}
    assert names >= {"us-federal", "gb-eng", "ie", "in", "au", "house"}
    assert len(STATES.split()) == 51


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_named_after_its_calendar_and_every_year_of_it_has_named_holidays(path):
    read = definition(path)

    assert read.name == path.stem
    assert all(read.holidays.values())
    assert {day.year for day in read.holidays} == set(range(read.first_on.year, read.last_on.year + 1))
    assert read.last_on >= date(2030, 12, 31)


def test_connecticut_has_more_years_and_what_was_published_of_it_is_as_it_was():
    text = (SLAS / "calendars" / "us-ct.toml").read_text()
    years_of_the_first_version = text[text.index("[weekly]") : text.index("2027-01-01 = ")]

    assert sha256(years_of_the_first_version.encode()).hexdigest().startswith("5c353235a28fcb8f")
    assert definition(SLAS / "calendars" / "us-ct.toml").version == 2


def test_holidays_that_everybody_knows_are_closed_and_observances_are_open():
    known = [
        ("us-federal", date(2026, 6, 19)),
        ("au", date(2021, 12, 27)),
        ("au", date(2021, 12, 28)),
        ("au", date(2026, 12, 28)),
        ("us-sc", date(2026, 11, 27)),
        ("us-mn", date(2026, 11, 27)),
        ("us-ma", date(2026, 4, 20)),
        ("us-tx", date(2026, 11, 27)),
        ("gb-eng", date(2026, 5, 4)),
        ("ie", date(2026, 3, 17)),
        ("in", date(2026, 1, 26)),
        ("au", date(2026, 1, 26)),
    ]
    for name, day in known:
        assert day.toordinal() not in published(name).business_ordinals, (name, day)
    for name, day in [("us-tx", date(2026, 4, 21)), ("us-ca", date(2028, 2, 15)), ("us-federal", date(2026, 11, 27))]:
        assert day.toordinal() in published(name).business_ordinals, (name, day)


def test_a_draft_is_a_calendar_file_that_reads_back(tmp_path):
    path = tmp_path / "us-tx.toml"
    call_command(
        "seed_calendar",
        "us-tx",
        years="2026-2027",
        weekly="mon-fri 08:00-12:00,13:00-17:00; sat 09:00-12:00",
        without=["San Jacinto Day"],
        output=path,
    )
    read = definition(path)

    assert (read.tz, read.first_on, read.last_on) == ("America/Chicago", date(2026, 1, 1), date(2027, 12, 31))
    assert read.weekly_words()["sat"] == [["09:00", "12:00"]]
    assert read.weekly_words()["fri"] == [["08:00", "12:00"], ["13:00", "17:00"]]
    assert date(2026, 4, 21) not in read.holidays
    assert read.holidays[date(2026, 12, 25)] == "Christmas Day"


@pytest.mark.parametrize(
    ("code", "options", "sentence"),
    [
        ("Texas", {}, "'Texas' is no code; write a country and a part of it, such as us-tx, us-federal, gb-eng or ie"),
        ("us-tx", {"years": "2031-2019"}, "'2031-2019' are no years; write the first and the last, such as 2019-2031"),
        (
            "us-tx",
            {"years": "2019-9999"},
            "the holidays package knows no holiday of us-tx in 2101; leave that year out",
        ),
        (
            "us-tx",
            {"weekly": "daily 9-5"},
            "the hours 'daily 9-5' are not understood; write for example 'mon-fri 08:00",
        ),
        ("us-tx", {"weekly": "mon 17:00-08:00"}, "--weekly: mon: 17:00 to 08:00 does not end after it begins; split"),
        ("us-tx", {"without": ["Doomsday"]}, "'Doomsday' is no holiday of us-tx in these years; take it off --without"),
        ("at", {}, "the time zone of at is not known here; give it with --tz, such as --tz Europe/Vienna"),
        ("at", {"tz": "Europe/Wien"}, "--tz: there is no time zone 'Europe/Wien'; use an IANA name such as America/"),
        ("us-zz", {"tz": "UTC"}, "the holidays package knows no us-zz; write the file by hand"),
    ],
)
def test_a_draft_that_cannot_be_made_is_refused_in_a_sentence(code, options, sentence):
    with pytest.raises(CommandError) as refused:
        call_command("seed_calendar", code, **options)

    assert str(refused.value).startswith(sentence)


def test_a_draft_goes_over_no_file_and_says_when_its_source_is_missing(monkeypatch):
    with pytest.raises(CommandError, match="exists; a published calendar changes by a new version, not by a draft"):
        call_command("seed_calendar", "us-tx", output=SLAS / "calendars" / "us-tx.toml")
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(CommandError) as refused:
        call_command("seed_calendar", "us-tx")

    assert str(refused.value) == "the holidays package is missing; install what requirements-dev.txt lists"


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SLAS / "calendars", tmp_path / "calendars")
    versions.forget()
    yield tmp_path
    versions.forget()


@pytest.mark.django_db
def test_two_files_of_one_calendar_are_refused_by_name(folder):
    shutil.copy(folder / "calendars" / "ie.toml", folder / "calendars" / "ireland.toml")
    with pytest.raises(CalendarFault) as refused:
        publish_policies(folder)

    assert str(refused.value) == "ireland.toml: ie.toml holds calendar 'ie' as well; keep one of them"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('mon = [["09:00", "17:00"]]', 'mon = [["17:00", "09:00"]]', "ie.toml: mon: 17:00 to 09:00 does not end after"),
        (
            'mon = [["09:00", "17:00"]]',
            'mon = [["09:00", "13:00"], ["12:00", "17:00"]]',
            "ie.toml: mon: two intervals overlap around 12:00",
        ),
        ('tz = "Europe/Dublin"', 'tz = "Europe/Cork"', "ie.toml: there is no time zone 'Europe/Cork'; use an IANA"),
        ('tz = "Europe/Dublin"', "tz = 5", "ie.toml: 'tz' must be a text in quotes, such as"),
        ("[2019, 2030]", "[2030, 2019]", "ie.toml: 'reviewed_years' should be the first and the last year, such as"),
        ("[2019, 2030]", "[2019]", "ie.toml: 'reviewed_years' should be the first and the last year, such as"),
        ("2026-03-17 = ", "2026-01-01 = ", "ie.toml: Cannot overwrite a value (at line"),
        ("2026-03-17 = ", "2036-03-17 = ", "ie.toml: holiday 2036-03-17 is outside the reviewed years 2019 to 2030"),
        ("2026-03-17 = ", "2026-02-30 = ", "ie.toml: holiday '2026-02-30' is no date; write YYYY-MM-DD"),
    ],
)
def test_what_is_wrong_with_a_calendar_file_is_said_with_its_place(folder, old, new, sentence):
    path = folder / "calendars" / "ie.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(CalendarFault) as refused:
        publish_policies(folder)

    assert str(refused.value).startswith(sentence)


@pytest.mark.django_db
def test_a_process_compiles_only_the_calendars_it_counts_by():
    versions.forget()
    versions.refresh()
    assert versions._shelf.compiled == {}
    row = PolicyVersion.objects.filter(pack="house").first()
    calendar = CalendarVersion.objects.get(calendar="house")
    versions.terms_of(row.pk, calendar.pk)

    assert set(versions._shelf.compiled) == {calendar.pk}
    versions.forget()


@pytest.mark.django_db
def test_publishing_all_files_anew_publishes_every_calendar_and_every_pack():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE slas_policyversion, slas_calendarversion CASCADE")
    publish_policies()

    assert set(CalendarVersion.objects.values_list("calendar", flat=True)) == {path.stem for path in FILES}
    packs = {tomllib.loads(path.read_text())["pack"] for path in (SLAS / "policy_packs").glob("*.toml")}
    assert set(PolicyVersion.objects.values_list("pack", flat=True)) == packs
    versions.forget()
