"""What breaking the glass looks like: to whoever opens, answers, owns and reviews."""

import html
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.models import Opening
from complaints.operations import (
    AnswersAwaited,
    OpeningRefused,
    judge_opening,
)
from complaints.queries.openings import read_openings
from members.accounts.models import User
from members.actors import SYSTEM, Role
from members.operations import grant_role, revoke_role
from slas.queries import database_now
from tests.complaints import stages
from tests.complaints.glass import WHY, opened, past, restricted
from tests.members.representing import represented
from tests.people import actor_of, sign_in, staff

pytestmark = pytest.mark.usefixtures("policies")
GLASS = "/desk/restricted/open/"


def post(client, reference, reason=WHY):
    return client.post(GLASS, {"reference": reference, "reason": reason})


def shown(response):
    return html.unescape(response.content.decode())


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


def test_whoever_has_three_openings_unanswered_opens_no_fourth_and_is_told_whom_to_ask(client):
    user = sign_in(client, staff(Role.AGENT))
    for _ in range(3):
        opened(actor_of(user), restricted())
    refused = post(client, restricted().reference)
    assert refused.status_code == 422
    assert "Ask a privacy officer to answer, or a team lead" in shown(refused)
    assert Opening.objects.unscoped("test").count() == 3
