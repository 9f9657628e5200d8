"""An anchor goes on after a restore by a line of its own, and only a restore of ours can write that line."""

from dataclasses import replace
from hashlib import sha256

import pytest

from members.audit.anchor import continue_from, last_line
from members.audit.anchored_lines import AnchorFile
from members.audit.continuation import Continuation, number_of
from members.audit.models import Checkpoint
from members.audit.statement import Signer
from members.audit.verification import Verification
from members.privacy.signing import audit_key, audit_signer
from tests.members.audit.conftest import tamper
from tests.people import AT

FORGER = Signer(1, b"f" * 32)


def findings(anchor):
    return [each.words for each in Verification(known_key=audit_key, anchor=AnchorFile(anchor)).findings()]


def back_to(number):
    """Leave the database as a backup of that checkpoint would."""
    if not Checkpoint.objects.filter(number__gt=number).exists():
        return
    tamper("DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_leaf WHERE batch > %s)", number)
    tamper("DELETE FROM audit_leaf WHERE batch > %s", number)
    tamper("DELETE FROM audit_checkpoint WHERE number > %s", number)


@pytest.fixture
def restored(trail, anchor):
    """Return a function that has the house restored as it was at a checkpoint."""

    def restore(number):
        back_to(number)
        went_on = continue_from(anchor, number, signer=audit_signer(), at=AT)
        trail(2)
        return went_on

    return restore


@pytest.fixture
def four(trail):
    for _ in range(4):
        trail(2)


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize("number", [0, 2, 3])
def test_what_was_lost_stays_above_the_line_and_the_chain_below_it_is_proven(anchor, restored, number):
    before, file = anchor.read_bytes(), anchor.stat().st_ino
    assert restored(number)
    assert anchor.read_bytes().startswith(before)
    assert anchor.stat().st_ino == file
    assert findings(anchor) == []
    assert [each for each, _ in AnchorFile(anchor)] == list(range(1, number + 2))
    [said] = AnchorFile(anchor).continued.values()
    assert (said.back_to, said.lost) == (number, 4)


@pytest.mark.usefixtures("four")
def test_an_anchor_that_knows_no_more_gets_no_line(anchor, restored):
    assert not restored(4)
    assert (AnchorFile(anchor).continued, findings(anchor)) == ({}, [])


@pytest.mark.usefixtures("four")
def test_a_restore_after_a_restore_goes_on_as_well_however_far_back(anchor, restored):
    assert [restored(3), restored(3), restored(1), restored(2)] == [True, True, True, False]
    assert findings(anchor) == []
    assert [each for each, _ in AnchorFile(anchor)] == [1, 2, 3]


@pytest.mark.usefixtures("four")
def test_a_restore_that_was_killed_after_its_line_goes_on_at_the_second_try(anchor, restored):
    back_to(2)
    assert continue_from(anchor, 2, signer=audit_signer(), at=AT)
    assert number_of(last_line(anchor)) == 2
    assert not restored(2)
    assert findings(anchor) == []


def line_said(number, *, signer, follows=None):
    row = Checkpoint.objects.get(number=number)
    digest = follows or sha256(row.statement.encode()).digest()
    return Continuation(number, 4, AT, digest, signer.number, signer.public_key).line(signer)


@pytest.mark.usefixtures("four")
def test_who_cuts_the_end_off_cannot_let_the_anchor_forget_it(anchor, trail):
    said = line_said(2, signer=FORGER)
    back_to(2)
    with anchor.open("a") as file:
        file.write(said + "\n")
    assert findings(anchor) == ["Line 5 of the anchor tells of a restore, and is not what a restore writes there."]
    trail(1)
    assert len(findings(anchor)) == 1


@pytest.mark.usefixtures("four")
def test_a_line_of_another_chain_or_one_that_was_altered_is_named(anchor):
    with anchor.open("a") as file:
        file.write(line_said(2, signer=audit_signer(), follows=bytes(32)) + "\n")
    assert "Line 5 of the anchor tells of a restore, and is not what a restore writes there." in findings(anchor)

    lines = anchor.read_text().splitlines()
    anchor.write_text("\n".join([*lines[:4], lines[4].replace('"lost":4', '"lost":2'), ""]))
    assert AnchorFile(anchor).continued == {}


def test_a_line_is_read_as_it_was_written():
    signer = audit_signer()
    said = Continuation(3, 7, AT, bytes(32), signer.number, signer.public_key)
    assert Continuation.parse(said.line(signer)) == said
    assert Continuation.parse(replace(said, lost=9).line(signer)).told()["lost"] == 9
