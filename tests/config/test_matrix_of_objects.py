"""Checklist 11: every URL that names an object, asked for by everybody: foreign is as if it did not exist."""

import logging
import re
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from complaints.operations import break_glass
from config.access import URL_AUDIENCES
from members.accounts import sessions
from members.accounts.audiences import Standing
from members.accounts.models import User
from members.actors import ALONE, STAFF, Role
from slas.queries import database_now
from tests.complaints import stages
from tests.config import objects
from tests.config.test_access import patterns
from tests.members.representing import represented
from tests.people import actor_of, member_account, sign_in, staff

pytestmark = pytest.mark.usefixtures("policies")
PARAMETERS = {name: set(pattern.pattern.converters) for name, pattern in patterns(get_resolver())}
NAMED = {name for name, parameters in PARAMETERS.items() if parameters}
VERBS = ("get", "post")
SENT = {"role": "lead", "keep": "yes", "name": "South"}
"""What pages of accounts answer at all; the others get an empty form."""

READERS = ("agent", "clinical_reviewer", "lead", "quality_manager", "privacy_officer", "auditor")
WITH_OWN = {"agent with own": "agent", "lead with own": "lead", "privacy officer with own": "privacy_officer"}
GLASS = "agent who broke the glass"
ACTORS = (
    "anonymous",
    "password only",
    *sorted(STAFF),
    *WITH_OWN,
    GLASS,
    "member",
    "another member",
    "representative",
)
FOUND = {200, 302, 405, 409, 422}
TAKES_ANYBODY = "member:write"  # who was signed out meanwhile gets the words back
SAYS_IT_IS_OVER = "accounts:confirm_email"  # to whoever did not ask for the link
ONE_TIME = re.compile(rb'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"|name="page" value="[^"]*"|data-left="[^"]*"')
# Who sees which case: written down once more, by hand, to be compared with what the product does.
AT_WORK = {
    "plain": {*READERS, *WITH_OWN, GLASS},
    "restricted": {"lead", "lead with own", "privacy_officer", "privacy officer with own", GLASS},
    "own": set(),
}
AS_MEMBER = {
    "plain": {"member", "representative"},
    "restricted": {"member", "representative"},
    "own": {*WITH_OWN},
}
OF_OPENINGS = {"restricted": {"privacy_officer", "privacy officer with own", "auditor"}, "plain": set(), "own": set()}


@pytest.fixture(autouse=True)
def quietly():
    """Refusals are what is asked for here; the log would hold thousands of them."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@dataclass
class World:
    """Somebody before a browser, and the cases that there are."""

    actor: str
    client: Client
    user: User | None
    cases: dict[str, objects.Case] = field(default_factory=dict)

    def admitted(self, name):
        """Tell whether the URL lets this actor in at all."""
        audience = URL_AUDIENCES[name]
        if self.actor == "password only":
            return Standing.VERIFYING in audience.standings
        if self.user is None:
            return Standing.ANONYMOUS in audience.standings
        return audience.admits(Standing.SIGNED_IN, actor_of(self.user))

    def ask(self, verb, name, arguments):
        """Return status and body, and leave everything as it was."""
        with transaction.atomic():
            data = SENT if verb == "post" else {}
            response = getattr(self.client, verb)(reverse(name, kwargs=arguments), data)
            body = response.getvalue() if response.streaming else response.content
            transaction.set_rollback(True)
        return response.status_code, ONE_TIME.sub(b"", body)


def world_of(actor, client):
    """Return the world of one actor, with cases of others and, where there can be one, an own."""
    boss, maria = actor_of(objects.cached("boss", Role.LEAD)), stages.insured("Maria Alvarez")
    objects.cached("officer", Role.PRIVACY_OFFICER)  # else leads would answer for openings
    world = World(actor, client, user_of(actor, maria))
    whose = {"plain": maria, "restricted": maria}
    if actor in WITH_OWN:
        whose["own"] = objects.as_member(world.user)
    elif actor == "representative":
        represented(maria.member, world.user, at=timezone.now() - timedelta(days=1))
    for name, by in whose.items():
        world.cases[name] = objects.case(boss, name=f"{name.title()} Person", by=by, restricted=name == "restricted")
    if world.user:
        sign_in(client, world.user)
    if actor == "password only":
        sign_in(client, staff(*STAFF - ALONE))
        session = client.session
        del session[sessions.FACTOR]
        session.save()
    if actor == GLASS:
        reference = world.cases["restricted"].row.reference
        break_glass(actor=actor_of(world.user), at=database_now(), reference=reference, reason="She is in danger.")
    return world


def user_of(actor, maria):
    """Return who the actor is, None for somebody who is not in the house yet."""
    if actor == "member":
        return User.objects.get(pk=maria.actor.user_id)
    if actor in {"another member", "representative"}:
        return member_account()
    role = {GLASS: "agent", **WITH_OWN}.get(actor, actor)
    return staff(Role(role)) if role in STAFF else None


def wrong_cells(world, names, seen):
    """Return each cell where somebody gets what is not theirs, or not what is theirs."""
    for name in sorted(names):
        admitted = world.admitted(name)
        arguments = {which: objects.named_by(found, PARAMETERS[name]) for which, found in world.cases.items()}
        for verb in VERBS:
            nothing = world.ask(verb, name, objects.of_nothing(arguments["plain"])) if admitted else None
            for which, real in arguments.items():
                status, body = world.ask(verb, name, real)
                if not admitted:
                    right = status in {302, 403}
                elif world.actor in seen[which]:
                    right = status in FOUND
                else:
                    right = (status, body) == nothing and (status in {404, 405} or name == TAKES_ANYBODY)
                if not right:
                    yield world.actor, verb, name, which, status


def test_every_url_that_names_an_object_has_a_sample(policies):  # noqa: ARG001 -- a CAPA has a clock
    known = {*objects.DESK, *objects.MEMBERS, *objects.OPENINGS, *objects.others(), *objects.of_another()}
    assert sorted(NAMED ^ known) == []


@pytest.mark.parametrize("actor", ACTORS)
def test_a_case_is_there_for_whom_it_is_there_and_for_nobody_else(actor, client):
    world = world_of(actor, client)
    assert list(wrong_cells(world, objects.DESK, AT_WORK)) == []
    assert list(wrong_cells(world, objects.MEMBERS, AS_MEMBER)) == []
    assert list(wrong_cells(world, objects.OPENINGS, OF_OPENINGS)) == []


@pytest.mark.parametrize("actor", ACTORS)
def test_what_a_whole_audience_works_with_is_there_for_each_of_it_and_for_nobody_else(actor, client):
    world = world_of(actor, client)
    for name, real in objects.others().items():
        for verb in VERBS:
            status, _body = world.ask(verb, name, real)
            if not world.admitted(name):
                assert status in {302, 403}, (actor, verb, name)
                continue
            assert status != 404, (actor, verb, name)
            if name not in objects.TOKENS:
                status, _body = world.ask(verb, name, objects.of_nothing(real))
                assert status in {404, 405}, (actor, verb, name)


@pytest.mark.parametrize("actor", ACTORS)
def test_what_belongs_to_another_account_is_as_if_it_were_not_there(actor, client):
    world = world_of(actor, client)
    for name, real in objects.of_another().items():
        for verb in VERBS:
            status, body = world.ask(verb, name, real)
            if world.admitted(name):
                assert (status, body) == world.ask(verb, name, objects.of_nothing(real)), (verb, name)
            assert status in {302, 403, 404, 405} or name == SAYS_IT_IS_OVER, (verb, name)


def test_the_size_of_the_matrix_is_told(capsys):
    of_cases = len(objects.DESK | objects.MEMBERS | objects.OPENINGS)
    own = len(WITH_OWN)
    cells = len(VERBS) * (of_cases * (2 * len(ACTORS) + own) + (len(NAMED) - of_cases) * len(ACTORS))
    with capsys.disabled():
        print(f"\n{len(NAMED)} URLs that name an object, {len(ACTORS)} actors, {cells:,} cells")  # noqa: T201 -- this is how it tells
    assert len(PARAMETERS) == len(URL_AUDIENCES)
