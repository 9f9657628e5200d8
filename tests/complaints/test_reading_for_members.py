"""What somebody reads who acts for a member is in that member's account, once for each thing and person."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.correspondence.models import Letter, LetterChannel
from complaints.operations import inform_member, send_message, submit_complaint
from complaints.queries.member_cases import case_page
from complaints.queries.member_documents import own_file, own_letter
from members.actors import SYSTEM, Role, Scope
from members.audit.models import Event
from members.disclosures.models import Disclosure
from members.operations import revoke_representation
from members.privacy.access import phi_access
from tests.complaints import member_cases as cases
from tests.config import objects
from tests.files.kept import kept
from tests.members.accounts.door import body
from tests.members.representing import represented
from tests.people import AT, actor_of, member, member_account, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
NOW = timezone.now


def got(user) -> list[Disclosure]:
    return list(Disclosure.objects.unscoped("a test looks").filter(reader=user).order_by("pk"))


def told(user) -> list[str]:
    with phi_access(actor=SYSTEM, purpose="test", at=AT):
        return sorted(row.what.rpartition(",")[0] for row in got(user))


@pytest.fixture
def josef():
    """Return a member with an account."""
    person = member()
    member_account(person=person)
    person.refresh_from_db()
    return person


@pytest.fixture
def case(josef):
    """Return a complaint of his with a letter, a notice, a file and a message of each side."""
    boss = actor_of(objects.cached("boss", Role.LEAD))
    made = objects.case(boss, name="Joseph K", by=objects.stages.Insured(josef, actor_of(josef.user)))
    for actor in (boss, actor_of(josef.user)):
        send_message(actor=actor, at=NOW(), complaint_id=made.row.pk, body="Here it is.")
    return made


@pytest.fixture
def max_brod(josef):
    """Return the account of somebody who may do everything for him."""
    user = member_account(person=member(name="Max Brod"))
    represented(josef, user, at=NOW() - timedelta(days=1))
    return user


def url(name, case, **more):
    return reverse(f"member:{name}", kwargs={"reference": case.row.reference} | more)


def pages(case):
    return {
        url("case", case): ["A message from us", "A message to us", "Decision letter", "What the complaint says"],
        url("letter", case): ["Decision letter"],
        url("letter_pdf", case): ["Decision letter"],
        url("notice", case, notice_id=case.notice_id): ["Letter of delay"],
        url("notice_pdf", case, notice_id=case.notice_id): ["Letter of delay"],
        url("file", case, enclosure_id=case.file_id): ["A file that came with the complaint"],
        url("file_preview", case, enclosure_id=case.file_id): ["A file that came with the complaint"],
    }


@pytest.mark.parametrize("place", range(7))
def test_the_first_opening_is_in_the_account_and_no_later_one(client, case, max_brod, place):
    sign_in(client, max_brod)
    path, expected = list(pages(case).items())[place]
    for _ in range(2):
        assert client.get(path).status_code == 200
        assert told(max_brod) == expected
    for row in got(max_brod):
        assert (row.member_id, row.matter_id) == (case.row.member_id, case.row.pk)
        assert (row.basis, row.purpose, row.way) == ("representation", "help", "portal")
    made = Event.objects.filter(action="disclosure.made", detail__basis="representation")
    assert made.count() == len(expected)


def test_the_member_reads_it_in_the_account_and_is_no_recipient(client, case, josef, max_brod):
    sign_in(client, max_brod)
    client.get(url("letter", case))
    sign_in(client, josef.user)
    for path in pages(case):
        assert client.get(path).status_code == 200
    assert got(josef.user) == []
    page = body(client.get("/en/account/shared/"))
    for words in ("Max Brod", f"Decision letter, {case.row.reference}", "The person acts for the member"):
        assert words in page


def test_each_person_is_accounted_for(client, case, josef, max_brod):
    other = member_account()
    represented(josef, other, at=NOW() - timedelta(days=1))
    for user in (max_brod, other):
        sign_in(client, user)
        client.get(url("letter_pdf", case))
    assert [told(user) for user in (max_brod, other)] == [["Decision letter"]] * 2


def test_later_openings_take_one_query_more_than_the_members_own(case, josef, max_brod, django_assert_num_queries):
    for user, more in ((josef.user, 0), (max_brod, 1)):
        browser = Client()
        sign_in(browser, user)
        browser.get(url("case", case))
        with django_assert_num_queries(10 + more):
            browser.get(url("case", case))
        browser.get(url("letter", case))
        with django_assert_num_queries(4 + more):
            browser.get(url("letter", case))


def test_what_somebody_filed_and_wrote_for_the_member_is_no_disclosure_to_that_person(client, josef, max_brod):
    statement = replace(cases.STATEMENT, member_id=josef.pk, relationship="representative")
    row = submit_complaint(actor=actor_of(max_brod, at=NOW()), at=NOW(), statement=statement)
    send_message(actor=actor_of(max_brod, at=NOW()), at=NOW(), complaint_id=row.pk, body="When?")
    file = kept(complaint=row)
    sign_in(client, max_brod)
    assert client.get(reverse("member:case", args=[row.reference])).status_code == 200
    assert client.get(reverse("member:file", args=[row.reference, file.pk])).status_code == 200
    assert got(max_brod) == []


def test_what_was_sent_to_that_person_is_in_the_account_once(client, agent, josef, max_brod):
    statement = replace(cases.STATEMENT, member_id=josef.pk, relationship="representative")
    row = submit_complaint(actor=actor_of(max_brod, at=NOW()), at=NOW(), statement=statement)
    send_message(actor=agent, at=NOW(), complaint_id=row.pk, body="We look into it.")
    assert told(max_brod) == ["A message from us"]
    sign_in(client, max_brod)
    client.get(reverse("member:case", args=[row.reference]))
    assert told(max_brod) == ["A message from us"]


def test_a_letter_online_goes_to_nobody_who_may_not_get_letters(agent, josef):
    user = member_account(person=member(name="Max Brod"))
    represented(josef, user, [Scope.FILE, Scope.READ], at=NOW() - timedelta(days=1))
    statement = replace(cases.STATEMENT, member_id=josef.pk, relationship="representative")
    row = submit_complaint(actor=actor_of(user, at=NOW()), at=NOW(), statement=statement)
    letter = cases.answered(row, agent, at=NOW(), channel=LetterChannel.POST, posted=False)
    Letter.objects.unscoped("test").filter(complaint=letter).update(channel=LetterChannel.PORTAL)
    inform_member(actor=SYSTEM, at=NOW(), complaint_id=row.pk, proof="email")
    assert got(user) == []


def test_whose_authorisation_has_just_ended_gets_nothing_and_stands_in_no_account(case, josef, max_brod):
    stale = actor_of(max_brod, at=NOW())
    right = josef.representations.unscoped("test").get()
    revoke_representation(actor=actor_of(josef.user, at=NOW()), at=NOW(), representation_id=right.pk)
    before = Event.objects.filter(action="phi.opened", actor_id=max_brod.pk).count()
    told_who = {"actor": stale, "now": NOW(), "reference": case.row.reference}
    assert case_page(**told_who) is None
    assert own_letter(**told_who) is None
    assert own_file(**told_who, enclosure_id=case.file_id) is None
    assert got(max_brod) == []
    assert Event.objects.filter(action="phi.opened", actor_id=max_brod.pk).count() == before


def test_the_database_takes_one_row_for_a_person_and_a_thing(case, max_brod):
    own_letter(actor=actor_of(max_brod, at=NOW()), now=NOW(), reference=case.row.reference)
    [row] = got(max_brod)
    again = Disclosure.objects.unscoped("test").get(pk=row.pk)
    again.pk, again._state.adding = objects.NOTHING, True
    with pytest.raises(IntegrityError, match="disclosure_once_to_each_reader"), transaction.atomic():
        again.save()


@pytest.mark.django_db(transaction=True)
def test_two_openings_at_once_are_one_disclosure(case, max_brod):
    actor, read = actor_of(max_brod, at=NOW()), []

    def open_it():
        read.append(own_letter(actor=actor, now=NOW(), reference=case.row.reference))
        connections["default"].close()

    both = [Thread(target=open_it) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(10)
    assert len(read) == 2
    assert all(read)
    assert told(max_brod) == ["Decision letter"]
