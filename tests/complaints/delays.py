"""Missed dates of the tests, and what they bring about."""

from datetime import UTC, datetime

from complaints.correspondence.models import Notice
from complaints.correspondence.rendering import LetterContent
from complaints.enums import TaskKind
from complaints.models import Task
from complaints.notices.make import make_notices
from slas.models import Clock
from tests.complaints import stages

LATE = datetime(2026, 7, 2, 14, 0, tzinfo=UTC)
"""Ten in the morning after the thirtieth day."""


def missed(row, kind="ma_grievance_answer", *, at=LATE, code=100):
    """Make what the missed date of this clock brings about."""
    clock = Clock.objects.get(matter_id=row.pk, kind=kind)
    return make_notices(at=at, matter_id=row.pk, clock_id=clock.id, epoch=clock.epoch, code=code)


def letter_of(row, kind="delay_letter") -> LetterContent:
    [notice] = [notice for notice in stages.all_of(Notice, row) if notice.kind == kind]
    return LetterContent.restored(stages.opened(notice, "content"))


def words_of(letter) -> str:
    sections = (*letter.sections, letter.next_level)
    return " ".join(text for part in sections for text in (part.heading, *part.paragraphs, *part.items))


def tasks_to_send(row):
    return list(Task.objects.unscoped("a test looks").filter(complaint=row, kind=TaskKind.SEND_NOTICE))
