"""A restore wants the ledger of erasures that the backup knows, before it deletes or writes anything."""

import shutil

import pytest

COMPLAINTS = "SELECT matter_id FROM complaints_complaint"
TABLES = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"


@pytest.fixture(scope="module")
def later(house, backup, tmp_path_factory):  # noqa: ARG001 -- one from before the erasure
    """A backup whose house has erased something."""
    house.erase_what_is_due()
    return house.backup(tmp_path_factory.mktemp("later"))


def test_a_new_ledger_or_an_older_copy_is_refused_before_anything_is_written(later, ruin):
    done = ruin.manage("restore", later, "--continue-anchor")
    assert (done.returncode, "a new file or an older copy" in done.stderr) == (2, True), done.stderr
    assert "say --without-ledger" in done.stderr
    assert "--write-ledger" not in done.stderr
    assert ruin.ask(TABLES) == [(0,)]


def test_what_a_restore_brought_back_is_not_replaced_without_the_right_ledger(later, house, ruin):
    shutil.copy(house.ledger, ruin.ledger)
    ruin.restore(later)
    assert "Erasures in the ledger: 1, the last of " in ruin.told_last["to_know"][0]
    there = ruin.ask(COMPLAINTS)
    ruin.ledger.write_text("")
    done = ruin.manage("restore", later, "--replace", "--continue-anchor")
    assert (done.returncode, ruin.ask(COMPLAINTS)) == (2, there), done.stderr
    assert "a new file or an older copy" in done.stderr


def test_a_ledger_that_is_lost_for_good_is_said_to_be(later, ruin):
    ruin.ledger.write_text("")
    done = ruin.manage("restore", later, "--replace", "--continue-anchor", "--without-ledger")
    assert (done.returncode, "a new file or an older copy" in done.stdout) == (1, True), done.stderr
