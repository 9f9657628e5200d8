"""Checklist 38: what is due goes with all that hangs on it; what is held or younger stays, whoever tries."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from complaints.capa.models import Capa
from complaints.capa.operations import record_root_cause
from complaints.models import Complaint
from complaints.operations import send_message
from complaints.retention.enums import LeftBecause, ListedState
from complaints.retention.hanging import tables
from complaints.retention.holds import place_hold, release_hold
from complaints.retention.ledger import LedgerUnusable
from complaints.retention.ledger_lines import reference_digest
from complaints.retention.lists import ask_erasure, confirm_erasure, digest_now
from complaints.retention.models import Erasure, Fact, ListedComplaint
from complaints.retention.refusals import RetentionRefused
from complaints.retention.work import erase_listed
from complaints.tasks import erase_confirmed
from members.actors import Role
from members.audit.models import Event
from members.privacy.file_storage import stored_objects
from slas.models import ClockEvent, Matter
from slas.queries import database_now
from tests.capa import cases
from tests.complaints import stages
from tests.files.kept import kept
from tests.people import actor_of, staff
from tests.retention.old import confirmed, in_one_series, over

pytestmark = pytest.mark.usefixtures("policies")


def keys():
    return set(Complaint.objects.unscoped("test").values_list("pk", flat=True))


def rows_that_name(key):
    """Return the tables in which the database still holds a key anywhere, but for those that may."""
    held = set()
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE strpos(t::text, %s) > 0", [str(key)])  # noqa: S608
            if cursor.fetchone()[0]:
                held.add(table)
    return held


def test_what_is_due_goes_with_all_that_hangs_on_it(agent, officer, second, django_capture_on_commit_callbacks):
    by = stages.insured()
    row = stages.closed(agent, by=by)
    with django_capture_on_commit_callbacks(execute=True):
        file = kept(complaint=row)
    held = stages.closed(agent)
    manager = actor_of(staff(Role.QUALITY_MANAGER))
    record_root_cause(actor=manager, at=stages.AT, complaint_id=row.pk, cause="claim_coding")
    over(agent, row=row)
    asked = confirmed(officer, second)
    with django_capture_on_commit_callbacks(execute=True):
        done = erase_listed(at=database_now())
    assert (done.erased, done.left, keys()) == (1, 0, {held.pk})
    assert rows_that_name(row.pk) == {"audit_event", "retention_erasure", "retention_listedcomplaint"}
    assert rows_that_name(row.reference) == set()
    assert not any(file.pk.hex in each.name for each in stored_objects())
    entry = Erasure.objects.get()
    assert (bytes(entry.reference_digest), entry.rule) == (reference_digest(row.reference), "house")
    assert (entry.asked_by, entry.confirmed_by) == (officer.user_id, second.user_id)
    assert entry.counts["complaints_complaint"] == 1
    assert entry.counts["slas_clockevent"] > 1
    asked.refresh_from_db()
    assert asked.done_at
    assert Event.objects.filter(action="complaint.erased", matter_id=row.pk).count() == 1


def test_every_table_that_leads_to_a_complaint_is_walked():
    leading = {
        model
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model in {Complaint, Matter}
    }
    assert leading <= tables()
    assert apps.get_model("accounts.User") not in tables()
    assert apps.get_model("members.Member") not in tables()


def test_nothing_younger_than_its_rule_is_listed(agent, officer):
    over(agent, years=5)
    over(agent, years=9, line="medicare_advantage")
    over(agent, years=9, line="unknown")
    stages.received()
    with pytest.raises(RetentionRefused, match="Nothing is due"):
        ask_erasure(actor=officer, at=database_now())
    assert over(agent, years=10, line="medicaid").pk in {
        listed.complaint_id for listed in ask_erasure(actor=officer, at=database_now()).listed.all()
    }


def test_a_younger_complaint_of_the_series_keeps_the_older_ones(agent, officer):
    row, younger = over(agent), over(agent, years=5)
    in_one_series(row, younger)
    with pytest.raises(RetentionRefused, match="Nothing is due"):
        ask_erasure(actor=officer, at=database_now())


def test_what_was_added_later_keeps_it(agent, officer):
    by = stages.insured()
    row = over(agent, by=by)
    send_message(actor=by.actor, at=database_now() - timedelta(days=365), complaint_id=row.pk, body="One more word.")
    with pytest.raises(RetentionRefused, match="Nothing is due"):
        ask_erasure(actor=officer, at=database_now())


@pytest.mark.parametrize("of_member", [False, True])
def test_what_is_held_stays_until_somebody_else_releases_it(agent, officer, second, of_member):
    row = over(agent, by=stages.insured())
    told = {"actor": officer, "at": database_now()}
    hold = place_hold(**told, complaint_id=row.pk, of_member=of_member, reason="A lawsuit.")
    with pytest.raises(RetentionRefused, match="Nothing is due"):
        ask_erasure(**told)
    with pytest.raises(RetentionRefused, match="You placed this hold yourself"):
        release_hold(**told, hold_id=hold.pk, reason="It is over.")
    release_hold(actor=second, at=database_now(), hold_id=hold.pk, reason="It is over.")
    confirmed(officer, second)
    assert erase_listed(at=database_now()).erased == 1
    assert keys() == set()


def test_what_is_held_after_it_was_confirmed_is_left_alone(agent, officer, second):
    row, free = over(agent), over(agent)
    confirmed(officer, second)
    place_hold(actor=officer, at=database_now(), complaint_id=row.pk, of_member=False, reason="A lawsuit.")
    done = erase_listed(at=database_now())
    assert (done.erased, done.left, keys()) == (1, 1, {row.pk})
    left = ListedComplaint.objects.get(complaint_id=row.pk)
    assert (left.state, left.left_because) == (ListedState.LEFT, LeftBecause.HELD)
    assert Erasure.objects.get().complaint_id == free.pk


def test_nobody_confirms_the_own_list_and_after_a_day_nobody_does(agent, officer, second):
    over(agent)
    at = database_now()
    asked = ask_erasure(actor=officer, at=at)
    with pytest.raises(RetentionRefused, match="You asked for this yourself"):
        confirm_erasure(actor=officer, at=at, list_id=asked.pk, digest=digest_now(asked))
    with pytest.raises(RetentionRefused, match="under way already"):
        ask_erasure(actor=second, at=at)
    with pytest.raises(RetentionRefused, match="more than 24 hours ago"):
        confirm_erasure(actor=second, at=at + timedelta(hours=24), list_id=asked.pk, digest=digest_now(asked))
    assert erase_listed(at=at).erased == 0
    assert ask_erasure(actor=second, at=at + timedelta(hours=24)).pk != asked.pk


def test_what_was_fixed_when_it_was_asked_for_is_all_that_goes(agent, officer, second):
    row = over(agent)
    asked = ask_erasure(actor=officer, at=database_now())
    later = over(agent)
    confirm_erasure(actor=second, at=database_now(), list_id=asked.pk, digest=digest_now(asked))
    assert erase_listed(at=database_now()).erased == 1
    assert keys() == {later.pk} != {row.pk}


def ledger_row(row):
    return Erasure(
        complaint_id=row.pk,
        reference_digest=b"0" * 16,
        rule="house",
        erased_at=database_now(),
        list_id=row.pk,
        asked_by=row.pk,
        confirmed_by=row.series_id,
        counts={},
    )


def refused(work, words):
    with pytest.raises(ProgrammingError, match=words), transaction.atomic():
        work()


def test_the_database_itself_refuses_what_has_to_stay(agent, officer):
    """Without the ledger nothing goes, and the ledger takes no line of what is open, younger or held."""
    row, young, open_one = over(agent), over(agent, years=5), stages.received()
    place_hold(actor=officer, at=database_now(), complaint_id=row.pk, of_member=False, reason="A lawsuit.")
    rows = Complaint.objects.unscoped("test")
    refused(lambda: rows.filter(pk=row.pk)._raw_delete("default"), "never changes: DELETE refused")
    refused(lambda: ClockEvent.objects.filter(matter_id=row.pk)._raw_delete("default"), "DELETE refused")
    refused(lambda: ledger_row(row).save(force_insert=True), "is on legal hold")
    refused(lambda: ledger_row(young).save(force_insert=True), "younger than six years")
    refused(lambda: ledger_row(open_one).save(force_insert=True), "open or younger")


def test_the_ledger_is_never_changed(agent, officer, second):
    over(agent)
    confirmed(officer, second)
    erase_listed(at=database_now())
    rows = Erasure.objects.all()
    refused(lambda: rows.update(rule="other"), "never changes")
    refused(lambda: rows._raw_delete("default"), "never changes")


def test_a_capa_keeps_the_number_of_what_is_gone(agent, officer, second):
    row, manager = stages.closed(agent), actor_of(staff(Role.QUALITY_MANAGER))
    record_root_cause(actor=manager, at=stages.AT, complaint_id=row.pk, cause="claim_coding")
    capa = cases.opened(manager, staff(Role.LEAD).pk, complaints=[row])
    over(agent, row=row)
    confirmed(officer, second)
    erase_listed(at=database_now())
    assert Capa.objects.unscoped("test").get(pk=capa.pk).erased_complaints == 1


def test_without_its_ledger_nothing_is_erased(agent, officer, second, settings, tmp_path):
    row = over(agent)
    confirmed(officer, second)
    (tmp_path / "no folder").write_text("")
    settings.ERASURE_LEDGER = str(tmp_path / "no folder" / "ledger")
    with pytest.raises(OSError, match="no folder"):
        erase_listed(at=database_now())
    assert (keys(), Erasure.objects.count(), Fact.objects.count()) == ({row.pk}, 0, 0)
    settings.ERASURE_LEDGER = str(tmp_path / "ledger")
    assert erase_listed(at=database_now()).erased == 1


def test_the_dry_run_names_what_is_due_and_changes_nothing(agent, capsys):
    row = over(agent)
    over(agent, years=5)
    call_command("retention", dry_run=True)
    told = capsys.readouterr().out
    assert "house: 1 due, 6 years by 45 CFR 164.316(b)(2)(i)" in told
    assert f"  {row.reference}\n" in told
    assert "2 complaints are kept. Nothing was changed." in told
    assert len(keys()) == 2


def test_what_the_database_knows_is_not_carried_on_in_a_new_file(agent, officer, second, ledger, capsys):
    """As a share that is not mounted would have it: erasures would go on in a file that no restore ever reads."""
    over(agent)
    confirmed(officer, second)
    erase_listed(at=database_now())
    first, row = ledger.read_text(), over(agent)
    confirmed(officer, second)
    ledger.unlink()
    with pytest.raises(LedgerUnusable, match=r"which is not there\. Mount it"):
        erase_listed(at=database_now())
    assert not ledger.exists()
    ledger.write_text("")
    with pytest.raises(LedgerUnusable, match=r"it is a new file or an older copy\. Mount.* --write-ledger"):
        erase_listed(at=database_now())
    assert (keys(), Erasure.objects.count(), ledger.read_text()) == ({row.pk}, 1, "")
    call_command("retention", write_ledger=True)
    assert "1 lines added" in capsys.readouterr().out
    assert ledger.read_text() == first
    assert erase_listed(at=database_now()).erased == 1
    assert len(ledger.read_text().splitlines()) == 2


def test_a_ledger_begins_with_the_house_so_that_a_missing_one_is_a_lost_one(agent, officer, second, ledger):
    erase_confirmed()
    assert ledger.read_text() == ""
    over(agent)
    confirmed(officer, second)
    erase_confirmed()
    ledger.unlink()
    erase_confirmed()
    assert not ledger.exists()
