"""Files of history through the command: what becomes of each line, and what is in the database then."""

import gzip
import io
import re
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from complaints.capa.models import RootCause
from complaints.correspondence.models import Dispatch, Letter
from complaints.enums import Channel, LineOfBusiness, Outcome, RemedyKind, State, TimelineCode
from complaints.models import Assessment, Complaint, Decision, Note, Recovery, SourceRecord, TimelineEntry
from members.actors import SYSTEM
from members.audit.models import Event
from members.privacy.access import phi_access
from slas.models import Clock, ClockState, Firing, Matter, Outbox
from tests.history.records import facts, line, lines
from tests.people import AT

pytestmark = pytest.mark.django_db


def every(model):
    return model.objects.unscoped("a test looks at all") if hasattr(model.objects, "unscoped") else model.objects.all()


def codes(complaint):
    return list(every(TimelineEntry).filter(complaint=complaint).order_by("id").values_list("code", flat=True))


def test_a_closed_complaint_is_received_decided_told_and_closed_at_the_dates_of_its_source(imported):
    assert imported(line(1, opened="2023-07-03", closed="2023-08-01"))[0] == 0
    complaint = every(Complaint).get()
    opened, closed = datetime(2023, 7, 3, 14, tzinfo=UTC), datetime(2023, 8, 1, 20, tzinfo=UTC)
    assert (complaint.received_at, complaint.submitted_at) == (opened, opened)
    assert (complaint.decided_at, complaint.informed_at, complaint.closed_at) == (closed, closed, closed)
    assert (complaint.state, complaint.channel, complaint.line_of_business) == (
        State.CLOSED,
        Channel.REGULATOR,
        LineOfBusiness.GROUP,
    )
    assert codes(complaint) == [
        TimelineCode.SUBMITTED,
        TimelineCode.DECIDED,
        TimelineCode.LETTER_SENT,
        TimelineCode.CLOSED,
        TimelineCode.ROOT_CAUSE_RECORDED,
    ]
    decision = every(Decision).get()
    assert (decision.outcome, decision.remedy_kind) == (Outcome.UPHELD, RemedyKind.CLAIM_PAID)
    cause = every(RootCause).get()
    assert (cause.cause, cause.source_label, cause.recorded_at) == ("claim_processing_delay", "Claim Delay", closed)


def test_the_future_begins_where_the_source_is(imported, monkeypatch):
    evening = datetime(2023, 8, 2, 1, tzinfo=UTC)  # still August 1 in Connecticut
    monkeypatch.setattr("django.utils.timezone.now", lambda: evening)
    status, said = imported(line(1, opened="2023-07-03", closed="2023-08-01") + line(2, closed="2023-08-02"))
    assert status == 1
    assert "line 2 refused: closed on 2023-08-02, which is in the future" in said
    assert every(Complaint).count() == 1


def test_what_the_source_does_not_tell_is_not_made_up(imported):
    imported(line())
    complaint = every(Complaint).get()
    assert complaint.is_history
    missing = (complaint.acknowledged_at, complaint.assessed_at, complaint.investigated_at, complaint.owner_id)
    assert missing == (None, None, None, None)
    assert [every(model).count() for model in (Assessment, Note, Letter)] == [0, 0, 0]
    with phi_access(actor=SYSTEM, purpose="test", at=AT):
        words = {complaint.narrative, every(Decision).get().rationale, every(Decision).get().evidence_reviewed}
    assert words == {"Not recorded by the source."}


def test_everything_that_the_source_tells_is_kept(imported):
    told = facts(5, reasons=[["Telehealth", "No Signal"]], moon_phase="full")
    imported(line(5, **told))
    record = every(SourceRecord).get()
    assert (record.source, record.key, record.labels) == ("connecticut", "T-00005", told)
    assert list(every(Recovery).values_list("company", "amount")) == [("Made Up Mutual", Decimal("12.50"))]


def test_a_company_that_paid_nothing_has_no_recovery(imported):
    imported(line(recoveries=[["A", 0.0], ["B", 3.0]]))
    assert list(every(Recovery).values_list("company", flat=True)) == ["B"]


def test_a_withdrawn_complaint_ends_without_a_decision_and_without_a_verdict(imported):
    imported(line(dispositions=["Complaint Withdrawn"]))
    complaint = every(Complaint).get()
    assert (complaint.state, complaint.withdrawn_at is not None) == (State.WITHDRAWN, True)
    assert every(Decision).count() == 0
    assert set(Clock.objects.values_list("state", flat=True)) == {ClockState.CANCELLED}


@pytest.mark.parametrize(
    ("opened", "closed", "state"),
    [
        ("2023-01-03", "2023-01-25", ClockState.MET),  # Martin Luther King Jr. Day lies between: 15 business days
        ("2023-01-03", "2023-01-26", ClockState.MISSED),
    ],
)
def test_the_clock_is_met_or_missed_under_the_house_policy_of_that_day(imported, opened, closed, state):
    imported(line(opened=opened, closed=closed))
    assert Clock.objects.get(kind="resolve").state == state
    assert Clock.objects.get(kind="acknowledge").state == ClockState.CANCELLED


def test_nothing_is_sent_for_history(imported):
    imported(line(opened="2022-01-03", closed="2023-01-03"))
    assert Clock.objects.get(kind="resolve").state == ClockState.MISSED
    assert [Outbox.objects.count(), Dispatch.objects.count()] == [0, 0]
    assert not Firing.objects.filter(suppressed=False).exists()
    assert not Clock.objects.filter(next_fire_at__isnull=False).exists()


def test_history_is_audited_at_its_own_time_as_an_import(imported):
    imported(line())
    events = Event.objects.filter(matter_id=every(Complaint).get().pk)
    assert set(events.values_list("actor_kind", "actor_label")) == {
        ("import", "Import from Connecticut Insurance Department")
    }
    assert max(event.at for event in events) < datetime(2024, 1, 1, tzinfo=UTC)


def test_a_second_run_imports_nothing_and_changes_nothing(imported):
    content = lines(range(1, 6))
    assert imported(content) == (0, "5 imported, 0 already there, 0 refused, 0 unknown labels.\n")
    rows = [every(model).count() for model in (Complaint, Clock, RootCause, Recovery, Event)]
    assert imported(content) == (0, "0 imported, 5 already there, 0 refused, 0 unknown labels.\n")
    assert [every(model).count() for model in (Complaint, Clock, RootCause, Recovery, Event)] == rows


def test_bad_lines_are_reported_with_number_and_reason_and_the_rest_goes_on(imported):
    content = b"".join([line(1), b"{nonsense\n", line(2, closed="1999-01-01"), b"\n", line(3), line(1), b"\xff\n"])
    status, said = imported(content)
    assert status == 1
    assert said.splitlines() == [
        "line 2 refused: not JSON at column 2: Expecting property name enclosed in double quotes",
        "line 3 refused: closed on 1999-01-01, before it was opened on 2023-01-04",
        "line 6 refused: T-00001 stands in line 1 already",
        "line 7 refused: not UTF-8 at byte 1",
        "2 imported, 0 already there, 4 refused, 0 unknown labels.",
    ]
    assert set(every(SourceRecord).values_list("key", flat=True)) == {"T-00001", "T-00003"}


def test_a_complaint_from_before_the_calendar_is_refused_and_leaves_nothing_behind(imported):
    status, said = imported(line(1) + line(2, opened="1990-01-02", closed="1990-02-01") + line(3))
    assert (status, every(Complaint).count(), Matter.objects.count()) == (1, 2, 2)
    assert said.startswith("line 2 refused: ")


def test_a_record_that_only_the_database_refuses_does_not_take_its_batch_along(imported):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE complaints_sourcerecord ADD CONSTRAINT no_four CHECK (key <> 'T-00004')")
    status, said = imported(lines(range(1, 8)))
    assert (status, every(Complaint).count()) == (1, 6)
    assert said.splitlines()[0] == "line 4 refused: the database refused it (no_four)"


def test_unknown_labels_are_imported_counted_and_named(imported):
    content = line(1, reasons=[["Telehealth", "No Signal"]]) + line(
        2, reasons=[["Telehealth", "No Signal"]], dispositions=["Settled by Robot"]
    )
    status, said = imported(content)
    assert status == 0
    assert said.splitlines() == [
        "2 imported, 0 already there, 0 refused, 3 unknown labels.",
        "  unknown reason: 'Telehealth / No Signal' (2)",
        "  unknown disposition: 'Settled by Robot' (1)",
        "  They are kept as they are. Add them to complaints/history/sources/connecticut.toml to give them a meaning.",
    ]
    assert set(every(RootCause).values_list("cause", "source_label")) == {("unmapped", "No Signal")}
    assert set(every(Decision).values_list("outcome", flat=True)) == {Outcome.UPHELD, Outcome.NO_FINDING}


def test_a_packed_file_is_imported_as_it_is(imported):
    assert imported(gzip.compress(lines([1, 2])))[1].startswith("2 imported")


def test_standard_input_is_imported(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(lines([1, 2])))))
    call_command("import_complaints", "-", "--source", "connecticut", skip_checks=True)
    assert capsys.readouterr().err.startswith("2 imported")


def test_on_a_terminal_a_bar_shows_rate_and_time_left_unless_asked_to_be_quiet(imported, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    imported(lines(range(1, 4)))
    assert re.search(r"100%\|[█#]+\| 3/3 \[00:0\d<00:00, +[\d.]+ complaints/s\]", terminal.getvalue())
    terminal.truncate(0)
    imported(lines(range(1, 4)), "--quiet")
    assert "%" not in terminal.getvalue()


def test_a_file_that_is_damaged_further_on_is_imported_up_to_there(imported):
    packed = gzip.compress(lines(range(1, 900)))
    status, said = imported(packed[: len(packed) // 4])
    count = every(Complaint).count()
    assert (status, 0 < count < 400) == (2, True)
    assert f"cannot be read from line {count + 1} on" in said


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_a_file_without_a_complaint_is_unusable(imported, content):
    status, said = imported(content)
    assert status == 2
    assert said.endswith("there is no complaint in it.\n")


def test_a_file_that_is_not_there_is_unusable(tmp_path):
    with pytest.raises(CommandError, match="No such file") as refusal:
        call_command("import_complaints", str(tmp_path / "none"), "--source", "connecticut", skip_checks=True)
    assert refusal.value.returncode == 2


def test_a_folder_is_unusable(tmp_path):
    with pytest.raises(CommandError, match="Is a directory") as refusal:
        call_command("import_complaints", str(tmp_path), "--source", "connecticut", skip_checks=True)
    assert refusal.value.returncode == 2
