"""Checklist 12 and 15: nobody approves the own act, and a role sees the fields of its row and no other."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.capa.enums import Verdict
from complaints.capa.lifecycle import CapaRefused
from complaints.capa.operations import approve_plan, verify_effectiveness
from complaints.correspondence.models import TO_MEMBER, Letter, Notice, NoticeKind
from complaints.correspondence.rendering import render_letter_pdf
from complaints.models import Complaint, Opening
from complaints.operations import OpeningRefused, judge_opening
from complaints.oversight import reviews as oversight
from complaints.permissions import FIELDS, READERS, may_see
from members import operations
from members.accounts.models import ReviewedGrant
from members.accounts.refusals import AccountRefused
from members.actors import Role, Scope
from members.audit.models import Event
from members.models import RepresentationKind
from slas.drafts import DraftRefused
from slas.operations import publish_draft
from slas.queries import database_now
from tests.capa import cases
from tests.complaints import stages
from tests.config import objects
from tests.people import actor_of, an_email, member, sign_in, staff
from tests.slas.drafts import submitted

pytestmark = pytest.mark.usefixtures("policies")
CONTACT = ("complainant_email", "complainant_phone", "member_number", "postal_address")


def grant(actor):
    operations.grant_role(actor=actor, at=timezone.now(), user_id=actor.user_id, role=Role.LEAD)


def confirm_reset(actor):
    person = staff(Role.AGENT)
    told = {"actor": actor, "at": timezone.now(), "user_id": person.pk}
    operations.ask_factor_reset(**told, reason="Showed the badge.")
    operations.confirm_factor_reset(**told)


def reset_own(actor):
    operations.ask_factor_reset(actor=actor, at=timezone.now(), user_id=actor.user_id, reason="Lost the phone.")


def review(actor):
    operations.open_access_review(at=timezone.now())
    own = ReviewedGrant.objects.filter(grant__user=actor.user_id).first()
    operations.decide_on_grant(actor=actor, at=timezone.now(), reviewed_id=own.pk, keep=True)


def publish(actor):
    publish_draft(actor=actor, at=database_now(), draft_id=submitted(actor).pk)


def judge(actor):
    found = objects.case(
        actor_of(objects.cached("boss", Role.LEAD)), name="Ann Case", by=stages.insured(), restricted=True
    )
    Opening.objects.unscoped("test").update(opener=actor.user_id)
    judge_opening(actor=actor, at=database_now(), opening_id=found.opening_id, justified=True, reason="It was me.")


def judge_review(actor):
    item = objects.stood_out(objects.User.objects.get(pk=actor.user_id))
    oversight.judge_review(
        actor=actor, at=timezone.now(), review_id=item.pk, count=item.count, in_order=True, reason="It was me."
    )


def approve(actor):
    staff(Role.QUALITY_MANAGER)  # somebody else could
    capa = cases.opened(actor, actor.user_id)
    cases.with_action(actor, capa, actor.user_id)
    approve_plan(actor=actor, at=cases.AT, capa_id=capa.pk, criterion=cases.CRITERION, check_on=cases.CHECK_ON)


def verify(actor):
    another = actor_of(staff(Role.QUALITY_MANAGER))
    capa = cases.implemented(another, actor.user_id)
    at = database_now() + timedelta(days=365)
    verify_effectiveness(actor=actor, at=at, capa_id=capa.pk, verdict=Verdict.EFFECTIVE, reason="None came.")


def confirm_representation(actor):
    told = {"actor": actor, "at": timezone.now()}
    row = operations.record_representation(
        **told,
        member_id=member().pk,
        email=an_email(),
        name="Max Brod",
        kind=RepresentationKind.REPRESENTATIVE,
        scope=tuple(Scope),
        expires_at=told["at"] + timedelta(days=90),
        evidence="Form of March 2",
    )
    operations.confirm_representation(**told, representation_id=row.pk)


TWO_PEOPLE = {
    "grant a role": (Role.ADMINISTRATOR, grant, AccountRefused, "to themselves"),
    "reset factors": (Role.ADMINISTRATOR, confirm_reset, AccountRefused, "You asked for this yourself"),
    "reset the own factors": (Role.ADMINISTRATOR, reset_own, AccountRefused, "Two other administrators"),
    "keep the own role": (Role.ADMINISTRATOR, review, AccountRefused, "Somebody else decides"),
    "confirm a representative": (Role.AGENT, confirm_representation, AccountRefused, "A colleague confirms"),
    "publish a policy": (Role.QUALITY_MANAGER, publish, DraftRefused, "You wrote this draft"),
    "judge an opening": (Role.PRIVACY_OFFICER, judge, OpeningRefused, "You opened this yourself"),
    "judge what stood out": (Role.PRIVACY_OFFICER, judge_review, oversight.ReviewRefused, "about yourself"),
    "approve a plan": (Role.QUALITY_MANAGER, approve, CapaRefused, "You own this CAPA"),
    "say that a CAPA worked": (Role.QUALITY_MANAGER, verify, CapaRefused, "You own this CAPA"),
}


@pytest.mark.parametrize(("role", "act", "refusal", "words"), TWO_PEOPLE.values(), ids=TWO_PEOPLE)
def test_nobody_approves_the_own_act(role, act, refusal, words):
    with pytest.raises(refusal, match=words):
        act(actor_of(staff(role)))


@pytest.mark.parametrize("role", sorted(READERS))
def test_a_role_sees_the_fields_of_its_row_and_the_others_stay_sealed(role, client):
    row = stages.investigated(
        actor_of(objects.cached("boss", Role.LEAD)),
        name="Ann Case",
        email="ann@example.org",
        narrative="My scan was refused.",
        postal_address="1 Elm Street",
    )
    user = sign_in(client, staff(role))
    page = client.get(reverse("desk:case", args=[row.reference])).content.decode()
    words = {"name": "Ann Case", "narrative": "My scan was refused.", "contact": "ann@example.org"}
    words["notes"] = "Asked for the call."
    assert set(words) == set(FIELDS)
    for field, shown in words.items():
        assert (shown in page) == may_see(actor_of(user), field), field
    [event] = Event.objects.filter(action="phi.opened", actor_id=user.pk, object_id=row.pk)
    opened = set(event.detail["columns"])
    assert {"complainant_name", "narrative"} <= opened  # what is shown is recorded
    assert bool(opened.intersection(CONTACT)) == may_see(actor_of(user), "contact")
    assert Complaint.objects.unscoped("test").count() == 1


@pytest.mark.parametrize("role", sorted(READERS))
def test_a_letter_shows_its_address_to_the_roles_that_see_contacts_and_nobody_else(role, client):
    boss = actor_of(objects.cached("boss", Role.LEAD))
    found = objects.case(boss, by=stages.insured(), name="Ann Case")
    letter = replace(stages.LETTER, recipient=("Ann Case", "1 Elm Street"))
    for model, file in ((Letter, "pdf"), (Notice, "file")):
        row = model.objects.unscoped("test").get()
        row.content = asdict(letter)
        setattr(row, file, render_letter_pdf(letter))
        row.save(update_fields=["content", file])
    user, reference = sign_in(client, staff(role)), found.row.reference
    page = client.get(reverse("desk:letter", args=[reference])).content.decode()
    sees = may_see(actor_of(user), "contact")
    assert "Ann Case" in page
    assert ("1 Elm Street" in page) == sees
    assert ("The postal address is left out" in page) != sees
    drawn = render_letter_pdf(letter if sees else letter.without_address())
    for name, args in (("letter_pdf", [reference]), ("notice", [reference, found.notice_id])):
        assert client.get(reverse(f"desk:{name}", args=args)).content == drawn


@pytest.mark.parametrize("role", sorted(READERS))
@pytest.mark.parametrize("kind", [kind for kind in NoticeKind if kind not in TO_MEMBER])
def test_what_goes_to_a_body_is_read_by_the_roles_that_see_contacts_and_nobody_else(role, kind, client):
    found = objects.case(actor_of(objects.cached("boss", Role.LEAD)), by=stages.insured(), name="Ann Case")
    Notice.objects.unscoped("test").update(kind=kind, channel="", addressee="the state")
    user = sign_in(client, staff(role))
    address = reverse("desk:notice", args=[found.row.reference, found.notice_id])
    sees = may_see(actor_of(user), "contact")
    assert client.get(address).status_code == (200 if sees else 404)
    page = client.get(reverse("desk:case", args=[found.row.reference])).content.decode()
    assert NoticeKind(kind).label in page
    assert (f'href="{address}"' in page) == sees
