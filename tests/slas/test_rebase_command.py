"""manage.py rebase_clocks, as an operator uses it."""

import csv
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from slas.calendar import WEEKDAYS
from slas.models import Clock
from slas.operations import pause_clock
from slas.queries import database_now
from tests.slas.clocks import acting, fresh, start
from tests.slas.corrections import correct

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    """Return a clock that runs at the time of the database, which the command goes by."""
    return start("resolve", database_now(), track="standard")


def test_open_clocks_go_over_and_are_listed(clock, tmp_path, capsys):
    overdue = start("message_reply", database_now() - timedelta(days=3))
    corrected = correct("house", closed=[(clock.due_at - timedelta(hours=1)).date()])
    call_command("rebase_clocks", calendar="house", reason="Bridge day", file=str(tmp_path / "moved.csv"))

    moved = fresh(clock)
    assert moved.calendar_id == corrected.pk
    assert moved.due_at > clock.due_at
    with (tmp_path / "moved.csv").open() as file:
        lines = {line["kind"]: line for line in csv.DictReader(file)}
    assert (lines["resolve"]["fate"], lines["message_reply"]["fate"]) == ("rebased", "overdue")
    assert lines["resolve"]["due_at"] == moved.due_at.isoformat().replace("+00:00", "Z")
    assert fresh(overdue).rev == 1
    assert capsys.readouterr().err == (
        "house v2: 1 open clocks went over, 1 are overdue and keep their dates, 0 refused, "
        "0 have ended and keep their verdicts.\n"
    )


def test_a_dry_run_tells_it_and_changes_nothing(clock, capsys):
    correct("house")
    call_command("rebase_clocks", calendar="house", dry_run=True, file="-")

    found = capsys.readouterr()
    assert found.out.splitlines()[0] == "matter_id,clock_id,kind,fate,was_due_at,due_at,why"
    assert found.out.splitlines()[1].startswith(f"{clock.matter_id},{clock.id},resolve,rebased,")
    assert found.err.startswith("house v2: 1 open clocks would go over")
    assert fresh(clock).rev == 1


def test_a_refused_clock_makes_the_exit_status_1(clock):
    with acting(at := clock.due_at - timedelta(minutes=1)) as this:
        pause_clock(this=this, matter_id=clock.matter_id, kind="resolve", at=at, reason="waiting_for_member")
    correct("house", weekly={day: [["08:00", "17:00"]] for day in WEEKDAYS})  # weekends count: it was due before
    with pytest.raises(SystemExit) as status:
        call_command("rebase_clocks", calendar="house")

    assert status.value.code == 1
    assert Clock.objects.get(pk=clock.pk).rev == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"calendar": "moon"}, "there is no calendar 'moon'; there are au, gb-eng, house, ie, in, us-ak"),
        ({"calendar": "house", "to": 7}, "calendar 'house' has no version 7; it has 1"),
        ({"calendar": "house", "reason": "x" * 81}, "the reason has 81 characters; 80 are the most"),
        ({"calendar": "house", "file": "/nowhere/at/all.csv"}, "/nowhere/at/all.csv cannot be written: No such file"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence_with_status_2(options, sentence):
    with pytest.raises(CommandError) as refused:
        call_command("rebase_clocks", **options)

    assert str(refused.value).startswith(sentence)
    assert refused.value.returncode == 2
