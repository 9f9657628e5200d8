"""In a storm nobody gets an e-mail for each date: ten in an hour, then one that tells of all the others."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.models import TimelineEntry
from complaints.operations import close_digest, escalate_complaints
from complaints.receivers import send_dispatch
from members.actors import Role
from slas.models import Outbox
from tests.complaints import stages
from tests.complaints.firings import WARNED, firings_of
from tests.complaints.stages import AT
from tests.people import actor_of, staff

pytestmark = pytest.mark.usefixtures("policies")
HOUR = timedelta(hours=1)
SINGLE = 10


def storm(number, *actions, at=AT, **kwargs):
    """Have a date of so many complaints missed at once."""
    rows = [stages.received() for _ in range(number)]
    escalate_complaints(at=at, firings=firings_of(rows, *(actions or ["notify_lead"]), **kwargs))
    return rows


def alerts(kind=DispatchKind.CLOCK_ALERT, **filters):
    return Dispatch.objects.filter(kind=kind, **filters)


def digests():
    return list(alerts(DispatchKind.ALERT_DIGEST).order_by("dedupe_key"))


def outbox_of(dispatch):
    return Outbox.objects.get(key=f"send:{dispatch.pk}")


def send(dispatch):
    send_dispatch(dispatch.matter_id, f"send:{dispatch.pk}", {"dispatch": str(dispatch.pk)})


def test_up_to_ten_alerts_an_hour_come_one_by_one(lead):
    storm(SINGLE)
    assert alerts(to_user=lead.user_id, told_in=None).count() == SINGLE
    assert digests() == []


def test_the_others_are_told_by_one_digest_and_every_timeline_still_tells_its_own(lead):
    rows = storm(SINGLE + 7)
    [digest] = digests()
    assert alerts(told_in=None).count() == SINGLE
    assert alerts(told_in=digest).count() == 7
    assert not Outbox.objects.filter(key__in=[f"send:{row.pk}" for row in alerts(told_in=digest)]).exists()
    told = TimelineEntry.objects.unscoped("test").filter(code="clock_breached")
    assert {entry.complaint_id for entry in told} == {row.pk for row in rows}
    assert digest.to_user_id == lead.user_id


def test_a_digest_waits_five_minutes_for_more_and_does_not_count_as_behind_meanwhile():
    staff(Role.LEAD)
    storm(SINGLE + 1)
    [digest] = digests()
    row = outbox_of(digest)
    assert row.next_try_at == row.created_at == AT + timedelta(minutes=5)


def test_each_person_has_ten_of_the_own(lead):
    other = actor_of(staff(Role.LEAD, name="Kim Cho"))
    storm(SINGLE + 2)
    for person in (lead, other):
        assert alerts(to_user=person.user_id, told_in=None).count() == SINGLE
        assert alerts(to_user=person.user_id).exclude(told_in=None).count() == 2
    assert {digest.to_user_id for digest in digests()} == {lead.user_id, other.user_id}


def test_ten_an_hour_counts_the_envelopes_before():
    staff(Role.LEAD)
    for _ in range(3):
        storm(5)
    assert (alerts(told_in=None).count(), len(digests())) == (SINGLE, 1)


def test_the_next_hour_has_ten_of_its_own():
    staff(Role.LEAD)
    storm(SINGLE + 1)
    storm(SINGLE, at=AT + HOUR)
    assert alerts(told_in=None).count() == 2 * SINGLE


def test_the_same_envelope_again_asks_for_nothing_more():
    staff(Role.LEAD)
    rows = [stages.received() for _ in range(SINGLE + 3)]
    for _ in range(3):
        escalate_complaints(at=AT, firings=firings_of(rows, "notify_lead"))
    assert (alerts().count(), len(digests())) == (SINGLE + 3, 1)


def test_what_comes_after_a_digest_was_counted_waits_for_that_of_the_next_hour():
    staff(Role.LEAD)
    storm(SINGLE + 4)
    [first] = digests()
    told = close_digest(at=AT + timedelta(minutes=5), dispatch_id=first.pk)
    storm(3, at=AT + timedelta(minutes=6))
    _first, second = digests()
    assert (told["cases"], alerts(told_in=first).count(), alerts(told_in=second).count()) == (4, 4, 3)
    assert outbox_of(second).next_try_at == AT.replace(minute=0) + HOUR


def test_a_digest_is_counted_once_and_sent_once():
    staff(Role.LEAD)
    storm(SINGLE + 4)
    [digest] = digests()
    for _ in range(2):
        send(digest)
    assert len(mail.outbox) == 1
    assert mail.outbox[0].subject == "4 more cases are overdue or due soon"
    assert close_digest(at=AT + HOUR, dispatch_id=digest.pk)["cases"] == 4


def test_a_digest_leads_to_the_list_that_shows_them_and_names_nobody(settings):
    staff(Role.LEAD, name="Kim Cho")
    rows = storm(SINGLE + 3)
    send(digests()[0])
    body = mail.outbox[0].body
    assert settings.PUBLIC_URL + reverse("desk:queue") + "?view=overdue" in body
    assert "3 of them are overdue now" in body
    assert not [row.reference for row in rows if row.reference in body]
    assert not re.search("Joseph|claim|Kim", body)


def test_an_owner_is_led_to_the_own_cases_and_a_warning_is_not_called_overdue(agent):
    rows = [stages.taken(agent) for _ in range(SINGLE + 1)]
    escalate_complaints(at=AT, firings=firings_of(rows, "notify_owner", code=WARNED))
    send(digests()[0])
    assert "?view=mine" in mail.outbox[0].body
    assert mail.outbox[0].subject == "1 more case is overdue or due soon"
    assert "of them" not in mail.outbox[0].body


def test_warnings_of_others_cases_lead_to_the_whole_queue(agent, lead):
    rows = [stages.taken(agent) for _ in range(SINGLE + 2)]
    escalate_complaints(at=AT, firings=firings_of(rows, "notify_lead", code=WARNED))
    assert digests()[0].to_user_id == lead.user_id
    assert close_digest(at=AT, dispatch_id=digests()[0].pk)["list"] == "open"
