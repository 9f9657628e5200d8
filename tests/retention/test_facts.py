"""What stays of erased complaints identifies nobody: no dates but years, no places, no words, no small cells."""

import csv
import io

import pytest
from django.db import connection, models, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from complaints.capa.operations import record_root_cause
from complaints.retention.facts import LEAST, cells, not_told
from complaints.retention.models import Fact
from complaints.retention.replay import replay_erasures
from complaints.retention.work import erase_listed
from members.actors import Role
from slas.queries import database_now
from tests.complaints import stages
from tests.people import actor_of, sign_in, staff
from tests.retention.old import confirmed, over

pytestmark = pytest.mark.usefixtures("policies")


def fact(**values):
    return Fact(
        **{"year": 2019, "line_of_business": "group", "topic": "claim", "verdict": "upheld", "days": 12} | values
    )


def test_a_fact_has_no_key_date_place_or_word_that_leads_to_anybody(agent, officer, second):
    row = stages.closed(agent, by=stages.insured(), name="Greta Samsa")
    manager = actor_of(staff(Role.QUALITY_MANAGER))
    record_root_cause(actor=manager, at=stages.AT, complaint_id=row.pk, cause="claim_coding")
    row = over(agent, row=row)
    confirmed(officer, second)
    erase_listed(at=database_now())
    found = Fact.objects.get()
    assert (found.year, found.line_of_business, found.topic) == (row.received_at.year, "group", row.topic)
    assert (found.cause, found.verdict, found.days) == ("claim_coding", "upheld", 0)
    assert found.id.version == 4, "a key with a time in it would lead to the ledger's line"
    kinds = {field.name: type(field) for field in Fact._meta.concrete_fields}
    assert set(kinds) == {"id", "year", "line_of_business", "topic", "cause", "verdict", "days"}
    whole = models.PositiveSmallIntegerField, models.PositiveIntegerField, models.CharField, models.UUIDField
    assert all(kind in whole for kind in kinds.values())


def facts_beside_their_erasure():
    """Return how many facts have the number of a transaction that also erased something."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM retention_fact f JOIN retention_erasure e ON e.xmin = f.xmin")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("again", [False, True])
def test_no_transaction_and_no_order_leads_from_a_fact_to_its_erasure(agent, officer, second, again):
    topics = ["claim_denied", "claim_delayed", "bill", "authorization", "access", "enrollment", "service", "other"]
    for topic in topics:
        over(agent, topic=topic)  # in this order they are erased
    with transaction.atomic():
        confirmed(officer, second)
        erase_listed(at=database_now())
        assert facts_beside_their_erasure() == 0
        transaction.set_rollback(again)
    if again:
        assert replay_erasures(database_now()).erased == len(topics)
        assert facts_beside_their_erasure() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT topic FROM retention_fact ORDER BY ctid")
        lying = [topic for (topic,) in cursor.fetchall()]
    assert sorted(lying) == sorted(topics)
    assert lying != topics


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 40)))
def test_what_is_left_out_cannot_be_reckoned_from_the_total(sizes):
    hidden = not_told(sizes)
    assert all(sizes[value] >= LEAST for value in sizes.keys() - hidden)
    if hidden and hidden != set(sizes):
        assert len(hidden) > 1
        assert sum(sizes[value] for value in hidden) >= LEAST
    if all(size >= LEAST for size in sizes.values()):
        assert hidden == set()


def test_cells_of_fewer_than_eleven_are_not_in_the_file(client):
    Fact.objects.bulk_create([fact(days=day) for day in range(20)])
    Fact.objects.bulk_create([fact(topic="billing") for _ in range(LEAST - 1)])
    Fact.objects.bulk_create([fact(topic="care") for _ in range(LEAST + 1)])
    told = {(cell.by, cell.value): cell.number for cell in cells()}
    assert told["topic", "claim"] == 20
    assert told["topic", "billing"] is None
    assert told["topic", "care"] is None, "it hides the other"
    assert told["verdict", "upheld"] == 42
    sign_in(client, staff(Role.AUDITOR))
    answer = client.get(reverse("retention:facts_csv"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    by_topic = {row["value"]: (row["complaints"], row["median_days"]) for row in rows if row["by"] == "topic"}
    hidden = ("fewer than 11, or hides one that is", "")
    assert by_topic == {"claim": ("20", "9.5"), "billing": hidden, "care": hidden}
