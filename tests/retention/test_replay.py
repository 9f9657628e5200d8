"""Checklist 38: after a restore of an older backup, what was erased since is erased again."""

import json
from uuid import UUID

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import connection, transaction

from complaints.models import Complaint
from complaints.retention.enums import LeftBecause
from complaints.retention.health import ledger_troubles
from complaints.retention.holds import place_hold, release_hold
from complaints.retention.known import Known
from complaints.retention.ledger import LedgerFile, LedgerUnusable
from complaints.retention.ledger_lines import MARK, line_of, read_line
from complaints.retention.models import Erasure, ErasureList, Fact, ListedComplaint
from complaints.retention.replay import replay_erasures
from complaints.retention.work import erase_listed
from members.audit.models import Event
from members.backup.refusals import BackupRefused
from members.backup.signals import restored, restoring
from members.privacy.blind_index import blind_index
from slas.queries import database_now
from tests.complaints import stages
from tests.retention.old import confirmed, over

pytestmark = pytest.mark.usefixtures("policies")


def erased_and_restored(officer, second):
    """Erase what is due, then let the database be as it was before, but for the file of the ledger."""
    with transaction.atomic():
        confirmed(officer, second)
        erase_listed(at=database_now())
        assert Complaint.objects.unscoped("test").count() == 0
        transaction.set_rollback(True)


def test_a_restore_replays_the_erasure_ledger(agent, officer, second, ledger):
    row = over(agent)
    erased_and_restored(officer, second)
    assert (Complaint.objects.unscoped("test").count(), Erasure.objects.count()) == (1, 0)
    later = over(agent)
    done = replay_erasures(database_now())
    assert (done.erased, done.noted, done.left) == (1, 0, {})
    assert Complaint.objects.unscoped("test").get().pk == later.pk
    entry = Erasure.objects.get()
    assert line_of(entry, after=None) == ledger.read_text().rstrip("\n")
    assert (entry.complaint_id, entry.asked_by, entry.confirmed_by) == (row.pk, officer.user_id, second.user_id)
    assert Event.objects.filter(action="complaint.erased_again", matter_id=row.pk).count() == 1
    assert Fact.objects.count() == 1
    again = replay_erasures(database_now())
    assert (again.erased, again.noted, again.left, Fact.objects.count()) == (0, 0, {}, 1)


def test_a_line_whose_complaint_the_backup_never_had_is_taken_into_the_ledger(agent, officer, second):
    row = over(agent)
    confirmed(officer, second)
    erase_listed(at=database_now())
    with connection.cursor() as cursor:  # as a backup without the ledger's table would leave it
        cursor.execute("ALTER TABLE retention_erasure DISABLE TRIGGER USER; DELETE FROM retention_erasure")
        cursor.execute("ALTER TABLE retention_erasure ENABLE TRIGGER USER")
    assert replay_erasures(database_now()).noted == 1
    assert Erasure.objects.get().complaint_id == row.pk


def test_what_the_restored_database_holds_stays_until_it_is_released_again(agent, officer, second, capsys):
    row = over(agent)
    erased_and_restored(officer, second)
    told = {"actor": officer, "at": database_now()}
    hold = place_hold(**told, complaint_id=row.pk, of_member=False, reason="A lawsuit.")
    assert replay_erasures(database_now()).left == {row.pk: LeftBecause.HELD}
    with pytest.raises(SystemExit, match="1"):
        call_command("retention", replay=True)
    assert f"{row.pk} was erased and is back: It was put on legal hold meanwhile." in capsys.readouterr().out
    release_hold(actor=second, at=database_now(), hold_id=hold.pk, reason="It was released before.")
    assert replay_erasures(database_now()).erased == 1


def test_a_line_that_somebody_wrote_or_a_crash_cut_short_erases_nothing_and_is_told_of(
    agent, officer, second, ledger, capsys
):
    over(agent)
    over(agent)
    erased_and_restored(officer, second)
    lines = ledger.read_text().splitlines()
    forged = lines[0].replace(json.loads(lines[0].split("\t")[0])["complaint_id"], str(stages.received().pk))
    ledger.write_text("\n".join([forged, "", "not a line", lines[1], lines[1][:50]]))
    file = LedgerFile()
    assert (len(list(file)), file.broken) == (1, [1, 2, 3, 5])
    with pytest.raises(SystemExit, match="1"):
        call_command("retention", replay=True)
    assert f"Line 1 of {ledger} is not what was written there." in capsys.readouterr().out


def test_the_ledger_holds_no_name_no_word_and_no_reference(agent, officer, second, ledger):
    row = over(agent, name="Greta Samsa", email="greta@example.org", narrative="My scan was refused.")
    confirmed(officer, second)
    erase_listed(at=database_now())
    text = ledger.read_text() + serializers.serialize("json", Erasure.objects.all())
    for secret in ("Greta", "Samsa", "greta@example.org", "scan", row.reference, str(row.member_id)):
        assert secret not in text
    assert set(json.loads(ledger.read_text().split("\t")[0])) == {
        "id", "complaint_id", "list_id", "asked_by", "confirmed_by", "rule", "reference_digest", "erased_at", "counts",
        "after",
    }  # fmt: skip


def test_a_line_is_read_as_it_was_written(agent, officer, second, ledger):
    over(agent)
    confirmed(officer, second)
    erase_listed(at=database_now())
    found = read_line(ledger.read_text()).entry
    assert found.counts == Erasure.objects.get().counts
    assert found.erased_at == Erasure.objects.get().erased_at


def test_a_line_of_an_erasure_that_never_ended_says_nothing_new(agent, officer, second, ledger):
    row = over(agent)
    erased_and_restored(officer, second)  # as a crash after the line was written would leave it
    confirmed(officer, second)
    assert erase_listed(at=database_now()).erased == 1
    assert len(ledger.read_text().splitlines()) == 2
    assert [entry.complaint_id for entry in LedgerFile()] == [row.pk]
    done = replay_erasures(database_now())
    assert (done.erased, done.noted, ErasureList.objects.filter(done_at=None).count()) == (0, 0, 0)
    assert ListedComplaint.objects.get().state == "erased"


def told_again(**words):
    """Return what the replay says to a restore."""
    words = {"without_ledger": False, "gone": []} | words
    sent = restored.send(sender=None, at=database_now(), taken_at=stages.AT, **words)
    [done] = [done for _, done in sent if "erased_again" in done.counts]
    return done


def test_a_restore_ends_with_the_replay_and_tells_what_stays(agent, officer, second):
    row, held = over(agent), over(agent)
    erased_and_restored(officer, second)
    place_hold(actor=officer, at=database_now(), complaint_id=held.pk, of_member=False, reason="A lawsuit.")
    done = told_again()
    assert set(Complaint.objects.unscoped("test").values_list("pk", flat=True)) == {held.pk}
    assert done.counts == {"erased_again": 1, "erasures_noted": 0, "files_removed": 0}
    assert done.to_do == [f"Complaint {held.pk} was erased and is back: It was put on legal hold meanwhile."]
    assert Erasure.objects.get().complaint_id == row.pk


def test_without_its_ledger_a_restore_does_not_begin_unless_that_is_said(agent, officer, second, ledger, settings):
    over(agent)
    erased_and_restored(officer, second)
    ledger.unlink()
    with pytest.raises(BackupRefused, match=r"which is not there\. Mount it.*say --without-ledger"):
        restoring.send(sender=None, without_ledger=False, noted={})
    with pytest.raises(LedgerUnusable):
        told_again()
    restoring.send(sender=None, without_ledger=True, noted={})
    assert told_again(without_ledger=True).counts["erased_again"] == 0
    settings.ERASURE_LEDGER = ""
    with pytest.raises(BackupRefused, match="REDRESS_ERASURE_LEDGER is not set"):
        restoring.send(sender=None, without_ledger=False, noted={})


def test_a_restore_with_another_ledger_than_the_databases_is_undone_unless_it_is_known_to_be_lost(
    agent, officer, second, ledger
):
    over(agent)
    confirmed(officer, second)
    erase_listed(at=database_now())
    ledger.write_text("")
    with pytest.raises(LedgerUnusable, match=r"an older copy\. Mount.* comes back\. .*say --without-ledger") as undone:
        told_again()
    assert "--write-ledger" not in str(undone.value)  # it would make for good what the database lacks
    [sentence] = told_again(without_ledger=True).to_do
    assert "it is a new file or an older copy" in sentence


def test_a_line_that_was_taken_out_is_missed_by_a_restore_and_while_the_house_lives(agent, officer, second, ledger):
    for _ in range(3):
        over(agent)
    with transaction.atomic():
        confirmed(officer, second)
        erase_listed(at=database_now())
        first, _middle, last = ledger.read_text().splitlines(keepends=True)
        ledger.write_text(first + last)
        assert ledger_troubles() == ["ledger_behind"]
        transaction.set_rollback(True)
    with pytest.raises(BackupRefused, match=r"a line was taken out\. Put back the right one\..*say --without-ledger"):
        restoring.send(sender=None, without_ledger=False, noted={})
    with pytest.raises(LedgerUnusable, match="a line was taken out"):
        told_again()
    assert Erasure.objects.count() == 0
    assert told_again(without_ledger=True).counts["erased_again"] == 2


def test_what_the_database_knows_fills_the_gap_of_a_line_that_was_taken_out(agent, officer, second, ledger, capsys):
    for _ in range(3):
        over(agent)
    confirmed(officer, second)
    erase_listed(at=database_now())
    ledger.write_text("".join(ledger.read_text().splitlines(keepends=True)[1:]))
    call_command("retention", write_ledger=True)
    assert "1 lines added" in capsys.readouterr().out
    assert (LedgerFile().trouble(Known.now()), ledger_troubles()) == (None, [])


def test_lines_of_before_they_named_each_other_are_read_and_gone_on_from(agent, officer, second, ledger):
    over(agent)
    confirmed(officer, second)
    erase_listed(at=database_now())
    told = json.loads(ledger.read_text().split("\t")[0])
    del told["after"]
    earlier = json.dumps(told, sort_keys=True)
    ledger.write_text(f"{earlier}\t{blind_index(MARK, earlier).hex()}\n")
    assert LedgerFile().trouble(Known.now()) is None
    over(agent)
    confirmed(officer, second)
    assert erase_listed(at=database_now()).erased == 1
    assert read_line(ledger.read_text().splitlines()[1]).after == UUID(told["id"])


def test_a_line_after_one_that_a_crash_cut_short_names_the_last_whole_one(agent, officer, second, ledger):
    over(agent)
    confirmed(officer, second)
    erase_listed(at=database_now())
    first = read_line(ledger.read_text())
    with ledger.open("a") as file:
        file.write(ledger.read_text()[:50])
    over(agent)
    confirmed(officer, second)
    erase_listed(at=database_now())
    assert read_line(ledger.read_text().splitlines()[2]).after == first.entry.pk
    assert (LedgerFile().missing, LedgerFile().broken) == (set(), [2])


def test_a_restore_says_how_far_the_ledger_goes_for_no_file_knows_of_an_end_it_lost(agent, officer, second):
    over(agent)
    over(agent)
    erased_and_restored(officer, second)
    [said] = told_again().to_know
    [entry, _] = LedgerFile()
    assert f"Erasures in the ledger: 2, the last of {entry.erased_at:%Y-%m-%d %H:%M} UTC." in said
