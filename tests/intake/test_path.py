"""From the first question to the confirmation, as a guest and as a member."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from complaints.correspondence.models import Dispatch
from complaints.enums import LineOfBusiness, Priority, Track
from complaints.intake.models import Draft
from complaints.models import Complaint
from complaints.promises import last_day
from members.actors import SYSTEM
from members.privacy.access import phi_access
from slas.queries import open_clocks
from tests import people
from tests.intake import walk

pytestmark = pytest.mark.django_db


def complaints() -> list[Complaint]:
    return list(Complaint.objects.unscoped("test").select_related("matter"))


def test_a_guest_files_a_complaint(client):
    reference = walk.file_complaint(client)
    [complaint] = complaints()
    assert (complaint.reference, complaint.member_id, complaint.track) == (reference, None, Track.STANDARD)
    with phi_access(actor=SYSTEM, purpose="test", at=people.AT):
        assert complaint.narrative == "You paid the claim, and then I got the bill."
        assert complaint.desired_outcome == "Pay it."
        assert complaint.complainant_name == "Joseph K"
        assert complaint.complainant_email == "joseph@example.org"
        assert complaint.complainant_phone is None
    assert Dispatch.objects.get().kind == "acknowledgement"


def test_the_confirmation_has_the_reference_and_the_days_of_the_real_clocks(client):
    reference = walk.file_complaint(client)
    [complaint] = complaints()
    page = client.get(reverse("intake:done", args=[reference])).content.decode()
    assert f'<strong class="rd-reference"><bdi dir="ltr">{reference}</bdi></strong>' in page
    due = {clock.kind: last_day(clock.due_at, walk.HOUSE) for clock in open_clocks([complaint.pk])[complaint.pk]}
    assert f"We confirm that we have your complaint by {due['acknowledge']}." in page
    assert f"We look into it and send you our decision by {due['resolve']}." in page
    assert reverse("public:status") in page


def test_harm_puts_a_complaint_first(client):
    walk.file_complaint(client, urgent={"harm_if_waiting": "yes"})
    [complaint] = complaints()
    assert (complaint.track, complaint.priority) == (Track.EXPEDITED, Priority.URGENT)


def test_a_member_is_asked_nothing_that_we_know(client):
    person = people.member(name="Amira Haddad", email="amira@example.org")
    people.sign_in(client, people.member_account(person=person))
    page = client.get(walk.url("who")).content.decode()
    assert 'value="Amira Haddad"' in page
    assert 'value="amira@example.org"' in page
    assert 'name="relationship" type="radio" value="self" checked' in page


def test_a_members_complaint_is_theirs_and_counts_for_their_line_of_business(client):
    person = people.member()
    people.sign_in(client, people.member_account(person=person))
    reference = walk.file_complaint(client)
    [complaint] = complaints()
    assert (complaint.member_id, complaint.line_of_business) == (person.pk, LineOfBusiness.GROUP)
    page = client.get(reverse("intake:done", args=[reference])).content.decode()
    assert reverse("member:case", args=[reference]) in page
    assert client.get(reverse("member:case", args=[reference])).status_code == 200


def test_pressing_send_again_leads_to_the_same_confirmation(client):
    walk.answer_all(client)
    draft = walk.page_draft(client, "check")
    first, second = walk.send(client, draft=draft), walk.send(client, draft=draft)
    assert (first.status_code, first["Location"]) == (302, second["Location"])
    assert len(complaints()) == 1


def test_the_page_of_checks_leads_to_the_confirmation_once_it_was_sent(client):
    reference = walk.file_complaint(client)
    for name in ("check", "topic", "files", "outcome"):
        assert client.get(walk.url(name))["Location"] == reverse("intake:done", args=[reference])


def test_the_words_of_a_draft_are_gone_once_it_was_sent(client):
    walk.file_complaint(client)
    draft = Draft.objects.unscoped("test").get()
    with phi_access(actor=SYSTEM, purpose="test", at=people.AT):
        assert draft.answers == {}


def test_nobody_else_sees_a_confirmation(client):
    reference = walk.file_complaint(client)
    stranger, other = Client(), Client()
    people.sign_in(other, people.member_account())
    unknown = reverse("intake:done", args=["C-26-2222-2222"])
    for browser in (stranger, other):
        page = browser.get(reverse("intake:done", args=[reference]))
        assert page.status_code == 404
        assert page.content == browser.get(unknown).content


def test_sending_takes_a_fixed_number_of_queries(client, django_assert_num_queries):
    walk.file_complaint(client)  # what a process reads once, such as policies, is read
    walk.answer_all(client)
    draft = walk.page_draft(client, "check")
    with django_assert_num_queries(17):
        walk.send(client, draft=draft)


def test_a_members_sending_takes_a_fixed_number_of_queries(client, django_assert_num_queries):
    people.sign_in(client, people.member_account())
    walk.file_complaint(client)
    walk.answer_all(client)
    draft = walk.page_draft(client, "check")
    with django_assert_num_queries(20):
        walk.send(client, draft=draft)


@pytest.mark.django_db(transaction=True)
def test_ten_presses_at_once_make_one_complaint(client):
    walk.answer_all(client)
    draft = walk.page_draft(client, "check")

    def press(_number: int) -> str:
        browser = Client()
        browser.cookies = client.cookies
        try:
            return walk.send(browser, draft=draft)["Location"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as presses:
        answers = set(presses.map(press, range(10)))
    assert len(answers) == 1
    assert len(complaints()) == 1


def test_a_guest_without_an_address_is_told_to_call(client):
    reference = walk.file_complaint(client, who={"email": "", "phone": "860 555 0100"})
    page = client.get(reverse("intake:done", args=[reference])).content.decode()
    assert "You gave us no e-mail address, so we confirm by phone or by mail." in page
    assert reverse("public:status") not in page.partition("<main")[2].partition("</main>")[0]
    assert Dispatch.objects.count() == 0


def test_who_acts_for_a_member_sees_the_complaint_without_lending_it_their_coverage(client):
    daughter = people.member_account()
    people.sign_in(client, daughter)
    reference = walk.file_complaint(client, who={"relationship": "representative"})
    [complaint] = complaints()
    assert (complaint.member_id, complaint.filed_by_id) == (None, daughter.pk)
    assert complaint.line_of_business == LineOfBusiness.UNKNOWN
    assert client.get(reverse("member:case", args=[reference])).status_code == 200
    assert [case.reference for case in Complaint.objects.visible_to(people.actor_of(daughter))] == [reference]
    assert not Complaint.objects.visible_to(people.actor_of(people.member_account())).exists()
