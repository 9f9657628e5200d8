"""The complaints of the demonstration's own member, one at each point where a member meets us."""

from datetime import datetime, timedelta
from functools import partial

from complaints.correspondence.models import LetterChannel
from complaints.demo.facts import Fact
from complaints.demo.people import Person
from complaints.demo.plan import Cast
from complaints.demo.stories import Case
from complaints.demo.wording import words_for
from complaints.demo.worktime import Pace, waking
from complaints.enums import Channel, LineOfBusiness, Outcome, RemedyKind, Topic
from complaints.operations import send_message, withdraw_complaint

MINUTES_LEFT = 9
"""Until the answer to the member's last message is due, which is 24 hours after it."""

_fact = partial(Fact, label="", line=LineOfBusiness.INDIVIDUAL)
DELAY = _fact(
    ago=120,
    days=30,
    cause="claim_processing_delay",
    topic=Topic.CLAIM_DELAYED,
    outcome=Outcome.UPHELD,
    remedy=RemedyKind.CLAIM_PAID,
)
DENIAL = _fact(
    ago=9,
    days=30,
    cause="medical_necessity_criteria",
    topic=Topic.AUTHORIZATION,
    outcome=Outcome.UPHELD,
    remedy=RemedyKind.COVERAGE_GRANTED,
)
SHARE = _fact(
    ago=15, days=20, cause="cost_sharing", topic=Topic.BILL, outcome=Outcome.NOT_UPHELD, remedy=RemedyKind.NONE
)
PREMIUM = _fact(ago=40, days=20, cause="billing_premium", topic=Topic.BILL, outcome=None, remedy=RemedyKind.NONE)


def tell_own_cases(cast: Cast, person: Person) -> None:
    """Tell of a closed, a decided, a withdrawn complaint, and of one that is looked into and has an open question."""
    _closed(_case(cast, person, DELAY))
    _withdrawn(_case(cast, person, PREMIUM))
    _decided(_case(cast, person, SHARE))
    _looked_into(_case(cast, person, DENIAL), now=cast.now)


def file_just_now(cast: Cast, person: Person) -> None:
    """File one as if the member had just pressed Send: its confirmation goes out when the worker comes round."""
    case = _case(cast, person, DELAY)
    case.pace = Pace(cast.now, now=cast.now, rng=cast.rng)
    case.receive()


def _case(cast: Cast, person: Person, fact: Fact) -> Case:
    start = waking(cast.now - timedelta(days=fact.ago), cast.rng)
    return Case(
        fact=fact,
        person=person,
        words=words_for(fact, cast.rng),
        owner=cast.staff.agents[0],
        staff=cast.staff,
        pace=Pace(start, now=cast.now, rng=cast.rng),
        rng=cast.rng,
        channel=Channel.PORTAL,
    )


def _begun(case: Case) -> None:
    for step in (case.receive, case.confirm, case.take, case.assess):
        step()


def _closed(case: Case) -> None:
    _begun(case)
    case.look_into(hours=60)
    case.exchange()
    case.find()
    case.write_letter(case.decide(), LetterChannel.PORTAL)
    case.tell()
    case.close()
    case.learn()


def _decided(case: Case) -> None:
    _begun(case)
    case.look_into(hours=50)
    case.find()
    case.write_letter(case.decide(), LetterChannel.PORTAL)
    case.tell()


def _withdrawn(case: Case) -> None:
    for step in (case.receive, case.confirm, case.take):
        step()
    withdraw_complaint(actor=case.person.actor, at=case.pace.next(hours=30), complaint_id=case.complaint.pk)


def _looked_into(case: Case, *, now: datetime) -> None:
    _begun(case)
    case.look_into(hours=60)
    case.exchange()
    send_message(
        actor=case.person.actor,
        at=now - timedelta(hours=24) + timedelta(minutes=MINUTES_LEFT),
        complaint_id=case.complaint.pk,
        body="May I go on with the treatment until then? My next appointment is on Monday.",
    )
