"""What is not there for somebody changes no byte of any trail: on screen, as CSV, as JSON, nor once it is erased."""

import re
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.enums import RestrictionKind
from complaints.files.store import open_file, open_preview
from complaints.models import Complaint, Enclosure, Evidence, Note
from complaints.operations import close_complaint, inform_member, restrict_complaint, send_message, write_note
from complaints.oversight import subjects
from complaints.oversight.enums import Kind, Period
from complaints.oversight.look_ups import note_export, note_look_up
from complaints.oversight.names import name_of_member
from complaints.oversight.reviews import judge_review, read_review
from complaints.oversight.trail import Asked
from complaints.queries.case import read_case
from complaints.queries.decision_letter import issued_letter
from complaints.queries.queue import SavedView, read_queue
from complaints.retention.disclosures import forget_old_disclosures
from complaints.retention.hold_queries import read_hold
from complaints.retention.holds import place_hold, release_hold
from complaints.retention.ledger_lines import line_of, read_line
from complaints.retention.models import Erasure
from complaints.retention.work import erase_listed
from complaints.search.asked import take_apart
from complaints.search.queries import search
from members.actors import Role
from members.audit.models import Event
from members.audit.sealer import seal_all
from members.disclosures.account import account_of
from members.disclosures.consents import record_consent
from members.disclosures.gate import record_disclosure
from members.disclosures.texts import BY_CODE
from members.disclosures.vocabulary import DataClass, Way
from members.models import Member
from members.privacy.purposes import Purpose
from members.privacy.signing import audit_signer
from slas.queries import database_now
from tests.complaints import stages
from tests.config import objects
from tests.config.test_leaks import CHANGING
from tests.files.kept import kept
from tests.intake.papers import picture
from tests.members.disclosures.agreed import LAW, LETTER
from tests.members.disclosures.agreed import Recipient as To
from tests.members.representing import recorded
from tests.people import actor_of, member_account, sign_in, staff
from tests.retention.old import confirmed, ended, over, six_years_and

pytestmark = pytest.mark.usefixtures("policies")
READERS = {"auditor": Role.AUDITOR, "officer of the own record": Role.PRIVACY_OFFICER}
NARROWED = tuple(kind for kind in Kind if kind is not Kind.SEARCHED)
"""That somebody searched is told to everybody; what was found is not."""
OF_THE_HOUSE = re.compile(rb'<p class="wb-meta">.*?</p>', re.DOTALL)
"""How many events of all there are wait for the seal."""
WORDS = ("hartwell", "lindqvist", "radiograph", '"spoke with lindqvist"', "zoe@example.org")


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path):
    """A ledger of the test's own."""
    settings.ERASURE_LEDGER = str(tmp_path / "erasure.ledger")


@pytest.fixture(params=READERS)
def world(request, client):
    """Return a reader of trails before a browser, and a colleague with a past of which everything is to be seen."""
    user = staff(READERS[request.param])
    own = objects.as_member(user) if request.param.endswith("own record") else None
    if own:
        own.member.set_member_number("OWN-1")
        own.member.save(update_fields=["member_number", "member_number_index"])
    doer = actor_of(staff(Role.LEAD, Role.PRIVACY_OFFICER, name="Dana Ruiz"))
    plain = stages.closed(doer, name="Plain Person")
    read_case(actor=doer, reference=plain.reference, at=database_now())
    sign_in(client, user)
    seal_all(signer=audit_signer(), at=timezone.now())
    return SimpleNamespace(user=user, client=client, own=own, doer=doer, plain=plain)


def look(world):
    """Return all that the reader is shown of what the colleague did, but for the searches."""
    page = reverse("oversight:person", args=[world.doer.user_id])
    found = {}
    for kind in NARROWED:
        for form in ("", "trail.csv", "trail.json"):
            answer = world.client.get(f"{page}{form}?period=all&kind={kind}")
            assert answer.status_code == 200
            found[kind, form] = CHANGING.sub(b"", OF_THE_HOUSE.sub(b"", answer.content))
    return found


def searches_shown(world):
    events = subjects.events_of_person(actor_of(world.user), world.doer.user_id)
    return Asked(Period.ALL, Kind.SEARCHED).of(events, at=timezone.now()).count()


def hidden_case(world):
    """Let a case come into being that is not there for the reader, with a part of each kind."""
    doer = world.doer
    whose = world.own or stages.insured("Zoe Hidden")
    row = stages.lettered(doer, by=whose, narrative="Hartwell was rude.", name="Zoe Hidden", email="zoe@example.org")
    told = {"actor": doer, "at": stages.AT, "complaint_id": row.pk}
    write_note(**told, body="Spoke with Lindqvist.")
    send_message(**told, body="Please send the radiograph.")
    kept(complaint=row, preview=picture("JPEG"))
    read_queue(actor=doer, view=SavedView.OPEN, page="1", at=database_now())
    inform_member(**told, proof="post")
    close_complaint(**told)
    if not world.own:
        restrict_complaint(**told, kind=RestrictionKind.VIP, reason="She is the mayor.")
    return stages.now(row)


def open_everything(world, row):
    """Let the colleague open every part of a case, in every way there is."""
    doer, at = world.doer, database_now()
    read_case(actor=doer, reference=row.reference, at=at)
    issued_letter(actor=doer, reference=row.reference, at=at)
    file = Enclosure.objects.visible_to(doer).get(complaint_id=row.pk)
    b"".join(open_file(file, actor=doer, purpose=Purpose.CASE, at=at).pieces)
    open_preview(file, actor=doer, purpose=Purpose.CASE, at=at)
    for words in WORDS:
        search(actor=doer, asked=take_apart(words), start=0, at=at)
    note_look_up(actor=doer, at=at, of="case", key=row.pk, asked=Asked())
    note_export(actor=doer, at=at, of="case", key=row.pk, asked=Asked(), form="csv", events=3)
    hold = place_hold(actor=doer, at=at, complaint_id=row.pk, of_member=False, reason="A court asks.")
    release_hold(actor=actor_of(staff(Role.PRIVACY_OFFICER)), at=at, hold_id=hold.pk, reason="Over.")


def open_as_it_was_recorded_before(world, row):
    """Add openings that do not name their case, as searches and lists left them."""
    rows = [row]
    for model in (Note, Evidence, Enclosure):
        rows += model.objects.unscoped("test").filter(complaint_id=row.pk)
    for each in rows:
        told = {"object_type": each._meta.db_table, "object_id": each.pk}
        detail = {"purpose": "search", "columns": ["body"]}
        Event.by(world.doer, at=database_now(), action="phi.opened", detail=detail, **told).save()
    Event.by(
        world.doer, at=database_now(), action="audit.searched", object_type="case", object_id=row.pk, detail={}
    ).save()


def erase(row):
    agent = actor_of(staff(Role.AGENT))
    officers = [actor_of(staff(Role.PRIVACY_OFFICER)) for _ in range(2)]
    over(agent, row=row)
    confirmed(*officers)
    assert erase_listed(at=database_now()).erased == 1
    assert not Complaint.objects.unscoped("test").filter(pk=row.pk).exists()


def test_whatever_is_opened_of_a_hidden_case_changes_no_byte_of_a_trail_before_and_after_its_erasure(world):
    before, searched = look(world), searches_shown(world)
    row = hidden_case(world)
    open_everything(world, row)
    open_as_it_was_recorded_before(world, row)
    assert look(world) == before
    assert searches_shown(world) - searched == len(WORDS)
    erase(row)
    assert look(world) == before
    assert searches_shown(world) - searched == len(WORDS)


def test_for_whom_it_is_there_its_trail_is_there_after_the_erasure_too(world):
    row = hidden_case(world)
    open_everything(world, row)
    erase(row)
    another = actor_of(staff(Role.PRIVACY_OFFICER))
    events = subjects.events_of_person(another, world.doer.user_id).filter(matter_id=row.pk)
    assert {"phi.opened", "complaint.note_added", "audit.exported"} <= set(events.values_list("action", flat=True))


def test_an_item_about_the_reader_changes_no_byte_when_it_is_read_and_judged(world):
    before, doer, at = look(world), world.doer, database_now()
    item = objects.stood_out(world.user)
    read_review(actor=doer, review_id=item.pk, at=at)
    judge_review(actor=doer, at=at, review_id=item.pk, count=item.count, in_order=False, reason="Nobody asked for it.")
    assert look(world) == before


@pytest.mark.parametrize("world", ["officer of the own record"], indirect=True)
def test_what_colleagues_do_with_the_own_record_changes_no_byte(world):
    user, before = member_account(), look(world)
    own, doer, at = world.own.member, world.doer, database_now()
    name_of_member(Member.objects.unscoped("test").get(pk=own.pk), actor=doer, at=at)
    told = {"actor": doer, "at": at, "member_id": own.pk}
    record_consent(
        **told,
        text=BY_CODE["helper"],
        recipient="Ana Alvarez",
        ends_at=at + timedelta(days=9),
        channel=Way.POST,
        evidence="Scan 4711",
    )
    record_disclosure(**told, went_at=at, recipient=To("A court"), classes=[DataClass.LETTERS], sending=LETTER, **LAW)
    recorded(own, user, by=doer, at=at)
    case = stages.received(by=world.own, name="Own Name")
    hold = place_hold(actor=doer, at=at, complaint_id=case.pk, of_member=True, reason="A court asks.")
    read_hold(actor=doer, hold_id=hold.pk, at=at)
    release_hold(actor=actor_of(staff(Role.PRIVACY_OFFICER)), at=at, hold_id=hold.pk, reason="Over.")
    assert account_of(actor=doer, at=at, member_number="OWN-1").disclosures
    opened = Event.objects.filter(action="phi.opened", actor_id=doer.user_id, at=at)
    tables = {"members_member", "disclosures_consent", "disclosures_disclosure", "retention_hold"}
    assert tables <= set(opened.values_list("object_type", flat=True))
    assert look(world) == before


@pytest.mark.parametrize("world", ["officer of the own record"], indirect=True)
def test_a_consent_of_ones_own_changes_no_byte_once_it_is_gone_and_others_see_still_who_recorded_it(world):
    before, doer, at = look(world), world.doer, database_now()
    told = {"actor": doer, "at": at, "member_id": world.own.member.pk}
    words = {"text": BY_CODE["helper"], "recipient": "Ana Alvarez", "ends_at": at + timedelta(days=9)}
    record_consent(**told, **words, channel=Way.POST, evidence="Scan 4711")
    record_disclosure(**told, went_at=at, recipient=To("A court"), classes=[DataClass.LETTERS], sending=LETTER, **LAW)
    account_of(actor=doer, at=at, member_number="OWN-1")
    ended(six_years_and(days=1))
    assert forget_old_disclosures(at=database_now()) == 2
    assert look(world) == before
    another = actor_of(staff(Role.PRIVACY_OFFICER))
    done = subjects.events_of_person(another, doer.user_id).values_list("action", flat=True)
    assert {"consent.given", "disclosure.made"} <= set(done)


def test_of_an_erasure_that_the_ledger_alone_knows_only_those_see_the_trail_who_see_restricted_cases(auditor, officer):
    people = {"asked_by": uuid4(), "confirmed_by": uuid4(), "list_id": uuid4()}
    entry = Erasure(complaint_id=uuid4(), reference_digest=b"1", rule="house", erased_at=stages.AT, counts={}, **people)
    entry = read_line(line_of(entry, after=None)).entry
    entry.save()
    told = {"matter_id": entry.complaint_id, "object_type": "complaint", "object_id": entry.complaint_id}
    colleague = actor_of(staff(Role.LEAD))
    Event.by(colleague, at=stages.AT, action="complaint.note_added", **told).save()
    seen = {reader: subjects.events_of_person(reader, colleague.user_id).count() for reader in (auditor, officer)}
    assert seen == {auditor: 0, officer: 1}
