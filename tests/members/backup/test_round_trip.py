"""A backup is taken and restored: what was there is there again, and what must not happen twice does not."""

import json
import shutil

import pytest

TRAIL = {f"audit_{table}" for table in ("event", "pending", "leaf", "checkpoint", "anchored")}


@pytest.fixture(scope="module")
def again(house, backup, ruin):
    """The house as it was restored; since the backup the anchor has grown, and a complaint was erased."""
    house.backup(backup.parent / "later.backup")
    assert house.run("-c", SEAL).returncode == 0
    house.erase_what_is_due()
    shutil.copy(house.anchor, ruin.anchor)
    shutil.copy(house.ledger, ruin.ledger)
    ruin.restore(backup)
    return ruin


COUNTS = "SELECT (jsonb_each_text(counts)).* FROM retention_erasure"
NAMED = "SELECT count(*) FROM {} t WHERE strpos(t::text, '{}') > 0"
SEAL = """
import django; django.setup()
from complaints.tasks import seal_audit
seal_audit()
"""


def parts(house, file):
    return {name: (part["count"], part["sha256"]) for name, part in house.told(file)["parts"].items()}


def test_every_row_and_file_is_back_as_it_was_but_for_what_was_erased(again, house, backup):
    before, after = parts(again, backup), parts(again, again.backup(backup.parent / "again.backup"))
    changed = {name.removeprefix("table ") for name in before if before[name] != after[name]} - {"anchor", "files"}
    gone = {table: int(count) for table, count in house.ask(COUNTS)}

    assert (before["files"][0], after["files"][0]) == (2, 1)
    assert changed <= TRAIL | {"slas_outbox", "retention_erasure", "retention_fact"} | set(gone)
    for table, count in gone.items():
        assert before[f"table {table}"][0] == after[f"table {table}"][0] + count
    assert sum(count for count, _ in before.values()) > 20


def test_what_was_erased_after_the_backup_is_gone_from_rows_store_and_index(again, house):
    ledger = "SELECT complaint_id::text, counts::text FROM retention_erasure"
    [(erased, _)] = house.ask(ledger)
    assert (again.told_last["erased_again"], again.told_last["to_do"]) == (1, [])
    assert again.ask(ledger) == house.ask(ledger)
    tables = {table for table, _ in house.ask(COUNTS)}
    assert {table for table in tables if again.ask(NAMED.format(table, erased)) != [(0,)]} == set()
    assert {"complaints_complaint", "complaints_enclosure", "search_indexedtext"} <= tables
    assert len([path for path in again.files.rglob("*") if path.is_file()]) == 1


def test_the_audit_trail_is_intact_and_tells_of_backup_and_restore(again):
    done = again.manage("verify_audit", "--json")
    told = json.loads(done.stdout)

    assert (done.returncode, told["findings"], told["anchored"]) == (0, [], True)
    actions = "SELECT action, count(*) FROM audit_event WHERE action LIKE 'backup.%' GROUP BY 1 ORDER BY 1"
    assert ("backup.restored", 1) in again.ask(actions)
    assert "backup.begun" in dict(again.ask(actions))


def test_an_anchor_that_knows_more_only_grows_and_still_tells_what_is_lost(again, house):
    kept, now = house.anchor.read_bytes(), again.anchor.read_bytes()
    assert now.startswith(kept)
    assert again.told_last["anchors_continued"] == [str(again.anchor)]
    assert [path.name for path in again.folder.iterdir() if "anchor" in path.name] == ["anchor"]
    [said] = json.loads(again.manage("verify_audit", "--json").stdout)["restored"]
    assert (said["audit_restored"], said["lost"]) == (1, len(kept.splitlines()))
    assert f"checkpoints 2 to {said['lost']} of before are lost" in again.manage("verify_audit").stdout


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

    again.restore(backup, "--replace")
    assert again.told_last["files"] == 2


def test_an_anchor_that_a_house_has_goes_on_only_when_that_is_asked_for(again, backup):
    """Somebody may be trying a backup out beside the living house, whose trail would be a broken one from then on."""
    complaints, kept = "SELECT matter_id FROM complaints_complaint ORDER BY 1", again.anchor.read_bytes()
    there = again.ask(complaints)
    done = again.manage("restore", backup, "--replace")
    assert (done.returncode, "say --continue-anchor" in done.stderr) == (2, True), done.stderr
    assert again.ask(complaints) == there
    assert again.anchor.read_bytes() == kept


def test_a_second_restore_goes_on_in_the_same_anchor_and_the_trail_is_still_proven(again, backup):
    again.restore(backup, "--replace")
    told = json.loads(again.manage("verify_audit", "--json").stdout)
    assert (told["findings"], len(told["restored"])) == ([], 2 + len(again.told_last["anchors_continued"]))


def test_an_anchor_that_tells_of_another_chain_is_refused_before_anything_is_replaced(again, backup):
    complaints, kept = "SELECT matter_id FROM complaints_complaint ORDER BY 1", again.anchor.read_bytes()
    there = again.ask(complaints)
    again.anchor.write_bytes(kept.replace(b'"count":', b'"count":1', 1))
    done = again.manage("restore", backup, "--replace", "--continue-anchor")
    assert (done.returncode, "Checkpoint 1 in" in done.stderr) == (2, True), done.stderr
    assert again.ask(complaints) == there

    again.anchor.unlink()
    again.anchor.mkdir()
    done = again.manage("restore", backup, "--replace", "--continue-anchor")
    assert (done.returncode, "cannot go on: Is a directory. Mend it, or name" in done.stderr) == (2, True), done.stderr
    assert again.ask(complaints) == there
    again.anchor.rmdir()
    again.anchor.write_bytes(kept)


def test_a_backup_of_an_earlier_release_is_migrated_and_what_it_held_is_held_back(house, again, backup):
    back = house.manage("migrate", "correspondence", "0010_address_when_asked", "-v0")
    assert back.returncode == 0, back.stderr
    earlier = house.backup(backup.parent / "earlier.backup")

    again.restore(earlier, "--replace")
    told = json.loads(again.manage("verify_audit", "--json").stdout)  # its chain is one that a restore had left behind
    assert (told["findings"], again.told_last["anchors_continued"]) == ([], [str(again.anchor)])
    assert again.manage("migrate", "--check").returncode == 0
    assert again.ask("SELECT count(*) FROM complaints_complaint") == [(1,)]
    assert again.ask("SELECT fault FROM slas_outbox WHERE dead_at IS NOT NULL") == [("RestoredFromBackup",)]


def test_an_anchor_that_was_lost_begins_with_what_the_backup_holds(again, backup):
    later = again.backup(backup.parent / "with-restores.backup")
    again.anchor.unlink()
    again.restore(later, "--replace")
    assert json.loads(again.manage("verify_audit", "--json").stdout)["findings"] == []
    assert again.told_last["anchors_continued"] == []
