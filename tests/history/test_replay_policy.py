"""Replaying imported complaints: what is in force gives what is stored, a draft gives its late list."""

import csv
import io
import json
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from complaints.models import Complaint
from slas.models import Clock, ClockState
from tests.history.records import line, lines
from tests.shared_data import COMPLAINTS, needs_complaints
from tests.slas.calendars import SLAS
from tests.slas.drafts import house_text, ten_days

pytestmark = pytest.mark.django_db
CALENDAR = SLAS / "calendars" / "house.toml"


@pytest.fixture
def replay(capsys):
    """Return a function that runs the command and returns exit status, standard output and standard error."""

    def run(*arguments):
        try:
            call_command("replay_policy", *map(str, arguments), skip_checks=True)
        except SystemExit as stop:
            return (int(stop.code or 0), *capsys.readouterr())
        return (0, *capsys.readouterr())

    return run


@pytest.fixture
def ten(tmp_path):
    """Return the file of a draft with ten business days."""
    path = tmp_path / "ten.toml"
    path.write_text(ten_days())
    return path


def told(answer):
    status, out, _err = answer
    assert status == 0
    return json.loads(out)


def verdicts(state):
    return Clock.objects.filter(kind="resolve", state=state).count()


def test_what_is_in_force_reproduces_every_clock(imported, replay):
    imported(lines(range(1, 31)))
    status, out, err = replay()
    assert (status, err) == (0, "60 of 60 clocks are reproduced (100 %).\n")
    assert out.startswith("60 clocks, 0 with another due date\n")


def test_the_pack_as_it_is_published_changes_nothing_and_proves_the_same(imported, replay):
    imported(lines(range(1, 11)))
    status, _out, err = replay("--pack", SLAS / "policy_packs" / "house.toml")
    assert status == 0
    assert err.splitlines() == [
        "house.toml: nothing in it differs from what is published.",
        "20 of 20 clocks are reproduced (100 %).",
    ]


def test_a_clock_that_is_not_what_its_events_make_it_is_shown_and_ends_with_status_1(imported, replay):
    imported(lines(range(1, 11)))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE slas_clock SET due_at = due_at + interval '1 day' WHERE id = "
            "(SELECT id FROM slas_clock WHERE kind = 'resolve' AND state = %s LIMIT 1)",
            [ClockState.MET],
        )
    status, _out, err = replay()
    assert status == 1
    assert "19 of 20 clocks are reproduced (95 %)." in err
    assert re.search(r"house: resolve \(standard\) of complaint \S+: stored \S+ in time, replayed \S+ in time", err)


def test_a_draft_with_ten_business_days_gives_its_late_list(imported, replay, ten, tmp_path):
    in_time_then = line(1, opened="2023-01-03", closed="2023-01-25")  # the fifteenth business day
    late_then = line(2, opened="2023-01-03", closed="2023-03-01")
    in_time_still = line(3, opened="2023-01-03", closed="2023-01-18")  # the tenth: a holiday lies between
    imported(in_time_then + late_then + in_time_still)
    path = tmp_path / "late.csv"
    figures = told(replay("--pack", ten, "--json", "--csv", path))
    assert {name: figures[name] for name in ("clocks", "late_before", "late_after", "newly_late", "moved")} == {
        "clocks": 3,
        "late_before": 1,
        "late_after": 2,
        "newly_late": 1,
        "moved": 3,
    }
    assert figures["by_week"] == [
        {"week": "2023-01-16", "due_before": 0, "due_after": 3},
        {"week": "2023-01-23", "due_before": 3, "due_after": 0},
    ]
    references = dict(Complaint.objects.unscoped("a test").values_list("closed_at__date", "reference"))
    found = {row["reference"]: (row["then"], row["by draft"]) for row in csv.DictReader(io.StringIO(path.read_text()))}
    assert {str(day): found.get(reference) for day, reference in references.items()} == {
        "2023-01-25": ("in time", "late"),
        "2023-03-01": ("late", "late"),
        "2023-01-18": None,
    }


def test_a_draft_whose_examples_fail_is_replayed_and_the_failure_is_said_with_file_and_line(imported, replay, tmp_path):
    imported(line())
    path = tmp_path / "half.toml"
    path.write_text(ten_days(examples=False))
    status, out, err = replay("--pack", path)
    assert (status, out.splitlines()[0]) == (0, "1 clocks, 1 with another due date")
    assert err.startswith("Before it can be published: half.toml, line ")
    assert "pack house: resolve (standard) from" in err


def test_a_drafted_calendar_moves_what_counts_by_it(imported, replay, tmp_path):
    imported(line(opened="2023-01-03", closed="2023-01-25"))
    path = tmp_path / "bridge.toml"
    path.write_text(CALENDAR.read_text().replace("[holidays]\n", '[holidays]\n2023-01-10 = "Bridge"\n'))
    figures = told(replay("--calendar", path, "--obligation", "resolve", "--json"))
    assert (figures["clocks"], figures["shift_days"]) == (1, {"1": 1})


def test_period_obligation_and_track_narrow_what_is_looked_at(imported, replay):
    imported(line(1, opened="2023-01-03", closed="2023-01-25") + line(2, opened="2023-02-03", closed="2023-02-25"))
    counts = [
        told(replay("--json", *narrower))["clocks"]
        for narrower in (
            (),
            ("--since", "2023-01-04"),
            ("--until", "2023-01-03"),
            ("--since", "2023-01-03", "--until", "2023-02-03"),
            ("--obligation", "resolve"),
            ("--obligation", "resolve", "--track", "complex"),
            ("--of-pack", "medicaid"),
        )
    ]
    assert counts == [4, 2, 2, 4, 2, 0, 0]


@pytest.mark.parametrize(
    ("option", "text", "refusal"),
    [
        (
            "--pack",
            'pack = "house"\ncalendar = house\n',
            r"^draft\.toml: Invalid value \(at line 2, column 12\); correct",
        ),
        (
            "--pack",
            house_text().replace("72 hours", "72 ours", 1),
            r"^draft\.toml, line \d+: obligation \d+ \(resolve\): ",
        ),
        (
            "--pack",
            house_text().replace('"house"\n\n', '"moon"\n\n', 1),
            "counts by calendar 'moon', which is not published",
        ),
        (
            "--calendar",
            CALENDAR.read_text().replace("17:00", "07:00", 1),
            r"^draft\.toml, line 10: mon: 08:00 to 07:00 does",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_name_line_and_cure(replay, tmp_path, option, text, refusal):
    path = tmp_path / "draft.toml"
    path.write_text(text)
    with pytest.raises(CommandError, match=refusal) as refused:
        replay(option, path)
    assert refused.value.returncode == 2


def test_files_and_days_that_are_none_are_refused(replay, tmp_path):
    with pytest.raises(CommandError, match=r"none\.toml cannot be opened: No such file"):
        replay("--pack", tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CommandError, match=r"is not UTF-8; save it so"):
        replay("--pack", tmp_path / "latin.toml")
    with pytest.raises(CommandError, match=r"cannot be written: No such file"):
        replay("--csv", tmp_path / "no" / "folder.csv")
    with pytest.raises(CommandError, match="'soon' is no date; write it as 2026-01-31"):
        replay("--since", "soon")


def test_nothing_is_written_and_an_empty_house_is_reproduced(replay, ten):
    assert replay("--quiet")[::2] == (0, "0 of 0 clocks are reproduced (100 %).\n")
    assert replay("--pack", ten)[0] == 0


@needs_complaints
def test_the_complaints_of_connecticut_are_reproduced_and_ten_days_give_their_list(replay, ten, tmp_path):
    call_command("import_complaints", str(COMPLAINTS), "--source", "connecticut", "--quiet", skip_checks=True)
    status, _out, err = replay()
    assert (status, err.splitlines()[-1]) == (0, "8,108 of 8,108 clocks are reproduced (100 %).")
    path = tmp_path / "late.csv"
    figures = told(replay("--pack", ten, "--json", "--csv", path))
    assert figures["late_before"] == verdicts(ClockState.MISSED)
    assert (figures["clocks"], figures["late_after"] - figures["late_before"]) == (4054, figures["newly_late"])
    assert len(path.read_text().splitlines()) == 1 + figures["late_after"]
