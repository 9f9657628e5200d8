"""Two workers settle a storm at the same time: what they send together is what one alone would have sent."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.enums import Priority
from complaints.models import TimelineEntry
from complaints.operations import close_digest
from members.actors import Role
from slas.models import Outbox
from slas.outbox import settle
from slas.queries import database_now
from tests.complaints import stages
from tests.complaints.firings import ALL, in_outbox
from tests.people import staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policies")]
SINGLE, CASES = 10, 24


def at_once(*works):
    """Do several things in a thread each, with a connection of its own; return what they returned."""
    barrier = Barrier(len(works))

    def run(work):
        try:
            barrier.wait()
            return work()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_two_workers_with_a_half_each_send_ten_alerts_to_each_person_and_one_digest():
    leads = [staff(Role.LEAD), staff(Role.LEAD, name="Kim Cho")]
    rows = [stages.received() for _ in range(CASES)]
    keys = in_outbox(rows, *ALL)
    done = at_once(lambda: settle(keys[::2]), lambda: settle(keys[1::2]))
    assert (sum(done), Outbox.objects.exclude(fault="").count()) == (CASES, 0)

    alerts = Dispatch.objects.filter(kind=DispatchKind.CLOCK_ALERT)
    singly = Counter(alerts.filter(told_in=None).values_list("to_user_id", flat=True))
    assert singly == {lead.pk: SINGLE for lead in leads}
    digests = Dispatch.objects.filter(kind=DispatchKind.ALERT_DIGEST)
    told = Counter(alerts.exclude(told_in=None).values_list("told_in__to_user_id", flat=True))
    assert told == {lead.pk: CASES - SINGLE for lead in leads}
    assert digests.count() == len(leads)


def test_two_workers_with_the_same_envelope_do_it_once():
    staff(Role.LEAD)
    rows = [stages.received() for _ in range(CASES)]
    keys = in_outbox(rows, *ALL)
    done = at_once(lambda: settle(keys), lambda: settle(keys))
    assert sum(done) == CASES
    assert Dispatch.objects.filter(kind=DispatchKind.CLOCK_ALERT).count() == CASES
    assert {stages.now(row).priority for row in rows} == {Priority.HIGH}
    told = TimelineEntry.objects.unscoped("test").filter(code="clock_breached")
    assert sorted(entry.complaint_id for entry in told) == sorted(row.pk for row in rows)


def test_what_joins_a_digest_while_it_is_counted_is_told_in_it_or_in_the_next_one():
    staff(Role.LEAD)
    settle(in_outbox([stages.received() for _ in range(SINGLE + 2)], *ALL))
    [digest] = Dispatch.objects.filter(kind=DispatchKind.ALERT_DIGEST)
    keys = in_outbox([stages.received() for _ in range(5)], *ALL)
    counted, _ = at_once(lambda: close_digest(at=database_now(), dispatch_id=digest.pk), lambda: settle(keys))
    assert counted["cases"] == Dispatch.objects.filter(told_in=digest).count()
    assert Dispatch.objects.filter(kind=DispatchKind.CLOCK_ALERT).exclude(told_in=None).count() == 7
