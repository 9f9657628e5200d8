"""Checklist 14: with a reference, a reason and a fresh factor, for an hour, told at once and reviewed by another."""

import html
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.correspondence.delivery import send_email
from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.enums import RestrictionKind
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint, Opening
from complaints.operations import (
    AnswersAwaited,
    NothingToOpen,
    OpeningRefused,
    TooManyOpenings,
    break_glass,
    judge_opening,
    restrict_complaint,
    take_complaint,
    write_note,
)
from complaints.permissions import ActionForbidden
from complaints.queries.openings import done_within, read_openings
from complaints.tasks import remind_of_openings
from members.accounts.models import User
from members.actors import STAFF, SYSTEM, Role
from members.audit.models import Event
from members.operations import grant_role, revoke_role
from slas.queries import database_now
from tests.complaints import stages
from tests.members.representing import represented
from tests.people import actor_of, sign_in, staff

pytestmark = pytest.mark.usefixtures("policies")
HOUR = timedelta(minutes=60)
WHY = "She is in the hospital and nobody else is here."
GLASS = "/desk/restricted/open/"


@pytest.fixture
def officer(db):  # noqa: ARG001 -- the fixture is wanted for what it does
    return actor_of(staff(Role.PRIVACY_OFFICER, name="Noor Haddad"))


def restricted(**kwargs):
    row = stages.received(**kwargs)
    restrict_complaint(
        actor=actor_of(staff(Role.LEAD)),
        at=stages.AT,
        complaint_id=row.pk,
        kind=RestrictionKind.VIP,
        reason="She is the mayor.",
    )
    return row


def opened(actor, row, *, at=None):
    break_glass(actor=actor, at=at or database_now(), reference=row.reference, reason=WHY)
    return Opening.objects.unscoped("test").order_by("-pk").first()


def sees(actor, row):
    found = Complaint.objects.visible_to(actor).filter(pk=row.pk).exists()
    assert found == stages.now(row).is_visible_to(actor)
    return found


def post(client, reference, reason=WHY):
    return client.post(GLASS, {"reference": reference, "reason": reason})


def shown(response):
    return html.unescape(response.content.decode())


@pytest.mark.parametrize("role", [Role.AGENT, Role.CLINICAL_REVIEWER])
def test_whoever_handles_cases_sees_one_for_an_hour_and_not_a_second_longer(role):
    actor, row = actor_of(staff(role)), restricted()
    assert not sees(actor, row)
    opening = opened(actor, row)
    assert opening.until - opening.opened_at == HOUR
    assert sees(actor, row)
    assert not sees(actor_of(staff(role)), row)
    for moment in ("opened_at", "until"):
        setattr(opening, moment, getattr(opening, moment) - HOUR)
    opening.save(update_fields=["opened_at", "until"])
    assert not sees(actor, row)  # by the arithmetic of time alone


def test_the_database_itself_refuses_a_minute_more(agent):
    opening = opened(agent, restricted())
    with pytest.raises(IntegrityError, match="opening_lasts_an_hour_at_most"), transaction.atomic():
        Opening.objects.unscoped("test").update(until=opening.opened_at + HOUR + timedelta(microseconds=1))


def test_the_database_itself_wants_another_to_judge(agent):
    opening = opened(agent, restricted())
    opening.justified, opening.verdict_reason = True, "It was me."
    opening.judged_at, opening.judged_by_id = opening.opened_at, agent.user_id
    with pytest.raises(IntegrityError, match="opening_judged_by_another"), transaction.atomic():
        opening.save()


def test_it_is_in_the_audit_trail_and_its_reason_is_sealed(agent):
    row = restricted()
    opening = opened(agent, row)
    event = Event.objects.get(action="complaint.glass_broken")
    assert (event.actor_id, event.matter_id, event.detail) == (agent.user_id, row.pk, {"opening": str(opening.pk)})
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM complaints_opening")
        assert b"hospital" not in bytes(cursor.fetchone()[0])


def test_every_privacy_officer_is_told_by_email_without_health_data(agent, officer):
    second = staff(Role.PRIVACY_OFFICER)
    row = restricted()
    opening = opened(agent, row)
    dispatches = Dispatch.objects.filter(kind=DispatchKind.GLASS_BROKEN)
    assert {dispatch.to_user_id for dispatch in dispatches} == {officer.user_id, second.pk}
    for dispatch in dispatches:
        send_email(dispatch, at=stages.AT)
    [message, _] = mail.outbox
    assert message.subject == f"A restricted case was opened: {row.reference}"
    assert reverse("desk:opening", args=[opening.pk]) in message.body
    assert not any(word in message.body for word in ("Joseph", "hospital", "mayor", "denied"))


def test_where_there_is_no_privacy_officer_the_leads_are_told(agent, lead):
    row = restricted()
    opened(agent, row)
    told = Dispatch.objects.filter(kind=DispatchKind.GLASS_BROKEN)
    assert lead.user_id in {dispatch.to_user_id for dispatch in told}
    send_email(told.get(to_user=lead.user_id), at=stages.AT)
    assert reverse("desk:case", args=[row.reference]) in mail.outbox[0].body


def test_a_wrong_reference_and_the_own_complaint_are_one_and_the_same_answer():
    by = stages.insured()
    worker = staff(Role.AGENT)
    person = by.member
    person.user = worker
    person.save(update_fields=["user"])
    own = restricted(by=by)
    for reference in ("C-26-DMG7-L8JK", own.reference):
        with pytest.raises(NothingToOpen):
            break_glass(actor=actor_of(worker), at=database_now(), reference=reference, reason=WHY)
    assert not Opening.objects.unscoped("test").exists()
    assert Event.objects.filter(action="complaint.glass_refused").count() == 2


def test_one_that_is_seen_anyway_needs_no_glass(agent):
    row = stages.received()
    break_glass(actor=agent, at=database_now(), reference=row.reference, reason=WHY)
    assert not Opening.objects.unscoped("test").exists()


def test_the_sixth_reference_in_a_quarter_of_an_hour_is_not_looked_up(agent):
    for _ in range(5):
        with pytest.raises(NothingToOpen):
            break_glass(actor=agent, at=database_now(), reference="C-26-DMG7-L8JK", reason=WHY)
    with pytest.raises(TooManyOpenings):
        opened(agent, restricted())
    assert not Opening.objects.unscoped("test").exists()


@pytest.mark.parametrize("role", sorted(STAFF - {Role.AGENT, Role.CLINICAL_REVIEWER}))
def test_others_break_no_glass(role):
    row = restricted()
    with pytest.raises(ActionForbidden):
        break_glass(actor=actor_of(staff(role)), at=database_now(), reference=row.reference, reason=WHY)


def test_an_hour_does_not_become_for_good_by_taking_the_case(agent):
    row = restricted()
    opened(agent, row)
    write_note(actor=agent, at=database_now(), complaint_id=row.pk, body="Called the ward.")
    with pytest.raises(TransitionRefused, match="A team lead takes it"):
        take_complaint(actor=agent, at=database_now(), complaint_id=row.pk)


def test_the_log_tells_what_was_done_meanwhile_and_what_waits_stands_on_top(agent, officer):
    first, second = opened(agent, restricted()), opened(agent, restricted())
    write_note(actor=agent, at=database_now(), complaint_id=first.complaint_id, body="Called the ward.")
    judge_opening(actor=officer, at=database_now(), opening_id=second.pk, justified=True, reason="It was.")
    for reader in (officer, actor_of(staff(Role.AUDITOR))):
        page = read_openings(actor=reader, page=None, at=database_now())
        assert [line.id for line in page.object_list] == [first.pk, second.pk]
        assert [line.may_judge for line in page.object_list] == [reader is officer, False]
    assert {"key": "Notes written", "value": "1"} in done_within(actor=officer, opening_id=first.pk)


def test_an_opening_is_answered_once(agent, officer):
    opening = opened(agent, restricted())
    judge_opening(actor=officer, at=database_now(), opening_id=opening.pk, justified=False, reason="No need.")
    with pytest.raises(OpeningRefused, match="already"):
        judge_opening(actor=officer, at=database_now(), opening_id=opening.pk, justified=True, reason="Yet it was.")
    assert Event.objects.get(action="opening.judged").detail == {"justified": False}


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_of_the_log_takes_as_many_queries_whatever_it_holds(agent, officer, number, django_assert_num_queries):
    for _ in range(number):
        opened(agent, restricted())
    at = database_now()
    with django_assert_num_queries(3):
        assert len(read_openings(actor=officer, page=None, at=at).object_list) == number


def past(opening, span):
    """Let an opening have happened so long before."""
    opening.opened_at, opening.until = opening.opened_at - span, opening.until - span
    opening.save(update_fields=["opened_at", "until"])
    return opening


def test_a_case_opens_a_second_time_only_after_the_first_was_answered_for(agent, officer):
    row = restricted()
    first = past(opened(agent, row), HOUR)
    with pytest.raises(AnswersAwaited):
        opened(agent, row)
    assert Event.objects.get(action="complaint.glass_refused").detail == {"reason": "unanswered"}
    judge_opening(actor=officer, at=database_now(), opening_id=first.pk, justified=True, reason="It was.")
    assert opened(agent, row).pk != first.pk


def test_whoever_has_three_openings_unanswered_opens_no_fourth_and_is_told_whom_to_ask(client):
    user = sign_in(client, staff(Role.AGENT))
    for _ in range(3):
        opened(actor_of(user), restricted())
    refused = post(client, restricted().reference)
    assert refused.status_code == 422
    assert "Ask a privacy officer to answer, or a team lead" in shown(refused)
    assert Opening.objects.unscoped("test").count() == 3


def test_too_many_unanswered_tell_nobody_which_references_there_are(agent):
    for _ in range(3):
        opened(agent, restricted())
    for reference in (restricted().reference, "C-26-DMG7-L8JK"):
        with pytest.raises(AnswersAwaited):
            break_glass(actor=agent, at=database_now(), reference=reference, reason=WHY)


def test_an_opening_is_over_with_the_role_that_could_open():
    user, row = staff(Role.AGENT, Role.QUALITY_MANAGER), restricted()
    opened(actor_of(user), row)
    assert sees(actor_of(user), row)
    revoke_role(actor=SYSTEM, at=database_now(), user_id=user.pk, role=Role.AGENT)
    assert not sees(actor_of(user), row)


def test_an_opening_that_nobody_answers_for_is_asked_after_once_after_three_days(agent, officer, caplog):
    waiting, answered = (past(opened(agent, restricted()), timedelta(days=3)) for _ in range(2))
    recent = opened(agent, restricted())
    judge_opening(actor=officer, at=database_now(), opening_id=answered.pk, justified=True, reason="It was.")
    with caplog.at_level("ERROR"):
        remind_of_openings()
        remind_of_openings()
    [reminder] = Dispatch.objects.filter(dedupe_key__startswith="glass-waits")
    assert (reminder.to_user_id, reminder.detail["opening"]) == (officer.user_id, str(waiting.pk))
    assert recent.judged_at is None
    send_email(reminder, at=stages.AT)
    assert mail.outbox[-1].subject.startswith("An opening still waits for your answer")
    assert "Nobody has said so far whether it was justified." in mail.outbox[-1].body
    assert "waited for an answer for three days: 1" in caplog.text


def test_the_log_says_how_many_openings_wait_for_too_long(client, agent):
    sign_in(client, staff(Role.PRIVACY_OFFICER))
    opening = opened(agent, restricted())
    words = "One opening has waited for an answer for more than three days."
    assert words not in shown(client.get(reverse("desk:openings")))
    past(opening, timedelta(days=3))
    assert words in shown(client.get(reverse("desk:openings")))


def test_the_page_wants_to_see_a_factor_again(client):
    sign_in(client, staff(Role.AGENT), at=timezone.now() - timedelta(minutes=11))
    response = client.get(GLASS)
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, reverse("accounts:prove"))
    assert not Opening.objects.unscoped("test").exists()


def test_the_case_says_until_when_it_is_seen(desk):
    row = restricted()
    assert desk.get(reverse("desk:case", args=[row.reference])).status_code == 404
    response = post(desk, row.reference)
    assert response["Location"] == reverse("desk:case", args=[row.reference])
    page = shown(desk.get(response["Location"]))
    assert "You opened this restricted case. You see it until " in page
    assert "Lift the restriction" not in page


def test_the_owner_reads_why_it_is_restricted(client):
    row = restricted()
    sign_in(client, staff(Role.LEAD))
    page = shown(client.get(reverse("desk:case", args=[row.reference])))
    assert "Somebody well known complains. Only its owner, team leads and privacy officers see this case." in page
    assert "Lift the restriction" in page


def test_a_wrong_reference_gets_a_neutral_sentence_and_the_words_back(desk):
    response = post(desk, "C-26-DMG7-L8JK")
    assert response.status_code == 422
    assert "There is no complaint with this reference that you could open." in shown(response)
    assert WHY in shown(response)
    for _ in range(5):
        response = post(desk, "C-26-DMG7-L8JK")
    assert response.status_code == 429
    assert "You have tried too often." in shown(response)


def test_without_a_reason_nothing_opens(desk):
    row = restricted()
    response = post(desk, row.reference, "")
    assert response.status_code == 422
    assert "Say why you have to see it now." in shown(response)
    assert not Opening.objects.unscoped("test").exists()


def test_the_privacy_officer_reads_and_answers_and_the_auditor_reads(agent):
    opening = opened(agent, restricted())
    page, judge = reverse("desk:opening", args=[opening.pk]), reverse("desk:judge", args=[opening.pk])
    auditor, officer = Client(), Client()
    sign_in(auditor, staff(Role.AUDITOR))
    sign_in(officer, staff(Role.PRIVACY_OFFICER))
    assert WHY in shown(auditor.get(page))
    assert judge not in shown(auditor.get(page))
    assert auditor.post(judge, {"justified": "yes", "reason": "Fine."}).status_code == 403
    assert officer.post(judge, {"justified": "", "reason": "Kept words."}).status_code == 422
    assert officer.post(judge, {"justified": "no", "reason": "A lead was here."}).status_code == 302
    assert "Not justified" in shown(officer.get(reverse("desk:openings")))
    assert "A lead was here." in shown(auditor.get(page))
    assert officer.get(reverse("desk:opening", args=[uuid4()])).status_code == 404


def test_a_lead_restricts_and_lifts_on_the_page(client):
    row = stages.received()
    sign_in(client, staff(Role.LEAD))
    restrict = reverse("desk:restrict", args=[row.reference])
    assert client.post(restrict, {"kind": "", "reason": ""}).status_code == 422
    assert client.post(restrict, {"kind": "vip", "reason": "She is the mayor."}).status_code == 302
    assert stages.now(row).is_restricted
    assert client.post(restrict, {"kind": "vip", "reason": "Again."}).status_code == 409
    assert (
        client.post(reverse("desk:lift_restriction", args=[row.reference]), {"reason": "No more."}).status_code == 302
    )
    assert not stages.now(row).is_restricted


def test_an_opening_of_the_case_of_a_member_represented_is_nobodys_to_review(officer):
    insured = stages.insured()
    row = restricted(by=insured)
    opening = opened(actor_of(staff(Role.AGENT)), row)
    represented(insured.member, User.objects.get(pk=officer.user_id), at=opening.opened_at)
    acting = actor_of(User.objects.get(pk=officer.user_id), at=opening.opened_at)
    assert list(Opening.objects.visible_to(officer)) == [opening]
    assert not Opening.objects.visible_to(acting).exists()
    with pytest.raises(Opening.DoesNotExist):
        judge_opening(actor=acting, at=database_now(), opening_id=opening.pk, justified=True, reason=WHY)
    again = opened(actor_of(staff(Role.AGENT)), row)
    told = Dispatch.objects.filter(kind=DispatchKind.GLASS_BROKEN, detail__opening=str(again.pk))
    assert officer.user_id not in told.values_list("to_user", flat=True)


def test_where_no_privacy_officer_is_left_a_lead_answers_and_the_agent_goes_on(agent, officer, client):
    openings = [opened(agent, restricted()) for _ in range(3)]
    lead = sign_in(client, staff(Role.LEAD))
    log, page = reverse("desk:openings"), reverse("desk:opening", args=[openings[0].pk])
    assert "While none works here, team leads do." in shown(client.get(log))
    assert client.get(page).status_code == 404
    with pytest.raises(Opening.DoesNotExist):
        judge_opening(
            actor=actor_of(lead), at=database_now(), opening_id=openings[0].pk, justified=True, reason="It was."
        )
    revoke_role(actor=SYSTEM, at=database_now(), user_id=officer.user_id, role=Role.PRIVACY_OFFICER)
    with pytest.raises(AnswersAwaited):
        opened(agent, restricted())

    assert WHY in shown(client.get(log))
    answer = {"justified": "yes", "reason": "The ward confirmed it."}
    assert client.post(reverse("desk:judge", args=[openings[0].pk]), answer).status_code == 302
    assert Opening.objects.unscoped("test").get(pk=openings[0].pk).judged_by_id == lead.pk
    assert opened(agent, restricted())


def test_a_lead_does_not_answer_for_what_was_opened_before_becoming_one(agent):
    opening = opened(agent, restricted())
    grant_role(actor=SYSTEM, at=database_now(), user_id=agent.user_id, role=Role.LEAD)
    lead = actor_of(User.objects.get(pk=agent.user_id))
    assert [line.may_judge for line in read_openings(actor=lead, page=None, at=database_now()).object_list] == [False]
    with pytest.raises(OpeningRefused, match="yourself"):
        judge_opening(actor=lead, at=database_now(), opening_id=opening.pk, justified=True, reason=WHY)
