"""A backup of an earlier release comes back whole, in the state of this release, or not at all."""

import signal

import pytest

UNDONE = """
import django; django.setup()
from pathlib import Path
from django.utils import timezone
from members.backup.restoring import restore_backup
from members.backup.signals import restored
def refuse(**_):
    raise OSError("the ledger went away")
restored.connect(refuse)
try:
    restore_backup(Path({backup!r}), at=timezone.now(), anchors=[], replace=False)
except OSError as error:
    print(error, end="")
"""
KILLED = """
import os, django; django.setup()
from pathlib import Path
from django.utils import timezone
from members.backup.restoring import restore_backup
from members.backup.signals import restored
def die(**_):
    os.kill(os.getpid(), 9)
restored.connect(die)
restore_backup(Path({backup!r}), at=timezone.now(), anchors=[], replace=False)
"""
STARTING = """
from config.start import see_that_the_keys_are_here
see_that_the_keys_are_here()
"""
BEFORE = ("correspondence", "0010_address_when_asked")


@pytest.fixture(scope="module")
def older(house, words, tmp_path_factory):  # noqa: ARG001 -- they are to be in there
    assert house.manage("migrate", *BEFORE, "-v0").returncode == 0
    return house.backup(tmp_path_factory.mktemp("older"))


def test_who_cannot_do_its_part_undoes_the_restore_of_an_older_backup_too(older, ruin):
    """Else what was erased would stay in place, committed before anybody could erase it again."""
    done = ruin.run("-c", UNDONE.format(backup=str(older)))
    assert (done.returncode, done.stdout) == (0, "the ledger went away"), done.stderr
    assert ruin.ask("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == [(0,)]
    assert not [path for path in ruin.files.rglob("*") if path.is_file()]


def test_nothing_starts_after_a_restore_that_was_killed_once_its_rows_stood(older, ruin):
    """Else people would work in a house that looks sound, with what was erased in it and its e-mail unheld."""
    done = ruin.run("-c", KILLED.format(backup=str(older)))
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert ruin.ask("SELECT count(*) FROM complaints_complaint") == [(2,)]
    done = ruin.run("-c", STARTING)
    assert (done.returncode, "was not finished. Run manage.py restore again" in done.stderr) == (3, True), done.stderr

    ruin.restore(older, "--replace")
    assert ruin.run("-c", STARTING).returncode == 0
