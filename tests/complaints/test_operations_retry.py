"""What was given up is tried again, and the timeline tells the whole story."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from complaints.correspondence.models import Dispatch, LetterChannel
from complaints.correspondence.operations import MAKE_NOTICES
from complaints.models import TimelineEntry
from complaints.operations import record_undeliverable, retry_effects
from complaints.permissions import ActionForbidden
from members.audit.models import Event
from slas.models import Clock, Outbox
from slas.operations import enqueue
from slas.outbox import bury, settle
from slas.relay import TRIES_OUTSIDE
from tests.complaints import stages
from tests.complaints.stages import AT
from tests.slas.clocks import acting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
LATER = AT + timedelta(days=3)


def given_up(number=1):
    """Return complaints whose confirmation no server took for two days, and the keys of its effect."""
    rows = [stages.received() for _ in range(number)]
    Outbox.objects.filter(topic="correspondence.send").update(
        attempts=TRIES_OUTSIDE, next_try_at=Now(), fault="SMTPConnectError"
    )
    assert bury() == number
    return rows, [(row.pk, Outbox.objects.get(matter_id=row.pk, dead_at__isnull=False).key) for row in rows]


def told(complaint):
    """Return what the timeline says of the e-mail, in the order in which it was written."""
    rows = TimelineEntry.objects.unscoped("test").filter(complaint=complaint, code__startswith="send_")
    return [(row.code, row.actor_label) for row in rows.order_by("pk")]


def test_an_email_that_is_tried_again_arrives_and_the_timeline_says_what_happened(lead, mailoutbox):
    (complaint,), (pair,) = given_up()
    assert retry_effects(actor=lead, at=LATER, pair=pair) == 1

    effect, dispatch = Outbox.objects.get(pk=pair), Dispatch.objects.get()
    assert (effect.dead_at, effect.attempts, effect.fault) == (None, 0, "SMTPConnectError")
    assert (dispatch.failed_at, dispatch.retried_at) == (None, LATER)
    assert settle([pair]) == 1
    assert len(mailoutbox) == 1
    assert told(complaint) == [
        ("send_failed", "Redress"),
        ("send_retried", "Dana Ruiz"),
        ("send_arrived", "Redress"),
    ]
    assert stages.now(complaint).acknowledged_at is not None


def test_an_email_that_fails_again_is_said_to_have_failed_again(lead):
    (complaint,), (pair,) = given_up()
    retry_effects(actor=lead, at=LATER, pair=pair)
    record_undeliverable(at=LATER, dispatch_id=Dispatch.objects.get().pk)
    assert [code for code, _who in told(complaint)] == ["send_failed", "send_retried", "send_failed"]


def test_pressing_twice_tries_it_once(lead):
    (complaint,), (pair,) = given_up()
    assert [retry_effects(actor=lead, at=LATER, pair=pair) for _ in range(2)] == [1, 0]
    assert [code for code, _who in told(complaint)] == ["send_failed", "send_retried"]
    (event,) = Event.objects.filter(action="effect.retried")
    assert (event.actor_id, event.matter_id) == (lead.user_id, complaint.pk)
    assert event.detail == {"topic": "correspondence.send", "key": pair[1], "fault": "SMTPConnectError"}


@pytest.mark.parametrize("number", [1, 30])
def test_all_of_a_kind_are_tried_again_with_a_fixed_number_of_queries(lead, number, django_assert_num_queries):
    given_up(number)
    with django_assert_num_queries(9):
        assert retry_effects(actor=lead, at=LATER, topic="correspondence.send") == number
    assert Outbox.objects.filter(dead_at__isnull=False).count() == 0
    assert Event.objects.filter(action="effect.retried").count() == number


def test_another_kind_stays_given_up(lead):
    given_up()
    assert retry_effects(actor=lead, at=LATER, topic="sla.fired") == 0
    assert Outbox.objects.filter(dead_at__isnull=False).count() == 1


def test_only_who_leads_has_effects_tried_again(agent):
    _rows, (pair,) = given_up()
    with pytest.raises(ActionForbidden):
        retry_effects(actor=agent, at=LATER, pair=pair)
    assert Outbox.objects.get(pk=pair).dead_at is not None


def test_a_letter_whose_notice_is_tried_again_is_on_its_way_once_more(desk, lead):
    row = stages.lettered(desk.actor, by=stages.insured(), channel=LetterChannel.PORTAL)
    record_undeliverable(at=AT, dispatch_id=Dispatch.objects.get(kind="letter_ready").pk)
    pages = [desk.get(reverse("desk:case", args=[row.reference])).content.decode()]
    Outbox.objects.filter(topic="correspondence.send").update(dead_at=Now())
    retry_effects(actor=lead, at=LATER, topic="correspondence.send")
    pages.append(desk.get(reverse("desk:case", args=[row.reference])).content.decode())
    assert ["is on its way; this step" in page for page in pages] == [False, True]


def test_a_notice_of_the_law_that_is_tried_again_is_told_on_the_timeline(lead):
    row = stages.received()
    clock = Clock.objects.filter(matter_id=row.pk).first()
    with acting(AT) as this:
        payload = {"clock": str(clock.id), "epoch": 1, "code": 100}
        enqueue(this=this, matter_id=row.pk, key="notices:drill", topic=MAKE_NOTICES, payload=payload)
    Outbox.objects.filter(key="notices:drill").update(attempts=TRIES_OUTSIDE, next_try_at=Now(), fault="TypstError")
    assert bury() == 1
    assert retry_effects(actor=lead, at=LATER, topic=MAKE_NOTICES) == 1
    entries = TimelineEntry.objects.unscoped("test").filter(complaint=row, code__startswith="notice_").order_by("pk")
    assert [(entry.code, entry.actor_label) for entry in entries] == [
        ("notice_failed", "Redress"),
        ("notice_retried", "Dana Ruiz"),
    ]
