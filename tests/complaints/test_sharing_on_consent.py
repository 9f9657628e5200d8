"""Sending something of a case to whom the member has agreed: chosen at the desk, accounted for, printed, or refused."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.correspondence.models import Letter
from complaints.correspondence.rendering import render_letter_pdf
from complaints.enums import RestrictionKind
from complaints.lifecycle import TransitionRefused
from complaints.operations import break_glass, close_complaint, restrict_complaint, share_case
from complaints.oversight.enums import Kind
from complaints.oversight.trail import KINDS
from complaints.permissions import ActionForbidden
from members.actors import Role
from members.audit.models import Event
from members.disclosures.consents import withdraw_consent
from members.disclosures.corrections import correct_disclosure
from members.disclosures.models import Consent, Disclosure
from members.disclosures.vocabulary import Way
from members.identifiers import new_id
from tests.complaints import stages
from tests.config import objects
from tests.members.accounts.door import body
from tests.members.disclosures.agreed import agreed, refused_meanwhile
from tests.people import actor_of, sign_in, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
NOW = timezone.now
LAWYER = "Dr. Nora Blum"


@pytest.fixture
def maria():
    return stages.insured("Maria Alvarez")


@pytest.fixture
def dana():
    return staff(Role.AGENT, name="Dana Ruiz")


@pytest.fixture
def case(maria, dana):
    """Return a case of Dana's with a letter, a notice and a file, of which nothing went to her lawyer yet."""
    return objects.case(actor_of(dana), name="Maria Alvarez", by=maria)


@pytest.fixture
def consent(maria, case):  # noqa: ARG001 -- the case comes first
    return agreed(maria.member, recipient=LAWYER, at=NOW() - timedelta(days=1), text="lawyer")


@pytest.fixture
def agent(client, dana):
    return sign_in(client, dana)


def share(case, consent=None):
    named = {"reference": case.row.reference} | ({"consent_id": consent.pk} if consent else {})
    return reverse("desk:share_on" if consent else "desk:share", kwargs=named)


def gone(consent):
    return list(Disclosure.objects.unscoped("test").filter(consent=consent).order_by("pk"))


def letter_of(case):
    return Letter.objects.unscoped("test").get(complaint=case.row)


def chosen(case, **changed):
    return {
        "items": [str(letter_of(case).pk), str(case.file_id)],
        "way": "post",
        "address": "4 Main Street, Hartford",
        "page": str(new_id()),
    } | changed


@pytest.mark.usefixtures("agent")
def test_a_letter_and_a_file_go_to_the_lawyer_and_the_member_reads_it(client, case, consent, maria):
    page = body(client.get(share(case)))
    for words in (LAWYER, "My lawyer may see my file", "Legal advice", share(case, consent)):
        assert words in page
    assert client.post(share(case, consent), chosen(case))["Location"] == share(case)
    rows = gone(consent)
    assert {row.object_id for row in rows} == {letter_of(case).pk, case.file_id}
    for row in rows:
        assert (row.basis, row.purpose, row.way, row.matter_id) == ("consent", "legal_help", "post", case.row.pk)
        assert (row.member_id, row.actor_label) == (maria.member.pk, "Dana Ruiz")
    page = body(client.get(share(case)))
    assert page.count("Save it to print") == 3, "and what went to Ana before"
    sign_in(client, maria.member.user)
    account = body(client.get("/en/account/shared/"))
    for words in (LAWYER, "4 Main Street", f"Decision letter, {case.row.reference}", "The member agreed"):
        assert words in account


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("helper", {"summary", "letter", "notice"}),
        ("doctor", {"summary", "letter", "file"}),
        ("lawyer", {"summary", "letter", "notice", "file"}),
    ],
)
@pytest.mark.usefixtures("agent")
def test_only_what_the_consent_covers_is_offered_and_goes(client, case, maria, text, offered):
    row = agreed(maria.member, recipient=LAWYER, at=NOW(), text=text)
    things = {"summary": case.row.pk, "letter": letter_of(case).pk, "notice": case.notice_id, "file": case.file_id}
    page = body(client.get(share(case, row)))
    assert {name for name, key in things.items() if f'value="{key}"' in page} == offered
    for name in things.keys() - offered:
        refused = client.post(share(case, row), chosen(case, items=[str(things[name])]))
        assert (refused.status_code, gone(row)) == (422, [])
        assert "One of these is not there any more. Choose anew." in body(refused)


@pytest.mark.usefixtures("agent")
def test_what_was_taken_back_between_page_and_press_does_not_go(client, case, consent, maria):
    assert client.get(share(case, consent)).status_code == 200
    withdraw_consent(actor=maria.actor, at=NOW(), consent_id=consent.pk)
    response = client.post(share(case, consent), chosen(case))
    assert (response.status_code, gone(consent)) == (409, [])
    page = body(response)
    assert "The member has not agreed that this goes to this person, or agrees no longer." in page
    assert "4 Main Street, Hartford" in page
    assert "Send nothing on it." in body(client.get(share(case, consent)))
    assert LAWYER not in body(client.get(share(case)))


@pytest.mark.usefixtures("agent")
def test_what_was_not_printed_before_the_consent_was_taken_back_is_not_handed_out(client, case, consent, maria):
    client.post(share(case, consent), chosen(case))
    paths = [reverse("desk:shared", args=[case.row.reference, row.pk]) for row in gone(consent)]
    assert [client.get(path).status_code for path in paths] == [200, 200]
    withdraw_consent(actor=maria.actor, at=NOW(), consent_id=consent.pk)
    for path in paths:
        response = client.get(path)
        assert response.status_code == 409
        assert "The member has taken this back, or it has ended." in body(response)
    assert "The consent is over" in body(client.get(share(case)))


@pytest.mark.usefixtures("agent")
def test_what_was_recorded_by_mistake_is_marked_and_not_handed_out(client, case, consent):
    client.post(share(case, consent), chosen(case, items=[str(case.row.pk)]))
    [row] = gone(consent)
    officer = actor_of(staff(Role.PRIVACY_OFFICER))
    correct_disclosure(actor=officer, at=NOW(), disclosure_id=row.pk, reason="It never went.")
    path = reverse("desk:shared", args=[case.row.reference, row.pk])
    page = body(client.get(share(case)))
    assert "Recorded by mistake" in page
    assert path not in page
    response = client.get(path)
    assert response.status_code == 409
    assert "This was recorded by mistake, and the member reads so. Send it anew if it has to go." in body(response)


@pytest.mark.usefixtures("agent")
def test_name_and_address_go_along_only_where_the_consent_covers_contacts(client, case, consent, maria):
    helper = agreed(maria.member, recipient="Ana", at=NOW(), text="helper")
    content = replace(stages.LETTER, recipient=("Maria Alvarez", "1 Elm Street"), salutation="Dear Maria Alvarez:")
    without_name = replace(content, recipient=(), salutation="To whom it may concern:")
    as_it_went_out, row = render_letter_pdf(content), letter_of(case)
    row.content, row.pdf = asdict(content), as_it_went_out
    row.save()
    for row, is_whole in ((consent, True), (helper, False)):
        things = [str(letter_of(case).pk), str(case.row.pk)]
        client.post(share(case, row), chosen(case, items=things))
        by_thing = {entry.object_id: entry.pk for entry in gone(row)}
        letter = client.get(reverse("desk:shared", args=[case.row.reference, by_thing[letter_of(case).pk]]))
        assert (letter.content == as_it_went_out) is is_whole
        told = next(entry.classes for entry in gone(row) if entry.object_id == letter_of(case).pk)
        assert told == (["contact", "decision"] if is_whole else ["decision"])
        if not is_whole:
            assert letter.content == render_letter_pdf(without_name), "neither in the address nor in the salutation"
        summary = client.get(reverse("desk:shared", args=[case.row.reference, by_thing[case.row.pk]]))
        assert summary.content.startswith(b"%PDF")
        assert summary["Content-Disposition"].startswith("attachment")


@pytest.mark.usefixtures("agent")
def test_pressing_twice_sends_once(client, case, consent):
    form = chosen(case)
    for _ in range(2):
        assert client.post(share(case, consent), form)["Location"] == share(case)
    assert len(gone(consent)) == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"items": []}, "Choose at least one thing."),
        ({"way": ""}, "Choose how it goes."),
        ({"address": " "}, "Enter the address, for it goes by post."),
    ],
)
@pytest.mark.usefixtures("agent")
def test_what_cannot_be_is_refused_with_the_cure(client, case, consent, changed, words):
    response = client.post(share(case, consent), chosen(case, **changed))
    assert (response.status_code, gone(consent)) == (422, [])
    assert words in body(response)


@pytest.mark.usefixtures("agent")
def test_a_consent_of_another_member_opens_nothing(client, case):
    other = agreed(stages.insured("Josef K").member, at=NOW())
    assert client.get(share(case, other)).status_code == 404
    assert client.post(share(case, other), chosen(case)).status_code == 404


@pytest.mark.usefixtures("agent")
def test_of_a_guest_and_without_a_consent_the_page_says_what_to_do(client, maria):
    guest, hers = stages.received(), stages.received(by=maria)
    assert "there is no consent on file" in body(client.get(reverse("desk:share", args=[guest.reference])))
    assert "Ask the member first." in body(client.get(reverse("desk:share", args=[hers.reference])))


def test_who_does_not_work_cases_sends_nothing(case, consent):
    told = {"at": NOW(), "complaint_id": case.row.pk, "consent_id": consent.pk, "item_ids": [case.row.pk]}
    with pytest.raises(ActionForbidden):
        share_case(**told, actor=actor_of(staff(Role.AUDITOR)), way=Way.POST, address="x", key=new_id())


def send(actor, case, consent):
    told = {"actor": actor, "at": NOW(), "complaint_id": case.row.pk, "consent_id": consent.pk}
    return share_case(**told, item_ids=[case.row.pk], way=Way.POST, address="x", key=new_id())


@pytest.mark.parametrize("is_over", [False, True])
def test_a_colleague_of_whoever_has_the_case_sends_nothing_and_prints_nothing(client, case, consent, dana, is_over):
    [row] = send(actor_of(dana), case, consent)
    cure = "Dana Ruiz has this complaint. Take it over first"
    if is_over:
        close_complaint(actor=actor_of(dana), at=NOW(), complaint_id=case.row.pk)
        cure = "This complaint is over. Whoever had it sends from it, a team lead or a privacy officer."
    sign_in(client, staff(Role.AGENT, name="Eva Stone"))
    page = body(client.get(share(case)))
    assert cure in page
    assert "Send something" not in page
    assert "Save it to print" not in page
    assert cure in body(client.get(share(case, consent)))
    for response in (
        client.post(share(case, consent), chosen(case)),
        client.get(reverse("desk:shared", args=[case.row.reference, row.pk])),
    ):
        assert response.status_code == 409
        assert cure in body(response)
    assert gone(consent) == [row]


def test_an_hour_of_broken_glass_sends_nothing(case, consent, dana):
    told = {"actor": actor_of(objects.cached("boss", Role.LEAD)), "complaint_id": case.row.pk}
    restrict_complaint(**told, at=NOW(), kind=RestrictionKind.VIP, reason="She is the mayor.")
    opener = actor_of(staff(Role.AGENT, name="Eva Stone"))
    break_glass(actor=opener, at=NOW(), reference=case.row.reference, reason="She is in the hospital.")
    with pytest.raises(TransitionRefused, match=r"This complaint is restricted. A team lead takes it."):
        send(opener, case, consent)
    assert gone(consent) == []
    assert send(actor_of(dana), case, consent), "it is hers still"


@pytest.mark.parametrize("role", [Role.LEAD, Role.PRIVACY_OFFICER])
def test_leads_and_privacy_officers_send_from_cases_of_others(case, consent, role):
    assert send(actor_of(staff(role)), case, consent) == gone(consent)


@pytest.mark.usefixtures("agent")
def test_what_is_printed_counts_as_taken_away_and_what_is_only_looked_at_does_not(client, case, consent, dana):
    client.post(share(case, consent), chosen(case))
    client.get(share(case))
    taken_away = Event.objects.filter(KINDS[Kind.TAKEN], actor_id=dana.pk)
    assert not taken_away.exists()
    for row in gone(consent):
        b"".join(client.get(reverse("desk:shared", args=[case.row.reference, row.pk])))
    told = taken_away.values_list("matter_id", "detail__purpose").distinct()
    assert list(told) == [(case.row.pk, "export what goes on a consent")]
    assert taken_away.values("at").distinct().count() == 2, "the rule counts each document"


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_under_way_is_waited_for_and_stops_what_is_sent(case, consent, maria, dana):
    told = {"at": NOW(), "complaint_id": case.row.pk, "consent_id": consent.pk, "item_ids": [case.row.pk]}
    actor = actor_of(dana)
    refused = refused_meanwhile(
        lambda: withdraw_consent(actor=maria.actor, at=NOW(), consent_id=consent.pk),
        lambda: share_case(**told, actor=actor, way=Way.POST, address="x", key=new_id()),
    )
    assert "has not agreed" in refused
    assert gone(consent) == []


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.usefixtures("agent")
def test_the_page_takes_as_many_queries_for_three(client, maria, dana, count, django_assert_num_queries):
    row = stages.taken(actor_of(dana), by=maria)
    for number in range(count):
        consent = agreed(maria.member, recipient=f"Helper {number}", at=NOW())
        told = {"actor": actor_of(objects.cached("boss", Role.LEAD)), "at": NOW(), "complaint_id": row.pk}
        share_case(**told, consent_id=consent.pk, item_ids=[row.pk], way=Way.IN_PERSON, address="", key=new_id())
    with django_assert_num_queries(9):
        page = body(client.get(reverse("desk:share", args=[row.reference])))
    assert page.count("Save it to print") == count
    assert Consent.objects.unscoped("test").count() == count
