"""An act is one transaction and one flush; an act that is refused leaves nothing behind."""

import pytest

from members.accounts.models import RoleGrant, User
from members.actors import SYSTEM, Role
from members.acts import HeldTwice, act, batch
from members.audit.models import Event
from members.models import LineOfBusiness, Member
from members.privacy.access import phi_access
from tests.people import AT, actor_of, an_email, member, staff

pytestmark = pytest.mark.django_db


def a_user(**values):
    user = User(created_at=AT, password="!", **values)
    user.set_email(an_email())
    return user


def a_member():
    row = Member(name="Joseph K", line_of_business=LineOfBusiness.GROUP, created_at=AT)
    row.set_member_number(an_email())
    return row


def test_an_act_writes_rows_and_events_with_one_insert_a_table(django_assert_num_queries):
    # the savepoint of the transaction, users, members, events, and its release
    with django_assert_num_queries(5), act(actor=SYSTEM, at=AT) as this:
        for _ in range(3):
            this.add(a_user(), a_member())
            this.record("account.created")

    assert User.objects.count() == 3
    assert Member.objects.unscoped("a test").count() == 3
    assert Event.objects.filter(action="account.created", at=AT, actor_label="Redress").count() == 3


def test_an_act_that_raises_writes_nothing():
    with pytest.raises(ZeroDivisionError), act(actor=SYSTEM, at=AT) as this:
        this.add(a_user())
        this.record("account.created")
        raise ZeroDivisionError

    assert User.objects.count() == 0
    assert Event.objects.count() == 0


def test_a_change_updates_just_the_columns_that_were_named():
    user = staff(Role.AGENT)
    stale = User.objects.get(pk=user.pk)
    User.objects.filter(pk=user.pk).update(is_active=False)

    with act(actor=SYSTEM, at=AT) as this:
        this.change(stale, display_name="D. Ruiz")

    assert User.objects.values_list("display_name", "is_active").get(pk=user.pk) == ("D. Ruiz", False)


def test_a_row_added_in_the_act_is_inserted_in_its_last_form(django_assert_num_queries):
    user = a_user()
    with django_assert_num_queries(3), act(actor=SYSTEM, at=AT) as this:
        this.add(user)
        this.change(user, display_name="Dana Ruiz")

    assert User.objects.get(pk=user.pk).display_name == "Dana Ruiz"


def test_a_row_added_in_the_act_is_found_by_lock_and_by_its_values():
    user = a_user(display_name="Dana Ruiz")
    with act(actor=SYSTEM, at=AT) as this:
        this.add(user)
        assert this.lock(User, user.pk) is user
        assert this.added(User, display_name="Dana Ruiz") == [user]
        assert this.added(User, display_name="A. Lee") == []


def test_a_row_is_read_and_locked_once_however_often_it_is_asked_for(django_assert_num_queries):
    user = staff(Role.AGENT)
    with django_assert_num_queries(3), act(actor=SYSTEM, at=AT) as this:
        assert this.lock(User, user.pk) is this.lock(User, user.pk)


def test_changes_of_a_row_through_two_locks_are_both_written():
    user = staff(Role.AGENT)
    with act(actor=SYSTEM, at=AT) as this:
        this.change(this.lock(User, user.pk), display_name="D. Ruiz")
        this.change(this.lock(User, user.pk), session_epoch=7)

    assert User.objects.values_list("display_name", "session_epoch").get(pk=user.pk) == ("D. Ruiz", 7)


def test_a_change_of_another_copy_of_a_held_row_is_refused():
    user = staff(Role.AGENT)
    with pytest.raises(HeldTwice), act(actor=SYSTEM, at=AT) as this:
        this.lock(User, user.pk)
        this.change(user, display_name="D. Ruiz")


def test_locking_a_row_that_does_not_exist_raises_the_models_own_error():
    with pytest.raises(User.DoesNotExist), act(actor=SYSTEM, at=AT) as this:
        this.lock(User, a_user().pk)


def test_many_rows_are_locked_with_one_query_and_those_that_do_not_exist_are_left_out(django_assert_num_queries):
    users = [staff(Role.AGENT) for _ in range(3)]
    absent = a_user()
    with django_assert_num_queries(4), act(actor=SYSTEM, at=AT) as this:
        held = this.lock(User, users[0].pk)
        rows = this.lock_all(User, [*(user.pk for user in users), absent.pk])
        assert list(rows) == sorted(user.pk for user in users)
        assert rows[users[0].pk] is held
        assert this.lock(User, users[1].pk) is rows[users[1].pk]


def test_many_rows_with_the_same_columns_are_changed_by_one_update(django_assert_num_queries):
    users = [staff(Role.AGENT) for _ in range(12)]
    with django_assert_num_queries(4), act(actor=SYSTEM, at=AT) as this:
        for number, user in enumerate(this.lock_all(User, [user.pk for user in users]).values()):
            this.change(user, display_name=f"Person {number}")
    names = (
        User.objects.filter(pk__in=[user.pk for user in users]).order_by("pk").values_list("display_name", flat=True)
    )
    assert list(names) == [f"Person {number}" for number in range(12)]


def test_many_changes_of_what_is_sealed_stay_sealed():
    members = [member() for _ in range(12)]
    with act(actor=SYSTEM, at=AT) as this:
        for number, row in enumerate(this.lock_all(Member, [row.pk for row in members]).values()):
            this.change(row, name=f"Person {number}")
    rows = Member.objects.unscoped("a test").filter(pk__in=[row.pk for row in members]).order_by("pk")
    with phi_access(actor=SYSTEM, purpose="a test", at=AT):
        assert [row.name for row in rows] == [f"Person {number}" for number in range(12)]


def test_a_hundred_acts_of_a_batch_share_one_flush(django_assert_num_queries):
    with django_assert_num_queries(4), batch():
        for _ in range(100):
            with act(actor=SYSTEM, at=AT) as this:
                this.add(a_user())
                this.record("account.created")

    assert User.objects.count() == 100
    assert Event.objects.count() == 100


def test_many_rows_keep_their_own_values_and_the_databases_defaults():
    with act(actor=SYSTEM, at=AT) as this:
        for number in range(200):
            dated = {"written_at": AT} if number % 2 else {}
            this.add(Event.by(SYSTEM, at=AT, action="history.replayed", detail={"number": number}, **dated))

    written = Event.objects.order_by("detail__number").values_list("detail__number", "written_at")
    assert [number for number, _ in written] == list(range(200))
    assert all((written_at == AT) == bool(number % 2) for number, written_at in written)


def test_many_sealed_rows_open_each_in_its_own_place():
    with act(actor=SYSTEM, at=AT) as this:
        for number in range(150):
            row = a_member()
            row.name = f"Member {number}"
            this.add(row)

    with phi_access(actor=SYSTEM, purpose="a test", at=AT):
        names = {row.name for row in Member.objects.unscoped("a test")}
    assert names == {f"Member {number}" for number in range(150)}


def test_a_refused_act_leaves_nothing_to_the_batch_that_goes_on():
    known = staff(Role.AGENT)
    with batch():
        with act(actor=SYSTEM, at=AT) as this:
            good = a_user()
            this.add(good)
        with pytest.raises(ZeroDivisionError), act(actor=SYSTEM, at=AT) as this:
            this.add(a_user(), RoleGrant(user=good, role=Role.LEAD, granted_at=AT))
            this.change(good, display_name="never")
            this.change(this.lock(User, known.pk), display_name="never", session_epoch=9)
            this.record("role.granted")
            raise ZeroDivisionError

    assert set(User.objects.values_list("display_name", "session_epoch")) == {("Dana Ruiz", 0), ("", 0)}
    assert RoleGrant.objects.filter(role=Role.LEAD).count() == 0


def test_a_refused_act_takes_back_what_acts_within_it_had_done():
    with batch(), pytest.raises(ZeroDivisionError), act(actor=SYSTEM, at=AT) as outer:
        outer.add(a_user())
        with act(actor=SYSTEM, at=AT) as inner:
            inner.add(a_user())
        raise ZeroDivisionError

    assert User.objects.count() == 0


def test_a_row_changed_by_a_good_and_then_by_a_refused_act_keeps_the_good_change():
    user = staff(Role.AGENT)
    with batch():
        with act(actor=SYSTEM, at=AT) as this:
            this.change(this.lock(User, user.pk), display_name="D. Ruiz")
        with pytest.raises(ZeroDivisionError), act(actor=SYSTEM, at=AT) as this:
            this.change(this.lock(User, user.pk), display_name="never", session_epoch=9)
            raise ZeroDivisionError

    assert User.objects.values_list("display_name", "session_epoch").get(pk=user.pk) == ("D. Ruiz", 0)


def test_a_batch_that_raises_writes_nothing():
    with pytest.raises(ZeroDivisionError), batch():
        with act(actor=SYSTEM, at=AT) as this:
            this.add(a_user())
        raise ZeroDivisionError

    assert User.objects.count() == 0


def test_an_act_within_an_act_shares_its_transaction_and_keeps_its_own_time_and_actor():
    person, agent = member(), actor_of(staff(Role.AGENT))
    with act(actor=SYSTEM, at=AT) as outer:
        outer.record("outer.done")
        with act(actor=agent, at=AT.replace(year=2025)) as inner:
            inner.record("inner.done", object_type="member", object_id=person.pk)

    facts = Event.objects.filter(action__endswith=".done").values_list("action", "at__year", "actor_kind")
    assert set(facts) == {("outer.done", 2026, "system"), ("inner.done", 2025, "user")}
