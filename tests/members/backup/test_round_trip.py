"""A backup is taken and restored: what was there is there again, and what must not happen twice does not."""

import json
import shutil

import pytest

TRAIL = {f"audit_{table}" for table in ("event", "pending", "leaf", "checkpoint", "anchored")}


@pytest.fixture(scope="module")
def again(house, backup, ruin):
    """The house as it was restored; the anchor has grown since the backup."""
    house.backup(backup.parent / "later.backup")
    assert house.run("-c", SEAL).returncode == 0
    shutil.copy(house.anchor, ruin.anchor)
    done = ruin.manage("restore", backup)
    assert done.returncode == 0, done.stderr + done.stdout
    return ruin


SEAL = """
import django; django.setup()
from complaints.tasks import seal_audit
seal_audit()
"""


def parts(house, file):
    return {name: (part["count"], part["sha256"]) for name, part in house.told(file)["parts"].items()}


def test_every_row_and_file_is_back_as_it_was(again, backup):
    before, after = parts(again, backup), parts(again, again.backup(backup.parent / "again.backup"))
    changed = {name.removeprefix("table ") for name in before if before[name] != after[name]} - {"anchor"}

    assert before["files"][0] == 1
    assert changed <= TRAIL | {"slas_outbox"}
    assert sum(count for count, _ in before.values()) > 20


def test_the_audit_trail_is_intact_and_tells_of_backup_and_restore(again):
    done = again.manage("verify_audit", "--json")
    told = json.loads(done.stdout)

    assert (done.returncode, told["findings"], told["anchored"]) == (0, [], True)
    actions = "SELECT action, count(*) FROM audit_event WHERE action LIKE 'backup.%' GROUP BY 1 ORDER BY 1"
    assert ("backup.restored", 1) in again.ask(actions)
    assert "backup.begun" in dict(again.ask(actions))


def test_an_anchor_that_knows_more_is_kept_aside(again, house):
    [aside] = again.folder.glob("anchor.before-*")
    assert aside.read_bytes() == house.anchor.read_bytes()
    assert again.anchor.read_bytes().splitlines()[0] == aside.read_bytes().splitlines()[0]


def test_all_sessions_have_ended(again, house):
    assert house.ask("SELECT count(*) FROM accounts_session") != [(0,)]
    assert again.ask("SELECT count(*) FROM accounts_session") == [(0,)]


def test_email_that_was_waiting_is_held_back_and_not_sent_twice(again, house):
    waiting = "SELECT count(*) FROM slas_outbox WHERE topic = 'correspondence.send' AND settled_at IS NULL"
    assert house.ask(f"{waiting} AND dead_at IS NULL") == [(1,)]
    assert again.ask(f"{waiting} AND dead_at IS NULL") == [(0,)]
    assert again.ask("SELECT fault FROM slas_outbox WHERE dead_at IS NOT NULL") == [("RestoredFromBackup",)]


def test_triggers_are_awake_again(again):
    assert again.ask("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'") == [(0,)]


def test_what_is_not_empty_is_refused_and_emptied_when_that_is_asked_for(again, backup):
    refused = again.manage("restore", backup)
    assert (refused.returncode, "say --replace" in refused.stderr) == (2, True)

    done = again.manage("restore", backup, "--replace", "--json")
    assert (done.returncode, json.loads(done.stdout)["files"]) == (0, 1), done.stderr


def test_a_backup_of_an_earlier_release_is_migrated_and_what_it_held_is_held_back(house, again, backup):
    back = house.manage("migrate", "correspondence", "0010_address_when_asked", "-v0")
    assert back.returncode == 0, back.stderr
    earlier = house.backup(backup.parent / "earlier.backup")

    done = again.manage("restore", earlier, "--replace")
    assert done.returncode == 0, done.stderr
    assert again.manage("migrate", "--check").returncode == 0
    assert again.ask("SELECT count(*) FROM complaints_complaint") == [(1,)]
    assert again.ask("SELECT fault FROM slas_outbox WHERE dead_at IS NOT NULL") == [("RestoredFromBackup",)]
