"""Checklist 37: every page a member may open, opened by somebody who acts for that member: what opens is accounted for.

It asks the trail which sealed rows of the case were opened, so a new page that forgets the door is found by itself.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.http import Http404
from django.test import RequestFactory
from django.urls import get_resolver, reverse
from django.utils import timezone

from complaints.correspondence.models import Letter, Message
from complaints.operations import send_message
from complaints.oversight.subjects import parts_of
from complaints.reference import read_reference
from complaints.views.download import download
from config.access import URL_AUDIENCES
from members.accounts.audiences import MEMBER, Standing
from members.actors import Role
from members.audit.models import Event
from members.disclosures.models import Disclosure
from members.privacy.access import phi_access
from tests.complaints import stages
from tests.config import objects
from tests.config.test_access import patterns
from tests.members.representing import represented
from tests.people import actor_of, member_account, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
PARAMETERS = {name: set(pattern.pattern.converters) for name, pattern in patterns(get_resolver())}
NAMES_OF_FILES = ("complaints_enclosure", ["name"])
"""A list of files opens their names, which are in the account as part of the case."""
_NAME = "members_member.name"
_GONE = {_NAME, *(f"disclosures_disclosure.{column}" for column in ("recipient", "address", "what"))}
OUTSIDE_OF_THE_ACCOUNT = {
    "accounts:share": {_NAME},
    "accounts:shared": _GONE,
    "accounts:shared_csv": _GONE,
    "accounts:sharing": {_NAME, "disclosures_consent.recipient"},
}
"""What whoever may do everything for the member sees of whom the member lets get data, and of who got it."""


@pytest.fixture
def helper():
    """Return the account of somebody who may do everything for a member."""
    return member_account()


@pytest.fixture
def case(helper):
    """Return a case of that member with a letter, a notice, a file and a message."""
    boss, maria = actor_of(objects.cached("boss", Role.LEAD)), stages.insured("Maria Alvarez")
    represented(maria.member, helper, at=timezone.now() - timedelta(days=1))
    made = objects.case(boss, name="Maria Alvarez", by=maria)
    send_message(actor=boss, at=stages.AT, complaint_id=made.row.pk, body="Here it is.")
    return made


def unaccounted(user, case):
    """Return the tables of what somebody opened of a case and is not in the account as having got."""
    rows = {case.row.pk, *(key for key, _case in parts_of({case.row.pk}))}
    opened = Event.objects.filter(action="phi.opened", actor_id=user.pk, object_id__in=rows)
    got = Disclosure.objects.unscoped("test").filter(reader=user).values_list("object_id", flat=True)
    return {
        event.object_type
        for event in opened.exclude(object_id__in=got)
        if (event.object_type, event.detail["columns"]) != NAMES_OF_FILES
    }


def pages_of(user):
    """Return every URL that names an object and lets this person in."""
    admitted = (name for name, audience in URL_AUDIENCES.items() if audience.admits(Standing.SIGNED_IN, actor_of(user)))
    return sorted(name for name in admitted if "reference" in PARAMETERS[name])


@pytest.mark.parametrize("verb", ["get", "post"])
def test_whatever_opens_to_somebody_who_acts_for_the_member_is_in_the_account(client, case, helper, verb):
    sign_in(client, helper)
    missing, answered = {}, 0
    for name in pages_of(helper):
        with transaction.atomic():
            path = reverse(name, kwargs=objects.named_by(case, PARAMETERS[name]))
            answered += getattr(client, verb)(path).status_code in {200, 422}
            missing |= {name: found} if (found := unaccounted(helper, case)) else {}
            transaction.set_rollback(True)
    assert missing == {}
    assert answered >= (9 if verb == "get" else 1)


@pytest.mark.usefixtures("case")
def test_the_lists_of_a_member_open_nothing_but_what_is_said_to_be_outside_of_the_account(client, helper):
    names = sorted(name for name, row in URL_AUDIENCES.items() if row == MEMBER and not PARAMETERS[name])
    sign_in(client, helper)
    opened = {}
    for name in names:
        with transaction.atomic():
            before = {*Event.objects.values_list("pk", flat=True)}
            assert client.get(reverse(name)).status_code == 200, name
            events = Event.objects.filter(action="phi.opened", actor_id=helper.pk).exclude(pk__in=before)
            found = {f"{event.object_type}.{column}" for event in events for column in event.detail["columns"]}
            opened |= {name: found} if found else {}
            transaction.set_rollback(True)
    assert opened == OUTSIDE_OF_THE_ACCOUNT


def letter_without_the_door(request, reference):
    """Stand for a page that somebody adds one day."""
    row = Letter.objects.visible_to(request.actor).filter(complaint__reference=read_reference(reference)).first()
    if row is None:
        raise Http404
    with phi_access(actor=request.actor, purpose="read own complaint", matter_id=row.complaint_id, at=request.at):
        return download(row.pdf, "application/pdf", f"{reference}.pdf")


def words_without_the_door(request, reference):
    """Stand for another, which gives text."""
    rows = Message.objects.visible_to(request.actor).filter(complaint__reference=read_reference(reference))
    with phi_access(actor=request.actor, purpose="read own complaint", at=request.at):
        return download("\n".join(row.body for row in rows), "text/plain", f"{reference}.txt")


@pytest.mark.parametrize("view", [letter_without_the_door, words_without_the_door])
def test_a_page_that_forgets_the_door_is_found(case, helper, view):
    request = RequestFactory().get("/")
    request.at = timezone.now()
    request.actor = actor_of(helper, at=request.at)
    assert view(request, case.row.reference).status_code == 200
    assert unaccounted(helper, case)
