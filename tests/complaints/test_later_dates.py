"""Later dates: what a law lets move, with a letter; and the house's own clock that waits for the member."""

from datetime import UTC, datetime, timedelta

import pytest

from complaints.correspondence.models import Message, Notice
from complaints.correspondence.rendering import LetterContent
from complaints.enums import LineOfBusiness, TimelineCode
from complaints.lifecycle import TransitionRefused
from complaints.models import TimelineEntry
from complaints.notices.extend_date import REASONS, extend_date
from complaints.operations import close_complaint, send_message, stop_waiting, wait_for_member
from members.identifiers import new_id
from slas.models import Clock, ClockState, PolicyVersion
from slas.queries import database_now
from tests.complaints import stages
from tests.complaints.stages import AT
from tests.complaints.test_desk_acts import address, done, press, shown
from tests.complaints.test_notices import words_of

pytestmark = pytest.mark.usefixtures("policies")
GRIEVANCE = "ma_grievance_answer"
MEDICARE = LineOfBusiness.MEDICARE_ADVANTAGE
FOURTEEN_DAYS_LATER = datetime(2026, 7, 16, 4, 0, tzinfo=UTC)


def clock_of(row, kind="resolve"):
    return Clock.objects.get(matter_id=row.pk, kind=kind)


def extend(row, actor, *, at=AT, key=None, **changes):
    words = {"kind": GRIEVANCE, "days": 14, "reason": "member_asked", "words": "You are still in hospital."} | changes
    return extend_date(actor=actor, at=at, complaint_id=row.pk, key=key or new_id(), **words)


def codes(row):
    return [entry.code for entry in stages.all_of(TimelineEntry, row)]


def test_a_lead_moves_a_date_of_law_and_the_member_gets_a_letter(lead):
    row = stages.assessed(lead, line_of_business=MEDICARE)
    notice = extend(row, lead)
    assert (clock_of(row, GRIEVANCE).due_at, clock_of(row, GRIEVANCE).epoch) == (FOURTEEN_DAYS_LATER, 2)
    letter = LetterContent.restored(stages.opened(notice, "content"))
    words = words_of(letter)
    assert letter.title == "We need more time for your complaint"
    assert "Our answer to your complaint was due by July 1, 2026. It is now due by July 15, 2026." in words
    assert "You asked us to take more time. You are still in hospital." in words
    assert "You can object to the later day." in words
    assert "We answer that complaint fast." in words
    assert TimelineCode.DATE_EXTENDED in codes(row)
    assert (notice.kind, notice.epoch, notice.channel) == ("extension_letter", 2, "post")


def test_the_same_form_twice_moves_it_once(lead):
    row, key = stages.assessed(lead, line_of_business=MEDICARE), new_id()
    for _ in range(2):
        extend(row, lead, key=key, days=5)
    assert clock_of(row, GRIEVANCE).extended == 5
    assert len(stages.all_of(Notice, row)) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"days": 15}, "Cannot extend ma_grievance_answer by more than it allows in total."),
        ({"reason": "busy"}, "Cannot extend ma_grievance_answer for 'busy'; use member_asked, "),
        ({"kind": "resolve"}, "Cannot extend resolve"),
        ({"kind": "nonsense"}, "This date is not owed any more."),
        ({"at": FOURTEEN_DAYS_LATER}, "Cannot extend ma_grievance_answer: it was due already."),
    ],
)
def test_what_the_law_does_not_allow_is_refused_in_its_own_words_and_leaves_nothing(lead, changes, sentence):
    row = stages.assessed(lead, line_of_business=MEDICARE)
    with pytest.raises(TransitionRefused) as refused:
        extend(row, lead, **changes)
    assert str(refused.value).startswith(sentence)
    assert (stages.all_of(Notice, row), clock_of(row, GRIEVANCE).extended) == ([], 0)
    assert TimelineCode.DATE_EXTENDED not in codes(row)


def test_who_may_not_move_it_and_how_often_is_said(agent, lead):
    row = stages.assessed(agent, line_of_business=MEDICARE)
    with pytest.raises(TransitionRefused, match="only lead may"):
        extend(row, agent)
    extend(row, lead, days=5)
    with pytest.raises(TransitionRefused, match="more than 1 times"):
        extend(row, lead, days=5)


def test_every_reason_of_the_packs_has_words_for_the_letter():
    extensions = PolicyVersion.objects.filter(legal=True).exclude(extension=None).values_list("extension", flat=True)
    assert {reason for extension in extensions for reason in extension["reasons"]} == set(REASONS)


def test_waiting_asks_the_member_stops_the_houses_clock_and_no_law(agent):
    row = stages.assessed(agent, by=stages.insured(), line_of_business=MEDICARE)
    wait_for_member(actor=agent, at=AT, complaint_id=row.pk, question="Please send the bill.")
    assert clock_of(row).state == ClockState.PAUSED
    assert clock_of(row, GRIEVANCE).state == ClockState.RUNNING
    assert [stages.opened(message, "body") for message in stages.all_of(Message, row)] == ["Please send the bill."]
    assert TimelineCode.CLOCK_PAUSED in codes(row)


def test_the_members_answer_ends_the_wait_and_moves_the_date_by_it(agent):
    insured = stages.insured()
    row = stages.assessed(agent, by=insured)
    wait_for_member(actor=agent, at=AT, complaint_id=row.pk, question="Please send the bill.")
    send_message(actor=insured.actor, at=AT + timedelta(days=7), complaint_id=row.pk, body="Here it is.")
    # From June 2 to 5 four business days were waited: June 23 becomes June 29.
    assert clock_of(row).state == ClockState.RUNNING
    assert clock_of(row).due_at == datetime(2026, 6, 29, 21, 0, tzinfo=UTC)
    assert codes(row).count(TimelineCode.CLOCK_RESUMED) == 1


def test_an_answer_that_crosses_our_question_is_kept_and_ends_the_wait(agent):
    """The member pressed first, and the question got the case first."""
    insured = stages.insured()
    row = stages.assessed(agent, by=insured)
    asked_at = AT + timedelta(milliseconds=5)
    wait_for_member(actor=agent, at=asked_at, complaint_id=row.pk, question="Please send the bill.")
    send_message(actor=insured.actor, at=AT, complaint_id=row.pk, body="I have sent the bill.")
    assert (clock_of(row).state, clock_of(row).last_at) == (ClockState.RUNNING, asked_at)
    assert len(stages.all_of(Message, row)) == 2


def test_our_own_message_does_not_end_the_wait(agent):
    row = stages.assessed(agent, by=stages.insured())
    wait_for_member(actor=agent, at=AT, complaint_id=row.pk, question="Please send the bill.")
    send_message(actor=agent, at=AT + timedelta(days=1), complaint_id=row.pk, body="Did you find it?")
    assert clock_of(row).state == ClockState.PAUSED


def test_we_can_go_on_without_the_answer(agent):
    row = stages.assessed(agent, by=stages.insured())
    wait_for_member(actor=agent, at=AT, complaint_id=row.pk, question="Please send the bill.")
    stop_waiting(actor=agent, at=AT + timedelta(days=1), complaint_id=row.pk)
    assert clock_of(row).state == ClockState.RUNNING
    with pytest.raises(TransitionRefused, match="Cannot resume"):
        stop_waiting(actor=agent, at=AT + timedelta(days=1), complaint_id=row.pk)


def test_asking_twice_with_the_same_key_asks_once(agent):
    row, key = stages.assessed(agent, by=stages.insured()), new_id()
    for _ in range(2):
        wait_for_member(actor=agent, at=AT, complaint_id=row.pk, question="Please send the bill.", key=key)
    assert len(stages.all_of(Message, row)) == 1


def test_what_cannot_wait_says_so_and_asks_nothing(agent):
    urgent = stages.assessed(agent, by=stages.insured(), axes=stages.DANGEROUS)
    with pytest.raises(TransitionRefused, match="never pauses"):
        wait_for_member(actor=agent, at=AT, complaint_id=urgent.pk, question="Please send the bill.")
    guest = stages.assessed(agent)
    with pytest.raises(TransitionRefused, match="no account here"):
        wait_for_member(actor=agent, at=AT, complaint_id=guest.pk, question="Please send the bill.")
    assert (stages.all_of(Message, urgent), clock_of(guest).state) == ([], ClockState.RUNNING)


def test_waiting_too_late_is_refused(agent):
    row = stages.assessed(agent, by=stages.insured())
    with pytest.raises(TransitionRefused, match="was due already"):
        wait_for_member(actor=agent, at=AT + timedelta(days=40), complaint_id=row.pk, question="Please send the bill.")


@pytest.fixture
def leading(client):
    """A browser in which a lead is signed in; `leading.actor` is who."""
    from members.actors import Role  # noqa: PLC0415 -- beside its only use
    from tests.people import actor_of, sign_in, staff  # noqa: PLC0415 -- the same

    client.actor = actor_of(sign_in(client, staff(Role.LEAD, name="Dana Ruiz")))
    return client


def test_at_the_desk_the_date_moves_within_what_the_law_says(leading):
    row = stages.assessed(leading.actor, at=database_now(), line_of_business=MEDICARE)
    page = shown(leading.get(address("extend_date", row)))
    assert "Answer the grievance: 14 days at most." in page
    assert "A letter at once: why we need more time" in page
    filled = {"kind": GRIEVANCE, "reason": "member_asked", "words": "In hospital."}
    refused = press(leading, "extend_date", row, days="15", **filled)
    assert refused.status_code == 409
    assert "by more than it allows in total" in shown(refused)
    assert "In hospital." in shown(refused)
    wrong = press(leading, "extend_date", row, days="soon", **filled)
    assert (wrong.status_code, "Enter a whole number of days, like 14." in shown(wrong)) == (422, True)
    moved = press(leading, "extend_date", row, days="14", **filled)
    assert done(leading, moved, row) == "The date is moved, and the letter to the member is made."
    assert "Letter about a later date" in shown(leading.get(address("case", row)))


def test_where_no_law_lets_a_date_move_the_page_says_so(desk):
    row = stages.assessed(desk.actor, at=database_now())
    assert "Move a date by law" not in shown(desk.get(address("case", row)))
    assert "No law lets a date of this complaint move any more." in shown(desk.get(address("extend_date", row)))


def test_who_may_not_move_a_date_is_told_who_may(desk):
    row = stages.assessed(desk.actor, at=database_now(), line_of_business=MEDICARE)
    assert "Move a date by law" not in shown(desk.get(address("case", row)))
    assert "Only a team lead may move a date of this complaint." in shown(desk.get(address("extend_date", row)))


def test_what_was_due_already_is_not_offered_to_move_or_wait(leading):
    row = stages.assessed(leading.actor, at=database_now() - timedelta(days=40), line_of_business=MEDICARE)
    page = shown(leading.get(address("case", row)))
    assert "Move a date by law" not in page
    assert "Wait for the member" not in page


def test_at_the_desk_a_case_waits_and_goes_on(desk):
    row = stages.assessed(desk.actor, at=database_now(), by=stages.insured())
    asked = press(desk, "wait_for_member", row, body="Please send the bill.")
    assert done(desk, asked, row) == "The member is asked. The clock of our answer waits."
    assert "Go on without the answer" in shown(desk.get(address("case", row)))
    assert done(desk, press(desk, "stop_waiting", row), row) == "The clock of our answer runs again."


def test_a_case_that_waits_can_still_be_decided_and_closed(agent):
    row = stages.lettered(agent, by=stages.insured())
    assert row.state == "decided"
    with pytest.raises(TransitionRefused, match="cannot be done any more"):
        wait_for_member(actor=agent, at=AT, complaint_id=row.pk, question="Please send the bill.")
    with pytest.raises(TransitionRefused, match="has not been sent"):
        close_complaint(actor=agent, at=AT, complaint_id=row.pk)
