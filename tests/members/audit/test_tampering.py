"""Checklist 23, the tampering drill: whatever a superuser does to the trail, `verify_audit` names it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from members.audit.anchor import anchor_all
from members.audit.anchored_lines import AnchorFile
from members.audit.entries import ENTRY, placed
from members.audit.merkle import Tree, leaf_hash
from members.audit.models import Checkpoint, Leaf
from members.audit.sealer import seal_all
from members.audit.statement import Signer, Statement, digest
from members.audit.verification import Verification
from members.identifiers import new_id
from members.privacy.signing import audit_key, audit_signer
from tests.members.audit.conftest import tamper, written
from tests.people import AT

INSERT = """
INSERT INTO audit_event (id, at, actor_kind, actor_label, action, object_type, detail)
VALUES (%s, now(), 'system', 'Redress', 'complaint.closed', '', '{}')"""
FORGER = Signer(1, b"f" * 32)


@pytest.fixture
def sealed(trail):
    """Return the events of three batches of four."""
    return [trail(4) for _ in range(3)]


def findings(anchor=None, known_key=audit_key):
    file = AnchorFile(anchor) if anchor else None
    return list(Verification(known_key=known_key, anchor=file).findings())


def named(anchor=None, known_key=audit_key):
    """Return what is found as pairs of code and batch, and the events that are named."""
    found = findings(anchor, known_key)
    return {(str(each.wrong), each.batch) for each in found}, {each.event_id for each in found if each.event_id}


@pytest.mark.usefixtures("sealed")
def test_a_trail_that_nobody_touched_is_intact(anchor):
    assert findings(anchor) == []
    written(1)  # waits
    assert findings(anchor) == []


@pytest.mark.django_db
def test_an_empty_trail_is_intact(trail):
    trail(0)
    assert findings() == []


@pytest.mark.parametrize(
    "change",
    [
        "actor_label = 'Somebody else'",
        "at = at + interval '1 microsecond'",
        "at = 'infinity'",
        "written_at = '0044-03-15 BC'",
        "actor_kind = 'import'",
        "actor_id = gen_random_uuid()",
        "action = 'complaint.closed'",
        "matter_id = gen_random_uuid()",
        "object_type = 'user'",
        "object_id = gen_random_uuid()",
        """detail = '{"n": 0.10000000000000000000000000001}'""",
    ],
)
def test_an_event_that_was_edited_is_named_whichever_column_it_was(sealed, anchor, change):
    event = sealed[1][2]
    tamper(f"UPDATE audit_event SET {change} WHERE id = %s", event.pk)  # noqa: S608 -- the test's own words
    assert named(anchor) == ({("event_edited", 2)}, {event.pk})


def test_an_event_that_was_edited_together_with_its_leaf_shows_in_its_batch(sealed, anchor):
    event = sealed[1][2]
    tamper("UPDATE audit_event SET actor_label = 'Somebody else' WHERE id = %s", event.pk)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ENTRY} FROM audit_event e WHERE id = %s", [event.pk])  # noqa: S608 -- a constant
        (entry,) = cursor.fetchone()
    tamper("UPDATE audit_leaf SET hash = %s WHERE event_id = %s", leaf_hash(placed(2, 2, entry)), event.pk)
    assert named(anchor) == ({("batch_altered", 2)}, set())


def test_an_event_that_was_deleted_is_named(sealed, anchor):
    event = sealed[0][1]
    tamper("DELETE FROM audit_event WHERE id = %s", event.pk)
    assert named(anchor) == ({("event_deleted", 1)}, {event.pk})


def test_an_event_that_was_deleted_with_its_leaf_leaves_a_hole_that_is_named(sealed, anchor):
    event = sealed[0][3]
    tamper("DELETE FROM audit_event WHERE id = %s", event.pk)
    tamper("DELETE FROM audit_leaf WHERE event_id = %s", event.pk)
    found = findings(anchor)
    assert {(each.wrong, each.batch) for each in found} == {("leaf_missing", 1), ("batch_altered", 1)}
    assert "lacks position 3" in found[0].words


def test_an_event_that_was_deleted_while_it_waited_is_named(trail):
    trail(1)
    (event,) = written(1)
    tamper("DELETE FROM audit_event WHERE id = %s", event.pk)
    assert named() == ({("event_deleted", None)}, {event.pk})
    seal_all(signer=audit_signer(), at=AT)
    assert named() == ({("event_deleted", 2)}, {event.pk})


@pytest.mark.usefixtures("sealed")
def test_an_event_that_was_inserted_past_the_queue_is_named(anchor):
    event = new_id()
    tamper(INSERT, event)
    assert named(anchor) == ({("event_inserted", None)}, {event})


@pytest.mark.usefixtures("sealed")
def test_an_event_that_was_inserted_with_a_leaf_shows_in_its_batch(anchor):
    event = new_id()
    tamper(INSERT, event)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ENTRY} FROM audit_event e WHERE id = %s", [event])  # noqa: S608 -- a constant
        (entry,) = cursor.fetchone()
    tamper("INSERT INTO audit_leaf VALUES (2, 4, %s, %s)", event, leaf_hash(placed(2, 4, entry)))
    assert named(anchor)[0] == {("leaf_added", 2), ("batch_altered", 2)}


def test_an_event_whose_leaf_alone_was_deleted_is_named(sealed, anchor):
    event = sealed[2][0]
    tamper("DELETE FROM audit_leaf WHERE event_id = %s", event.pk)
    assert named(anchor) == ({("event_inserted", None), ("leaf_missing", 3), ("batch_altered", 3)}, {event.pk})


def test_an_event_that_was_moved_to_another_batch_is_named_with_both_places(sealed, anchor):
    event = sealed[0][3]
    tamper("UPDATE audit_leaf SET batch = 3, position = 4 WHERE event_id = %s", event.pk)
    found = {each.wrong: each for each in findings(anchor)}
    assert set(found) == {"event_moved", "leaf_missing", "leaf_added", "batch_altered"}
    assert found["event_moved"].words == f"Event {event.pk} was moved from batch 1, position 3 to batch 3, position 4."


def test_events_that_were_exchanged_between_batches_are_both_named(sealed, anchor):
    one, other = sealed[0][0], sealed[2][2]
    tamper("UPDATE audit_leaf SET batch = 3, position = 99 WHERE event_id = %s", one.pk)
    tamper("UPDATE audit_leaf SET batch = 1, position = 0 WHERE event_id = %s", other.pk)
    tamper("UPDATE audit_leaf SET batch = 3, position = 2 WHERE event_id = %s", one.pk)
    wrong, events = named(anchor)
    assert wrong == {("event_moved", 1), ("event_moved", 3), ("batch_altered", 1), ("batch_altered", 3)}
    assert events == {one.pk, other.pk}


def test_events_that_were_reordered_within_a_batch_are_named(sealed, anchor):
    for position, event in ((99, sealed[1][0]), (0, sealed[1][1]), (1, sealed[1][0])):
        tamper("UPDATE audit_leaf SET position = %s WHERE event_id = %s", position, event.pk)
    assert named(anchor) == ({("event_moved", 2), ("batch_altered", 2)}, {sealed[1][0].pk, sealed[1][1].pk})


def test_a_leaf_of_a_batch_that_does_not_exist_is_named(sealed, anchor):
    tamper("UPDATE audit_leaf SET batch = 77 WHERE event_id = %s", sealed[1][3].pk)
    assert ("leaf_added", 77) in named(anchor)[0]
    tamper("UPDATE audit_leaf SET batch = -5 WHERE event_id = %s", sealed[1][3].pk)
    assert ("leaf_added", -5) in named(anchor)[0]


def cut(number):
    """Take the newest batch away, with everything that tells of it in the database."""
    tamper("DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_leaf WHERE batch = %s)", number)
    tamper("DELETE FROM audit_leaf WHERE batch = %s", number)
    tamper("DELETE FROM audit_checkpoint WHERE number = %s", number)


@pytest.mark.usefixtures("sealed")
def test_an_end_that_was_cut_off_is_seen_by_the_anchor_and_by_nothing_else(anchor):
    cut(3)
    assert findings() == []
    assert named(anchor) == ({("tail_cut", 2)}, set())


@pytest.mark.usefixtures("sealed")
def test_an_end_that_was_cut_off_and_sealed_anew_is_another_than_the_anchor_knows(anchor):
    cut(3)
    written(4)
    seal_all(signer=audit_signer(), at=AT + timedelta(minutes=1))
    assert findings() == []
    assert named(anchor) == ({("anchor_differs", 3)}, set())


@pytest.mark.usefixtures("sealed")
def test_a_trail_that_was_emptied_is_seen_by_the_anchor(anchor):
    for number in (3, 2, 1):
        cut(number)
    assert named(anchor) == ({("tail_cut", 0)}, set())


@pytest.mark.usefixtures("sealed")
def test_a_checkpoint_that_was_deleted_is_named_with_its_leaves(anchor):
    tamper("DELETE FROM audit_checkpoint WHERE number = 2")
    found = findings(anchor)
    assert [(each.wrong, each.batch) for each in found] == [("leaf_added", 2), ("checkpoint_missing", 2)]
    assert found[1].words == "Checkpoint 2 is missing."


@pytest.mark.usefixtures("sealed")
def test_a_beginning_that_was_cut_off_is_named():
    cut(1)
    assert ("checkpoint_missing", 1) in named()[0]


def rewrite(number, signer=None, **changes):
    """Put another statement in the place of a checkpoint's; without a signer under the old signature."""
    row = Checkpoint.objects.get(number=number)
    old = Statement.parse(row.statement)
    values = {name: getattr(old, name) for name in Statement.__slots__} | changes
    if signer:
        values |= {"public_key": signer.public_key, "key": signer.number}
    text = Statement(**values).text()
    signature = signer.sign(text) if signer else bytes(row.signature)
    tamper("UPDATE audit_checkpoint SET statement = %s, signature = %s WHERE number = %s", text, signature, number)


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("changes", [{"root": bytes(32)}, {"count": 3}, {"previous": bytes(32)}, {"total": 9}])
def test_a_statement_under_the_signature_of_another_is_forged(changes):
    rewrite(2, **changes)
    found = {(each.wrong, each.batch) for each in findings()}
    assert ("checkpoint_forged", 2) in found
    assert ("chain_broken", 3) in found


@pytest.mark.usefixtures("sealed")
def test_a_statement_that_is_none_is_forged():
    tamper("""UPDATE audit_checkpoint SET statement = '{"audit_checkpoint": 2}' WHERE number = 2""")
    assert ("checkpoint_forged", 2) in named()[0]


@pytest.mark.usefixtures("sealed")
def test_a_checkpoint_that_another_key_signed_is_forged(anchor):
    rewrite(3, signer=FORGER, root=bytes(32))
    wrong, _ = named(anchor)
    assert {("checkpoint_forged", 3), ("batch_altered", 3), ("anchor_differs", 3)} == wrong


def forge_everything(signer):
    """Sign the whole chain anew after an edit, as somebody would who has the database and not the keyring."""
    event = Leaf.objects.order_by("pk").first().event_id
    tamper("UPDATE audit_event SET actor_label = 'Somebody else' WHERE id = %s", event)
    previous = None
    for row in Checkpoint.objects.order_by("number"):
        tree = Tree()
        for leaf in Leaf.objects.filter(batch=row.number).order_by("position"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {ENTRY} FROM audit_event e WHERE id = %s", [leaf.event_id])  # noqa: S608
                made = leaf_hash(placed(leaf.batch, leaf.position, cursor.fetchone()[0]))
            tamper("UPDATE audit_leaf SET hash = %s WHERE event_id = %s", made, leaf.event_id)
            tree.add(made)
        link = {"previous": digest(previous)} if previous else {}
        rewrite(row.number, signer=signer, root=tree.root(), **link)
        previous = Checkpoint.objects.get(number=row.number).statement


@pytest.mark.usefixtures("sealed")
def test_a_chain_that_was_signed_anew_as_a_whole_is_not_signed_by_the_keyring(anchor):
    forge_everything(FORGER)
    assert named()[0] == {("checkpoint_forged", number) for number in (1, 2, 3)}
    assert {("anchor_differs", number) for number in (1, 2, 3)} < named(anchor)[0]


@pytest.mark.usefixtures("sealed")
def test_a_key_that_nobody_knows_is_named_and_the_anchor_pins_the_real_one(anchor):
    forge_everything(Signer(99, b"f" * 32))
    assert named()[0] == {("key_unknown", 1)}
    assert ("key_unknown", 1) in named(anchor)[0]


@pytest.mark.usefixtures("sealed")
def test_a_key_that_was_destroyed_is_vouched_for_by_its_successor(anchor):
    written(2)
    successor = Signer(2, b"2" * 32)
    seal_all(signer=successor, at=AT)
    anchor_all([str(anchor)], at=AT)
    ring = {2: successor.public_key}
    assert findings(known_key=ring.get) == []
    assert findings(anchor, known_key={}.get) != [], "nobody knows the successor"
    ring = {1: audit_signer().public_key}
    assert named(known_key=ring.get) == ({("key_unknown", 4)}, set())


@pytest.mark.usefixtures("sealed")
def test_a_destroyed_key_is_still_known_from_the_first_line_of_the_anchor(anchor):
    assert findings(anchor, known_key={}.get) == []
    assert named(known_key={}.get) == ({("key_unknown", 1)}, set())


@pytest.mark.usefixtures("sealed")
def test_an_anchor_that_somebody_wrote_to_is_named(anchor):
    lines = anchor.read_text().splitlines(keepends=True)
    anchor.write_text(lines[0] + "something else\n" + lines[1] + lines[2])
    found = findings(anchor)
    assert [each.wrong for each in found] == ["anchor_damaged"]
    assert found[0].words.startswith("Line 2 of ")
    anchor.write_text("".join([lines[0], lines[2], lines[1]]))
    assert [each.wrong for each in findings(anchor)] == ["anchor_damaged"]


@pytest.mark.usefixtures("sealed")
def test_a_line_of_the_anchor_that_a_crash_cut_short_and_that_stands_again_is_no_damage(anchor):
    whole = anchor.read_text()
    anchor.write_text(whole[:-30])
    assert findings(anchor) == []
    anchor.write_text(whole[:-30] + "\n" + whole.splitlines()[-1] + "\n")
    assert findings(anchor) == []


def test_an_event_that_waits_for_too_long_is_named(trail):
    trail(1)
    (event,) = written(1)
    tamper("UPDATE audit_pending SET queued_at = queued_at - interval '6 minutes'")
    assert named() == ({("event_unsealed", None)}, {event.pk})


def verify(*arguments):
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_audit", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as end:
        return end.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.usefixtures("sealed")
def test_the_command_says_that_all_is_as_it_was_written(anchor):
    assert verify() == (0, "12 events under 3 checkpoints: all as they were written.\n", "")
    assert verify("--anchor", anchor)[0] == 0


def test_the_command_names_what_was_altered_and_ends_with_1(sealed):
    event = sealed[1][2]
    tamper("DELETE FROM audit_event WHERE id = %s", event.pk)
    status, out, _ = verify()
    assert status == 1
    assert f"Event {event.pk} was deleted; it was sealed in batch 2 at position 2.\n" in out
    assert out.endswith("12 events under 3 checkpoints: one thing is wrong.\n")


@pytest.mark.usefixtures("sealed")
def test_without_an_anchor_the_command_says_what_it_cannot_see(anchor):
    anchor.unlink()
    status, _, err = verify()
    assert (status, err) == (0, "No anchor is here: nobody can tell whether the end of the chain was cut off.\n")


@pytest.mark.usefixtures("sealed")
def test_an_anchor_that_was_named_and_is_not_there_is_refused(anchor):
    with pytest.raises(CommandError, match="nowhere cannot be read: No such file or directory") as refusal:
        verify("--anchor", anchor.with_name("nowhere"))
    assert refusal.value.returncode == 2
