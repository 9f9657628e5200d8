"""A date of the law that passes: a real worker writes the letter of delay, a real mail server takes its notice."""

from datetime import timedelta

from complaints.correspondence.models import Dispatch, DispatchKind, Notice
from complaints.enums import LineOfBusiness, TimelineCode
from complaints.models import TimelineEntry
from complaints.operations import Statement, submit_complaint
from slas.models import Clock
from slas.queries import database_now
from tests.complaints import stages
from tests.slas.workers import running_worker, wait_for


def test_a_missed_date_becomes_a_letter_of_delay_and_a_mail_that_says_so_without_anybody(mail, variables):
    mail.open()
    insured = stages.insured("Rosa Lindqvist")
    statement = Statement(
        narrative="They keep me waiting.",
        name="Rosa Lindqvist",
        email="rosa@example.org",
        member_id=insured.member.pk,
        line_of_business=LineOfBusiness.MEDICARE_ADVANTAGE,
    )
    now = database_now()
    complaint = submit_complaint(actor=insured.actor, at=now, received_at=now - timedelta(days=33), statement=statement)
    assert Clock.objects.get(matter_id=complaint.pk, kind="ma_grievance_answer").due_at < now

    with running_worker(**variables) as worker:
        wait_for(lambda: any(row.sent_at for row in stages.all_of(Notice, complaint)), 30, worker.output)

    [letter] = stages.all_of(Notice, complaint)
    assert (letter.kind, letter.channel) == ("delay_letter", "portal")
    assert letter.sent_at == Dispatch.objects.get(kind=DispatchKind.NOTICE_READY).sent_at
    [told] = [message for message in mail.messages() if "letter" in message["subject"]]
    assert (told["to"], told["subject"]) == (
        "rosa@example.org",
        f"A letter about your complaint {complaint.reference} is ready",
    )
    assert "Medicare" not in told.get_content()
    codes = [entry.code for entry in stages.all_of(TimelineEntry, complaint)]
    assert codes.count(TimelineCode.NOTICE_SENT) == 1
    assert Clock.objects.filter(matter_id=complaint.pk, kind="follow_up").count() == 1
