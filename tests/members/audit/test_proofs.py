"""A proof shows, without the database, that an event was sealed; anything altered in it breaks it."""

import json

import pytest

from members.audit.anchor import last_line
from members.audit.proof import ProofBroken, check_proof
from members.audit.proofs import NotSealedYet, proof_of, proofs_of
from members.privacy.signing import audit_signer
from tests.members.audit.conftest import tamper, written


@pytest.fixture
def proof(trail):
    trail(2)
    event = trail(5, detail={"code": "house"})[3]
    return event, proof_of(event.pk)


def test_a_proof_survives_json_and_returns_the_event(proof):
    event, shown = proof
    told = check_proof(json.loads(json.dumps(shown)), public_key=audit_signer().public_key)
    assert told["id"] == str(event.pk)
    assert (told["action"], told["detail"], told["actor_label"]) == (event.action, {"code": "house"}, "Redress")
    assert (shown["batch"], shown["position"], len(shown["path"])) == (2, 3, 3)


def test_the_anchor_has_the_very_line_that_a_proof_leads_to(proof, anchor):
    assert proof[1]["checkpoint"] == last_line(anchor)


@pytest.mark.parametrize(
    ("altered", "words"),
    [
        (lambda proof: proof | {"event": proof["event"].replace("Redress", "Dana Ruiz")}, "not what was sealed"),
        (lambda proof: proof | {"position": 2}, "not what was sealed"),
        (lambda proof: proof | {"position": 5}, "outside of the tree"),
        (lambda proof: proof | {"path": proof["path"][:-1]}, "too short"),
        (lambda proof: proof | {"path": proof["path"][::-1]}, "not what was sealed"),
        (lambda proof: proof | {"checkpoint": proof["checkpoint"].replace('"count":5', '"count":6')}, "signature"),
        (lambda proof: proof | {"checkpoint": proof["checkpoint"][:40]}, "no signed statement"),
        (lambda proof: proof | {"path": [1]}, "not a proof"),
        (lambda proof: {"event": proof["event"]}, "not a proof"),
        (lambda _: [], "not a proof"),
    ],
)
def test_whatever_is_altered_in_a_proof_breaks_it(proof, altered, words):
    with pytest.raises(ProofBroken, match=words):
        check_proof(altered(proof[1]))


def test_a_checkpoint_that_somebody_else_signed_breaks_it(proof):
    with pytest.raises(ProofBroken, match="another key"):
        check_proof(proof[1], public_key=b"k" * 32)


def test_an_event_that_still_waits_has_no_proof(trail):
    trail(1)
    (event,) = written(1)
    with pytest.raises(NotSealedYet):
        proof_of(event.pk)
    assert list(proofs_of([event.pk])) == []


def test_proofs_of_many_events_take_two_queries_a_batch(trail, django_assert_num_queries):
    events = [event.pk for number in (1, 4) for event in trail(number)]
    with django_assert_num_queries(5):
        proofs = list(proofs_of(events))
    assert [check_proof(proof)["id"] for proof in proofs] == [str(event) for event in events]


def test_a_proof_shows_an_edit_that_came_after_the_seal(proof):
    event, _ = proof
    tamper("UPDATE audit_event SET actor_label = 'Somebody' WHERE id = %s", event.pk)
    with pytest.raises(ProofBroken, match="not what was sealed"):
        check_proof(proof_of(event.pk))
