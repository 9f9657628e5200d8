"""What tests of the seal start from: nothing waits, nothing is sealed, and the anchor is a file of the test's own."""

import pytest
from django.db import connection

from members.actors import SYSTEM
from members.acts import act
from members.audit.anchor import anchor_all
from members.audit.models import Event
from members.audit.sealer import seal_all
from members.privacy.signing import audit_signer
from tests.people import AT

EMPTY = "TRUNCATE audit_event, audit_pending, audit_leaf, audit_checkpoint, audit_anchored"


@pytest.fixture
def anchor(settings, tmp_path):
    """Return the file that checkpoints are written down in."""
    path = tmp_path / "audit.anchor"
    settings.AUDIT_ANCHORS = [str(path)]
    return path


@pytest.fixture
def trail(db, anchor):  # noqa: ARG001 -- they must be there
    """Return a function that writes some events and seals them as one batch; it returns them as they lie in it."""
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)

    def write_and_seal(number=3, *, at=AT, **fields):
        events = written(number, at=at, **fields)
        seal_all(signer=audit_signer(), at=at)
        anchor_all([str(anchor)], at=at)
        return events

    return write_and_seal


def written(number, *, at=AT, action="complaint.acknowledged", **fields):
    """Write events, one act each, and return them in the order in which they wait."""
    before = set(Event.objects.values_list("pk", flat=True))
    for _ in range(number):
        with act(actor=SYSTEM, at=at) as this:
            this.record(action, **fields)
    return list(Event.objects.exclude(pk__in=before).order_by("pk"))


def tamper(sql, *params):
    """Change the trail as only a superuser can: no trigger fires and no foreign key is looked at."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, params)
        changed = cursor.rowcount
        cursor.execute("SET session_replication_role = origin")
    assert changed, "nothing was tampered with"
