"""A hold keeps the whole series, whoever tries; and it outlives what it held."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.urls import reverse

from complaints.models import Complaint
from complaints.retention.due import why_left
from complaints.retention.enums import LeftBecause
from complaints.retention.erase import lock
from complaints.retention.holds import place_hold, release_hold
from complaints.retention.lists import ask_erasure
from complaints.retention.models import Hold
from complaints.retention.refusals import RetentionRefused
from complaints.retention.replay import replay_erasures
from complaints.retention.rules import rules
from complaints.retention.work import erase_listed
from members.actors import Role
from slas.queries import database_now
from tests.complaints import stages
from tests.people import actor_of, sign_in, staff
from tests.retention.old import confirmed, in_one_series, over
from tests.retention.test_erasure import ledger_row, refused

pytestmark = pytest.mark.usefixtures("policies")


def held(officer, row, *, of_member=False, reason="The Samsa lawsuit."):
    return place_hold(actor=officer, at=database_now(), complaint_id=row.pk, of_member=of_member, reason=reason)


@pytest.mark.parametrize("of_member", [False, True])
def test_a_hold_on_an_appeal_keeps_the_first_decision(agent, officer, second, of_member):
    first, appeal = over(agent), over(agent, by=stages.insured())
    in_one_series(first, appeal)
    hold = held(officer, appeal, of_member=of_member)
    with pytest.raises(RetentionRefused, match="Nothing is due"):
        ask_erasure(actor=officer, at=database_now())
    assert why_left(first.pk, among=rules(), at=database_now()) == LeftBecause.HELD
    release_hold(actor=second, at=database_now(), hold_id=hold.pk, reason="It is over.")
    confirmed(officer, second)
    assert erase_listed(at=database_now()).erased == 2


@pytest.mark.parametrize("of_member", [False, True])
def test_the_database_itself_keeps_the_series_of_what_is_held(agent, officer, of_member):
    first, appeal = over(agent), over(agent, by=stages.insured())
    in_one_series(first, appeal)
    held(officer, appeal, of_member=of_member)
    refused(lambda: ledger_row(first).save(force_insert=True), "is on legal hold")


def test_the_database_itself_keeps_the_series_of_what_is_young_or_open(agent):
    first, young, other, open_one = over(agent), over(agent, years=5), over(agent), stages.received()
    in_one_series(first, young)
    in_one_series(other, open_one)
    refused(lambda: ledger_row(first).save(force_insert=True), "open or younger than six years")
    refused(lambda: ledger_row(other).save(force_insert=True), "open or younger than six years")


def test_a_hold_placed_on_the_series_after_it_was_confirmed_keeps_all_of_it(agent, officer, second):
    first, appeal = over(agent), over(agent)
    in_one_series(first, appeal)
    confirmed(officer, second)
    held(officer, appeal)
    done = erase_listed(at=database_now())
    assert (done.erased, done.left) == (0, 2)


def test_a_replay_leaves_alone_what_is_of_a_held_series_or_kept_by_a_longer_rule(agent, officer, second):
    first, appeal, longer = over(agent), over(agent), over(agent)
    with transaction.atomic():
        confirmed(officer, second)
        assert erase_listed(at=database_now()).erased == 3
        transaction.set_rollback(True)
    in_one_series(first, appeal)
    held(officer, appeal)
    Complaint.objects.unscoped("test").filter(pk=longer.pk).update(line_of_business="medicare_advantage")
    done = replay_erasures(database_now())
    assert done.left == {first.pk: LeftBecause.HELD, appeal.pk: LeftBecause.HELD, longer.pk: LeftBecause.NOT_DUE}
    assert done.erased == 0


def test_each_case_of_the_series_shows_the_hold(client, agent, officer):
    first, appeal = stages.closed(agent), stages.closed(agent)
    in_one_series(first, appeal)
    held(officer, appeal)
    sign_in(client, staff(Role.LEAD))
    case = client.get(reverse("desk:case", args=[first.reference])).content.decode()
    assert f'<bdi dir="ltr">{appeal.reference}</bdi>, and with it this case of the same series' in case
    assert "This case, since" in client.get(reverse("desk:case", args=[appeal.reference])).content.decode()


def test_a_released_hold_is_read_when_its_case_is_gone(client, agent, officer, second):
    row = over(agent, by=stages.insured())
    hold = held(officer, row)
    release_hold(actor=second, at=database_now(), hold_id=hold.pk, reason="It was settled.")
    confirmed(officer, second)
    assert erase_listed(at=database_now()).erased == 1
    sign_in(client, staff(Role.PRIVACY_OFFICER, name="Una Third"))
    assert "A case erased on" in client.get(reverse("retention:holds")).content.decode()
    page = client.get(reverse("retention:hold", args=[hold.pk])).content.decode()
    for words in ("The Samsa lawsuit.", "It was settled.", "Ola Berg", "Sam Field", "The case was erased on"):
        assert words in page


@pytest.mark.parametrize("is_restricted", [False, True])
def test_a_hold_on_what_is_gone_is_for_whom_the_case_was_there(agent, officer, second, is_restricted):
    by = stages.insured()
    row = over(agent, by=by)
    Complaint.objects.unscoped("test").filter(pk=row.pk).update(is_restricted=is_restricted)
    hold = held(officer, row)
    release_hold(actor=second, at=database_now(), hold_id=hold.pk, reason="It was settled.")
    confirmed(officer, second)
    erase_listed(at=database_now())
    own = staff(Role.PRIVACY_OFFICER)
    by.member.user = own
    by.member.save(update_fields=["user"])
    assert not Hold.objects.visible_to(actor_of(own)).exists()
    assert Hold.objects.visible_to(actor_of(staff(Role.AUDITOR))).exists() == (not is_restricted)
    assert Hold.objects.visible_to(second).get() == hold


def test_the_database_itself_keeps_holds_as_they_were_placed_and_released(agent, officer, second):
    hold = held(officer, over(agent))
    rows = Hold.objects.unscoped("test").filter(pk=hold.pk)
    refused(lambda: rows._raw_delete("default"), "never changes: DELETE refused")
    refused(lambda: rows.update(placed_by=second.user_id), "never changes: UPDATE refused")
    release_hold(actor=second, at=database_now(), hold_id=hold.pk, reason="It is over.")
    refused(lambda: rows.update(released_at=None, released_by=None), "is append-only")


@pytest.mark.django_db(transaction=True)
def test_a_hold_on_the_series_waits_for_an_erasure_that_is_under_way(agent, officer):
    """Else it would be placed, and told as placed, while the first decision is just going."""
    first, appeal = over(agent), over(agent)
    in_one_series(first, appeal)
    locked = Barrier(2)

    def hold():
        try:
            locked.wait()
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '300ms'")
            held(officer, appeal)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        assert lock(first.pk)
        other = pool.submit(hold)
        locked.wait()
        assert "lock timeout" in str(other.exception())
