"""The transition table, cell by cell, and what its guards say."""

from uuid import uuid4

import pytest

from complaints.enums import OPEN_STATES, State, Track
from complaints.lifecycle import STAGES, TRANSITIONS
from complaints.models import Complaint
from complaints.permissions import ACTIONS
from members.accounts.models import User
from members.actors import SYSTEM, Actor, ActorKind, Role, importer

ME, COLLEAGUE = uuid4(), uuid4()
AGENT = Actor(ActorKind.USER, "Dana Ruiz", ME, roles=frozenset({Role.AGENT}))
INSURED = Actor(ActorKind.USER, "Member", uuid4(), uuid4(), frozenset({Role.MEMBER}))
BY_LAW = {"start_date", "meet_date"}
AROUND = {"restrict", "lift_restriction"}  # who sees it changes whatever the state: tests of restricted complaints
ALWAYS = {"take", "write_note", "add_evidence", "record_address", "extend_date", "stop_waiting", "withdraw"} | BY_LAW
ALLOWED = {
    "received": ALWAYS | {"acknowledge", "assess", "wait_for_member"},
    "acknowledged": ALWAYS | {"assess", "wait_for_member"},
    "assessed": ALWAYS | {"acknowledge_late", "assess", "investigate", "wait_for_member"},
    "investigated": ALWAYS | {"acknowledge_late", "decide", "wait_for_member"},
    "decided": ALWAYS | {"acknowledge_late", "issue_letter", "inform", "close"},
    "closed": BY_LAW,
    "withdrawn": set(),
}
WAY = ["received", "acknowledged", "assessed", "investigated", "decided", "closed", "withdrawn"]
NEEDED = {
    "acknowledge_late": "assessed",
    "investigate": "assessed",
    "decide": "investigated",
    "issue_letter": "decided",
    "inform": "decided",
    "close": "decided",
}
TARGETS = {
    "acknowledge": "acknowledged",
    "assess": "assessed",
    "investigate": "investigated",
    "decide": "decided",
    "decide_as_recorded": "decided",
    "close": "closed",
    "withdraw": "withdrawn",
}


def row(state=State.RECEIVED, **columns):
    columns = {"owner_id": ME, "owner": "Dana Ruiz", "informed_at": "2026-03-02"} | columns
    owner_id, name = columns.pop("owner_id"), columns.pop("owner")
    return Complaint(state=state, owner=User(id=owner_id, display_name=name) if owner_id else None, **columns)


@pytest.mark.parametrize("act", sorted(TRANSITIONS.keys() - AROUND))
@pytest.mark.parametrize("state", State)
def test_every_cell_of_the_table(state, act):
    who, whose = (INSURED, {"member_id": INSURED.member_id}) if act == "withdraw" else (AGENT, {})
    refusal = TRANSITIONS[act].refusal(row(state, **whose), who)
    if act in ALLOWED[state]:
        assert refusal is None
    elif (act, state) == ("decide_as_recorded", State.RECEIVED):
        assert refusal == "Assess and investigate the complaint first."
    else:
        assert refusal == (
            f"Not yet: the complaint has to be {NEEDED[act]} first."
            if act in NEEDED and WAY.index(state) < WAY.index(NEEDED[act])
            else f"This cannot be done any more: the complaint is {state}."
        )


@pytest.mark.parametrize("act", TRANSITIONS)
def test_every_act_ends_in_its_milestone(act):
    assert TRANSITIONS[act].target == TARGETS.get(act)


@pytest.mark.parametrize("act", TRANSITIONS)
def test_every_act_has_its_roles_and_its_clause(act):
    assert bool(ACTIONS[act]) == (act != "decide_as_recorded")
    assert TRANSITIONS[act].clause


@pytest.mark.parametrize("act", TRANSITIONS)
def test_what_an_act_stamps_is_a_column(act):
    if stamp := TRANSITIONS[act].stamps:
        assert Complaint._meta.get_field(stamp)


def test_the_stages_are_milestones_with_their_columns():
    assert [state for state, _ in STAGES] == ["received", "acknowledged", "assessed", "decided", "closed"]
    assert all(Complaint._meta.get_field(stamp) for _, stamp in STAGES)


def test_open_states_are_those_in_which_something_can_be_done():
    assert {state for state in State if ALLOWED[state] - BY_LAW} == OPEN_STATES


OWNERS_ACTS = [
    ("assess", State.ACKNOWLEDGED),
    ("investigate", State.ASSESSED),
    ("decide", State.INVESTIGATED),
    ("issue_letter", State.DECIDED),
    ("inform", State.DECIDED),
    ("close", State.DECIDED),
]


@pytest.mark.parametrize(("act", "state"), OWNERS_ACTS)
def test_nobody_works_on_a_complaint_that_nobody_answers_for(act, state):
    refusal = TRANSITIONS[act].refusal(row(state, owner_id=None, owner=None), AGENT)
    assert refusal == "Take the complaint first, so that somebody answers for it."


@pytest.mark.parametrize(("act", "state"), OWNERS_ACTS)
def test_nobody_works_on_a_colleagues_complaint(act, state):
    refusal = TRANSITIONS[act].refusal(row(state, owner_id=COLLEAGUE, owner="Ana Lee"), AGENT)
    assert refusal == "Ana Lee has this complaint. Take it over first, so that only one of you works on it."


@pytest.mark.parametrize(("act", "state"), OWNERS_ACTS)
def test_history_does_not_tell_of_owners(act, state):
    assert TRANSITIONS[act].refusal(row(state, owner_id=None), importer("connecticut")) is None


def test_history_goes_from_receipt_to_decision():
    assert TRANSITIONS["decide_as_recorded"].refusal(row(State.RECEIVED), importer("connecticut")) is None


def test_a_complaint_is_closed_only_once_the_member_was_told():
    refusal = TRANSITIONS["close"].refusal(row(State.DECIDED, informed_at=None), AGENT)
    assert refusal == "The decision letter has not been sent yet. Send it, then close."


def test_only_the_member_withdraws():
    refusal = TRANSITIONS["withdraw"].refusal(row(member_id=uuid4()), INSURED)
    assert refusal == "Only the member can do this, or somebody who acts for the member."


@pytest.mark.parametrize("act", [act for act in TRANSITIONS if Role.AGENT in ACTIONS[act]])
def test_nobody_works_on_the_own_complaint(act):
    insured = Actor(ActorKind.USER, "Dana Ruiz", ME, uuid4(), frozenset({Role.AGENT, Role.MEMBER}))
    state = min(TRANSITIONS[act].sources, key=WAY.index)
    for own in ({"member_id": insured.member_id}, {"filed_by_id": ME}):
        refusal = TRANSITIONS[act].refusal(row(state, **own), insured)
        assert refusal == "This is your own complaint. A colleague has to handle it."


@pytest.mark.parametrize("act", ["acknowledge", "acknowledge_late"])
def test_on_the_expedited_track_only_the_case_manager_confirms(act):
    state = min(TRANSITIONS[act].sources, key=WAY.index)
    nobodys = row(state, track=Track.EXPEDITED, owner_id=None, owner=None)
    for actor in (AGENT, SYSTEM):
        assert TRANSITIONS[act].refusal(nobodys, actor) == (
            "Take the complaint first: on the expedited track the confirmation names the case manager."
        )
    colleagues = row(state, track=Track.EXPEDITED, owner_id=COLLEAGUE, owner="Ana Lee")
    assert "Ana Lee has this complaint." in TRANSITIONS[act].refusal(colleagues, AGENT)
    assert TRANSITIONS[act].refusal(row(state, track=Track.EXPEDITED), AGENT) is None
