"""The acknowledgement's clock stops on proof of sending: not while the mail server is away."""

from datetime import UTC, datetime

from complaints.models import Complaint
from complaints.operations import Statement, submit_complaint
from members.actors import GUEST
from slas.models import Clock, ClockState, Outbox
from slas.queries import database_now
from tests.slas.workers import running_worker, wait_for


def test_the_clock_runs_while_the_mail_server_is_away_and_is_met_once_it_took_the_message(mail, variables):
    statement = Statement(narrative="Two bills.", name="Rosa Lindqvist", email="rosa@example.org")
    complaint = submit_complaint(actor=GUEST, at=database_now(), statement=statement)
    with running_worker(**variables) as worker:
        wait_for(lambda: Outbox.objects.filter(fault="ConnectionRefusedError").exists(), 20, worker.output)
        assert (clock_of(complaint).state, fresh(complaint).acknowledged_at) == (ClockState.RUNNING, None)

        mail.open()
        wait_for(lambda: clock_of(complaint).state != ClockState.RUNNING, 20, worker.output)

    (file,) = mail.files()
    (message,) = mail.messages()
    assert (message["to"], complaint.reference in message["subject"]) == ("rosa@example.org", True)
    clock, taken_at = clock_of(complaint), datetime.fromtimestamp(file.stat().st_mtime, UTC)
    assert clock.state == ClockState.MET
    assert taken_at <= clock.ended_at == fresh(complaint).acknowledged_at


def clock_of(complaint: Complaint) -> Clock:
    return Clock.objects.get(matter_id=complaint.pk, kind="acknowledge")


def fresh(complaint: Complaint) -> Complaint:
    return Complaint.objects.unscoped("test").get(pk=complaint.pk)
