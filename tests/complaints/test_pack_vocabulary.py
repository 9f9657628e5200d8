"""The words that packs may use are those that complaints act on: neither side knows more than the other."""

import tomllib
from itertools import product

from complaints.enums import Channel, LineOfBusiness, Track
from complaints.models import Complaint
from complaints.notices.dossier import HELD_IN
from complaints.notices.extend_date import REASONS
from complaints.obligations import MET_BY, RECEIVED, facts_of
from complaints.operations.exchange_messages import WAITING
from slas import pack_vocabulary
from slas.policy import read_pack
from tests.slas.calendars import SLAS

SHIPPED = [
    policy
    for path in sorted((SLAS / "policy_packs").glob("*.toml"))
    for policy in read_pack(tomllib.loads(path.read_text()), path.name)
]


def test_what_starts_and_meets_a_date_by_itself_is_what_complaints_do():
    assert set(pack_vocabulary.STARTS_BY_ITSELF) == RECEIVED
    assert set(pack_vocabulary.MEETS_BY_ITSELF) == set().union(*(words for words, _ in MET_BY.values()))


def test_every_event_that_a_pack_may_name_is_named_by_one_that_is_shipped():
    assert {policy.starts_on for policy in SHIPPED} == set(pack_vocabulary.STARTS)
    assert {policy.met_on for policy in SHIPPED} == set(pack_vocabulary.MEETS)


def test_whom_a_pack_may_bind_is_what_is_known_of_a_complaint():
    assert set(pack_vocabulary.COVERAGES) == set(LineOfBusiness) - {LineOfBusiness.UNKNOWN}
    complaints = [Complaint(channel=channel, track=track) for channel, track in product(Channel, Track)]
    assert set().union(*(facts_of(complaint)["kinds"] for complaint in complaints)) == set(pack_vocabulary.KINDS)


def test_every_reason_and_every_part_of_a_file_has_its_words():
    assert set(pack_vocabulary.LETTER_REASONS) == set(REASONS)
    assert set(pack_vocabulary.HOLDS) == set(HELD_IN)
    assert set(pack_vocabulary.PAUSES) == {WAITING}
    reasons = {reason for policy in SHIPPED if policy.extension for reason in policy.extension.reasons}
    assert reasons == set(pack_vocabulary.HOUSE_REASONS)
