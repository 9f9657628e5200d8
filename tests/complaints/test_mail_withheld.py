"""E-mail that waits is sent only if whoever it is for may still know: work is told to who works here, and sees it."""

import pytest
from django.core import mail

from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.enums import RestrictionKind
from complaints.models import Task
from complaints.operations import break_glass, restrict_complaint
from complaints.receivers import send_dispatch
from members.accounts.models import User
from members.actors import SYSTEM, Role
from members.audit.models import Event
from members.operations import disable_account, open_access_review, revoke_role
from slas.queries import database_now
from tests.complaints import stages
from tests.complaints.firings import WARNED, clock_of, fire
from tests.complaints.leaving import LEAVING
from tests.complaints.stages import AT
from tests.people import actor_of, staff

pytestmark = pytest.mark.usefixtures("policies")


def send(dispatch):
    mail.outbox.clear()
    send_dispatch(dispatch.matter_id, "send", {"dispatch": str(dispatch.pk)})
    dispatch.refresh_from_db()
    return len(mail.outbox)


@pytest.mark.parametrize("happened", LEAVING)
def test_an_alert_that_waits_is_withheld_from_who_may_know_no_longer(agent, happened):
    insured = stages.insured()
    row = stages.taken(agent, by=insured)
    fire(clock_of(row), "notify_owner", code=WARNED)
    [dispatch] = Dispatch.objects.filter(to_user=agent.user_id, kind=DispatchKind.CLOCK_ALERT)
    happened(User.objects.get(pk=agent.user_id), insured.member, at=database_now())
    assert send(dispatch) == 0
    assert (dispatch.sent_at, dispatch.failed_at is not None) == (None, True)
    assert Event.objects.filter(action="mail.withheld", object_id=agent.user_id).count() == 1
    assert not Task.objects.unscoped("test").exists(), "nobody has to reach whoever may not know"


def test_an_alert_of_what_was_restricted_since_is_withheld_from_who_does_not_own_it(agent):
    row = stages.received()
    lead = actor_of(staff(Role.LEAD))
    fire(clock_of(row), "notify_role:agent", code=WARNED)
    [dispatch] = Dispatch.objects.filter(to_user=agent.user_id, kind=DispatchKind.CLOCK_ALERT)
    restrict_complaint(actor=lead, at=AT, complaint_id=row.pk, kind=RestrictionKind.VIP, reason="She is the mayor.")
    assert send(dispatch) == 0


def test_an_alert_goes_to_who_may_still_know(agent):
    row = stages.taken(agent)
    fire(clock_of(row), "notify_owner", code=WARNED)
    [dispatch] = Dispatch.objects.filter(to_user=agent.user_id, kind=DispatchKind.CLOCK_ALERT)
    assert send(dispatch) == 1
    assert dispatch.sent_at


def test_word_of_broken_glass_goes_to_no_privacy_officer_who_has_left():
    officer = staff(Role.PRIVACY_OFFICER)
    row = stages.received()
    told = {"actor": actor_of(staff(Role.LEAD)), "at": AT, "complaint_id": row.pk}
    restrict_complaint(**told, kind=RestrictionKind.VIP, reason="She is the mayor.")
    opener = actor_of(staff(Role.AGENT))
    break_glass(actor=opener, at=database_now(), reference=row.reference, reason="She is in the hospital.")
    [dispatch] = Dispatch.objects.filter(kind=DispatchKind.GLASS_BROKEN)
    disable_account(actor=SYSTEM, at=AT, user_id=officer.pk)
    assert send(dispatch) == 0


def test_word_of_an_access_review_goes_to_nobody_who_is_no_administrator_any_more():
    user, _another = staff(Role.ADMINISTRATOR), staff(Role.ADMINISTRATOR)
    open_access_review(at=database_now())
    [dispatch] = Dispatch.objects.filter(kind=DispatchKind.ACCESS_REVIEW, to_user=user)
    revoke_role(actor=SYSTEM, at=database_now(), user_id=user.pk, role=Role.ADMINISTRATOR)
    assert send(dispatch) == 0


def test_the_end_of_an_account_is_told_to_its_owner_all_the_same(agent):
    disable_account(actor=SYSTEM, at=AT, user_id=agent.user_id)
    for dispatch in Dispatch.objects.filter(kind=DispatchKind.ACCOUNT_CHANGED, to_user=agent.user_id):
        assert send(dispatch) == 1
