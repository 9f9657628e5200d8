"""Checklist 25: nothing that somebody sends becomes a line of the log of its own."""

import io
import json
import logging
import logging.config
import re

import pytest
from celery import current_app
from celery.app.trace import build_tracer
from django.conf import settings
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from config.log_lines import on_one_line
from members.actors import Actor, ActorKind
from members.acts import act
from members.audit.models import Checkpoint, Event
from members.audit.proof import check_proof
from members.audit.proofs import proof_of
from members.audit.sealer import seal_all
from members.models import Team
from members.privacy.keyring import SealBroken
from members.privacy.signing import audit_signer
from tests.people import AT

FORGED = "2026-03-02 15:00:00,000 ERROR members.audit: all events were deleted"
LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (INFO|WARNING|ERROR) [\w.]+: ")
WORDS = "Migraine since the third of June"
ENDS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]


@pytest.fixture
def lines():
    """Return a function that gives what was logged, by the house's own settings, as a log server cuts it."""
    config = settings.LOGGING | {"handlers": {"stderr": settings.LOGGING["handlers"]["stderr"]}}
    kept = logging.root.handlers[:], logging.root.level
    logging.config.dictConfig(config)
    written = io.StringIO()
    logging.root.handlers[0].setStream(written)
    yield lambda: written.getvalue().splitlines()
    logging.root.handlers[:] = kept[0]
    logging.root.setLevel(kept[1])


@pytest.mark.parametrize("end", ENDS)
def test_a_line_end_in_what_is_logged_starts_no_line(lines, end):
    logging.getLogger("members").warning("by %s", f"Dana{end}{FORGED}")
    (line,) = lines()
    assert LINE.match(line)
    assert FORGED in line


@pytest.mark.parametrize("sign", ["\x1b[2K", "\x00", "\x7f", "\x9b", "\u202e", "\u2066", "\u200f"])
def test_a_sign_that_hides_or_turns_words_is_written_out(lines, sign):
    logging.getLogger("members").warning("by %s", f"Dana{sign}Ruiz")
    assert sign[0] not in lines()[0]


@pytest.mark.parametrize("end", ENDS)
def test_a_traceback_with_forged_lines_is_set_off_line_by_line(lines, end):
    try:
        raise SealBroken(f"no such name{end}{FORGED}")  # noqa: TRY301 -- it is what is logged
    except SealBroken:
        logging.getLogger("members").exception("failed")
    first, *rest = lines()
    assert LINE.match(first)
    assert all(line.startswith("  | ") for line in rest)
    assert any(FORGED in line for line in rest)


def int_of(words):
    return int(words)


def test_a_traceback_tells_where_and_what_but_not_the_words_that_an_error_quotes(lines):
    try:
        try:
            int_of(WORDS)
        except ValueError as error:
            raise KeyError(WORDS) from error
    except KeyError:
        logging.getLogger("members").exception("failed")
    told = "\n".join(lines())
    assert "in int_of" in told
    assert "builtins.ValueError\n" in told
    assert told.endswith("builtins.KeyError")
    assert "Migraine" not in told


@pytest.mark.django_db
def test_a_refused_row_is_told_by_its_column_and_not_quoted(lines):
    try:
        with transaction.atomic():
            Team.objects.create(name=WORDS)
    except IntegrityError:
        logging.getLogger("members").exception("failed")
    told = "\n".join(lines())
    assert "psycopg.errors.NotNullViolation 23502 members_team created_at" in told
    assert "Migraine" not in told


def test_a_failed_task_is_told_by_the_class_of_its_error(lines):
    @current_app.task(name="tests.failing", shared=False)
    def failing(words):
        return int_of(words)

    told = build_tracer(failing.name, failing, app=current_app, propagate=False)
    told("an-id", (WORDS,), {}, {"argsrepr": "(…)"})
    said = "\n".join(lines())
    assert "raised unexpected: builtins.ValueError" in said
    assert "Migraine" not in said


def test_an_address_that_holds_a_line_end_forges_nothing(lines, client, db):  # noqa: ARG001 -- the gate looks who asks
    client.get(f"/en/%0d%0a{FORGED}")
    assert lines()
    assert all(LINE.match(line) for line in lines())


@given(st.text())
def test_whatever_is_said_stays_on_one_line_and_words_stay_words(text):
    said = on_one_line(text)
    assert len(said.splitlines()) <= 1
    assert on_one_line("Zoë 王芳 🙂 ok") == "Zoë 王芳 🙂 ok"


@pytest.mark.django_db
@pytest.mark.parametrize("end", ENDS)
def test_an_event_with_line_ends_is_one_event_and_one_line_of_a_proof(end):
    actor = Actor(ActorKind.USER, f"Dana{end}{FORGED}")
    with act(actor=actor, at=AT) as this:
        this.record("complaint.acknowledged", detail={"code": f"a{end}b"})
    seal_all(signer=audit_signer(), at=AT)
    event = Event.objects.get(actor_label=actor.label)
    proof = proof_of(event.pk)
    assert check_proof(proof)["actor_label"] == actor.label
    assert len(json.dumps(proof).splitlines()) == 1
    assert all(len(row.line.splitlines()) == 1 for row in Checkpoint.objects.all())
