"""Days that stand out: each is of one kind, and says whose day it was if not the agent's."""

from datetime import timedelta
from uuid import uuid4

from complaints.operations import record_address
from complaints.oversight.enums import RuleCode
from complaints.oversight.look_ups import note_look_up
from complaints.oversight.trail import Asked
from complaints.search.asked import take_apart
from complaints.search.queries import search
from members.accounts.models import User
from members.actors import Role
from tests.complaints import stages
from tests.config.objects import as_member
from tests.members.representing import represented
from tests.oversight.days import NIGHT, NOON, act, cases_of_a_colleague, read, restricted_case, unknown
from tests.people import actor_of, staff


def volume(world):
    for days in range(1, 8):
        read(world.agent, *unknown(20), at=NOON - timedelta(days=days))
    read(world.agent, *unknown(60))


def leafing_through_hits(world):
    for number in range(90):
        stages.received(narrative=f"Insulin was refused, {number}.")
    for start in range(0, 90, 25):
        search(actor=world.agent, asked=take_apart("insulin"), start=start, at=NOON)


def volume_of_somebody_new(world):
    read(world.agent, *unknown(80))


def no_case_link(world):
    read(world.agent, *cases_of_a_colleague(world, 5))


def no_case_link_and_sent_on(world):
    keys = cases_of_a_colleague(world, 5)
    read(world.agent, *keys)
    for number, key in enumerate(keys):
        act(world.agent, "disclosure.made", case=key, at=NOON + timedelta(minutes=number), detail={"basis": "consent"})


def same_surname(world):
    read(world.agent, stages.received(name="Maria LEE").pk)


def same_phone(world):
    worker, other = as_member(User.objects.get(pk=world.agent.user_id)).member, stages.insured()
    token = uuid4()
    for person in (worker, other.member):
        person.found_by = [token]
        person.save(update_fields=["found_by"])
    read(world.agent, stages.received(by=other).pk)


def same_address(world):
    own = as_member(User.objects.get(pk=world.agent.user_id))
    stages.received(by=own, name="Own Name", postal_address="12 Elm St., Apt. 4, Hartford CT 06103")
    flat = "12 elm street #4\nHartford, Connecticut 06103-1210"
    read(world.agent, stages.received(by=stages.insured(), postal_address=flat).pk)


def an_address_recorded_later(world):
    own = as_member(User.objects.get(pk=world.agent.user_id))
    stages.received(by=own, name="Own Name", postal_address="12 Elm Street\nHartford, CT 06103")
    row = stages.decided(world.colleague, postal_address="")
    told = {"actor": world.colleague, "at": stages.AT, "complaint_id": row.pk}
    record_address(**told, postal_address="12 Elm St, Hartford 06103")
    read(world.agent, row.pk)


def own_complaint(world):
    own = as_member(User.objects.get(pk=world.agent.user_id))
    read(actor_of(User.objects.get(pk=world.agent.user_id)), stages.received(by=own, name="Own Name").pk)


def member_represented(world):
    insured = stages.insured()
    represented(insured.member, User.objects.get(pk=world.agent.user_id), at=NOON - timedelta(days=3))
    read(world.agent, stages.received(by=insured).pk)


def restricted(_world):
    lead = actor_of(staff(Role.LEAD, name="Ana Lee"))
    act(lead, "session.started", at=NOON - timedelta(days=1))
    read(lead, restricted_case())
    return lead


def a_restricted_case_looked_up(_world):
    officer = actor_of(staff(Role.PRIVACY_OFFICER, name="Ana Lee"))
    act(officer, "session.started", at=NOON - timedelta(days=1))
    key = restricted_case()
    read(officer, key)
    note_look_up(actor=officer, at=NOON, of="case", key=key, asked=Asked())
    return officer


def a_restricted_case_behind_glass(world):
    key = restricted_case()
    act(world.agent, "complaint.glass_broken", case=key)
    read(world.agent, key)


def off_hours(world):
    read(world.agent, *unknown(5), at=NIGHT)


def bulk_export(world):
    for number in range(5):
        read(world.agent, *unknown(3), at=NOON + timedelta(minutes=number), purpose="export the queue")


def break_glass(world):
    act(world.agent, "complaint.glass_broken")
    for _ in range(2):
        act(world.agent, "complaint.glass_refused")


def dormant(_world):
    idle = actor_of(staff(Role.AGENT, name="Ana Lee"))
    act(idle, "session.started", at=NOON - timedelta(days=60))
    read(idle, *unknown(1))
    return idle


def denials(world):
    for number in range(10):
        act(world.agent, "access.refused", at=NOON + timedelta(minutes=number))


ANOMALIES = {
    "volume": (RuleCode.VOLUME, volume, 60),
    "volume of somebody new": (RuleCode.VOLUME, volume_of_somebody_new, 80),
    "leafing through hits": (RuleCode.VOLUME, leafing_through_hits, 90),
    "closed cases of others": (RuleCode.NO_CASE_LINK, no_case_link, 5),
    "closed cases of others, sent on": (RuleCode.NO_CASE_LINK, no_case_link_and_sent_on, 5),
    "the same surname": (RuleCode.SAME_NAME, same_surname, 1),
    "the same phone": (RuleCode.SAME_NAME, same_phone, 1),
    "the same address": (RuleCode.SAME_NAME, same_address, 1),
    "an address recorded later": (RuleCode.SAME_NAME, an_address_recorded_later, 1),
    "the own complaint": (RuleCode.OWN_RECORD, own_complaint, 1),
    "a member represented": (RuleCode.OWN_RECORD, member_represented, 1),
    "a restricted case": (RuleCode.RESTRICTED, restricted, 1),
    "a restricted case looked up": (RuleCode.RESTRICTED, a_restricted_case_looked_up, 1),
    "a restricted case behind glass": (RuleCode.RESTRICTED, a_restricted_case_behind_glass, 1),
    "at night": (RuleCode.OFF_HOURS, off_hours, 5),
    "many files": (RuleCode.BULK_EXPORT, bulk_export, 5),
    "broken glass": (RuleCode.BREAK_GLASS, break_glass, 3),
    "an idle account": (RuleCode.DORMANT, dormant, 1),
    "many refusals": (RuleCode.DENIALS, denials, 10),
}
