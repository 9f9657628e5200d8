"""Checklist 19: a key is rotated from the first step to the last while people read, write and send files, and a backup
is taken: nobody notices, and the backup opens.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from config.stack.layout import ROOT
from tests.browser.houses import empty_house, files_that_open
from tests.browser.load import Load, file_complaint, people_at_work
from tests.browser.stack import RunningStack
from tests.browser.visitor import Visitor

AFTERWARDS = 3  # s for which the load goes on when the old key is gone
READ_LATE = "retention_fact"
"""A table that a backup reads after those that are sealed, and the people here never."""

WAITING = "SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted"


@dataclass
class Rotated:
    """What a rotation left: the two keys, copies of the ring, and a backup from its middle and one from its end."""

    old: int
    new: int
    load: Load
    ring_of_before: Path
    """With both keys, as it is backed up before one is destroyed."""
    amid: Path
    at_the_end: Path


@pytest.fixture(scope="module")
def rotated(stack, tmp_path_factory) -> Rotated:
    """The key was rotated while people were at work."""
    folder = tmp_path_factory.mktemp("rotation")
    both, amid, late = folder / "ring-of-both", folder / "amid.backup", folder / "late.backup"
    (old,) = keys_of(stack)
    with people_at_work(stack) as load:
        until(lambda: load.filed >= 3)
        stack.manage("keys", "add")
        (new,) = keys_of(stack) - {old}
        stack.manage("keys", "promote", str(new))
        with a_backup_that_lasts(stack, amid):
            stack.manage("keys", "reencrypt")
        stack.manage("backup", str(late))
        shutil.copy2(stack.environment["REDRESS_KEYRING_FILE"], both)
        stack.manage("keys", "destroy", str(old))
        time.sleep(AFTERWARDS)
    return Rotated(old, new, load, both, amid, late)


def test_a_rotation_under_load_leaves_no_row_on_the_old_key_and_fails_no_request(stack, rotated):
    told, load = status_of(stack), rotated.load
    assert (told["ring"], told["primary"], told["faults"]) == ([rotated.new], rotated.new, [])
    assert told["values"].keys() == {str(rotated.new)}
    assert told["values"][str(rotated.new)] > 1_000
    assert load.failed() == {}
    assert (load.filed >= 5, load.sent >= load.filed) == (True, True)
    assert all(load.answers[page, 200] >= 10 for page in ("queue", "case", "own list"))


def test_after_it_every_file_that_was_sent_meanwhile_opens(stack, rotated):
    opened, there = files_that_open(stack)
    assert opened == there >= rotated.load.sent


def test_a_backup_from_its_end_comes_back_whole_with_the_ring_of_after(stack, rotated, tmp_path):
    whole = json.loads(stack.manage("backup", "--verify", str(rotated.at_the_end), "--json"))
    assert whole["keys"].keys() == {"0", str(rotated.new)}
    with empty_house(stack, tmp_path, ring=Path(stack.environment["REDRESS_KEYRING_FILE"])) as house:
        back = json.loads(house.manage("restore", str(rotated.at_the_end), "--json"))
        assert back["findings"] == []
        assert status_of(house)["values"].keys() == {str(rotated.new)}
        opened, there = files_that_open(house)
        assert opened == there > 0
        house.manage("check", "--database", "default")


def test_a_backup_from_its_middle_names_the_key_that_it_needs_and_comes_back_with_it(stack, rotated, tmp_path):
    refused = stack.try_to("backup", "--verify", str(rotated.amid))
    assert (refused.returncode, f"ey {rotated.old} " in refused.stderr) == (2, True), refused.stderr

    with empty_house(stack, tmp_path, ring=rotated.ring_of_before) as house:
        back = json.loads(house.manage("restore", str(rotated.amid), "--json"))
        assert back["findings"] == []
        assert all(count > 0 for count in status_of(house)["values"].values())
        opened, there = files_that_open(house)
        assert opened == there > 0
        house.manage("check", "--database", "default")
        house.manage("keys", "reencrypt")
        assert status_of(house)["values"][str(rotated.old)] == 0


def test_after_it_the_worker_still_confirms_complaints_by_e_mail(stack, rotated):  # noqa: ARG001 -- it is after that
    """The worker has never been restarted; it opens the address under the new key."""
    with Visitor(stack.url) as visitor:
        file_complaint(visitor, Load(), email="after.rotation@example.org")
    assert stack.wait_for_mail("after.rotation@example.org")["subject"]


@contextmanager
def a_backup_that_lasts(stack: RunningStack, place: Path) -> Iterator[None]:
    """Take a backup whose snapshot is there before the block, and which reads on until after it."""
    with psycopg.connect(stack.environment["DATABASE_URL"]) as holding:
        holding.execute(f"LOCK TABLE {READ_LATE}")
        backup = subprocess.Popen(  # noqa: S603 -- our own
            [sys.executable, "manage.py", "backup", str(place)], cwd=ROOT, env=stack.environment
        )
        until(lambda: backup.poll() is not None or holding.execute(WAITING, [READ_LATE]).fetchone() == (1,))
        yield
        assert backup.poll() is None
    assert backup.wait(60) == 0


def until(is_so: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < give_up_at
        time.sleep(0.05)


def keys_of(stack: RunningStack) -> set[int]:
    ring = json.loads(Path(stack.environment["REDRESS_KEYRING_FILE"]).read_text())
    return {int(number) for number in ring["keys"]}


def status_of(stack: RunningStack) -> dict:
    return json.loads(stack.try_to("keys", "status", "--json").stdout)
