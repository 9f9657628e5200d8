"""Accounts and roles change through operations, each with its event, or are refused aloud."""

import re
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError
from django.db import IntegrityError, connection, transaction

from members.accounts.models import RoleGrant, TotpDevice, User
from members.accounts.refusals import AccountRefused
from members.actors import ALONE, GUEST, STAFF, SYSTEM, Role
from members.acts import batch
from members.audit.models import Event
from members.models import Member
from members.operations import (
    create_member_account,
    create_staff_account,
    create_team,
    disable_account,
    grant_role,
    lead_team,
    register_member,
    revoke_representation,
    revoke_role,
)
from members.privacy.access import phi_access
from members.queries import holders_of
from tests.members.representing import recorded, represented
from tests.people import AT, PASSWORD, actor_of, an_email, member, member_account, staff

pytestmark = pytest.mark.django_db


def facts(user):
    events = Event.objects.filter(object_type="user", object_id=user.pk).order_by("pk")
    return [(event.action, event.detail) for event in events]


def open_account(**changes):
    values = {"email": an_email(), "display_name": "Dana Ruiz", "password": PASSWORD, "roles": [Role.AGENT]}
    return create_staff_account(**{"actor": SYSTEM, "at": AT} | values | changes)


def test_a_staff_account_is_opened_with_its_roles_and_events():
    user = open_account(roles=[Role.LEAD, Role.AGENT], email="  Dana.Ruiz@example.org ")

    assert actor_of(user).roles == {Role.AGENT, Role.LEAD}
    assert facts(user) == [
        ("account.created", {}),
        ("role.granted", {"role": "agent"}),
        ("role.granted", {"role": "lead"}),
    ]
    with phi_access(actor=SYSTEM, purpose="a test", at=AT):
        assert user.email == "Dana.Ruiz@example.org"


def test_opening_a_staff_account_takes_few_statements(django_assert_num_queries):
    # savepoint, the lock on administration, the address's, is it free, users, events, grants, release
    with django_assert_num_queries(8):
        open_account(roles=[Role.LEAD, Role.AGENT])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"roles": []}, "at least one role"),
        ({"roles": [Role.AGENT, Role.MEMBER]}, "staff roles only"),
        ({"display_name": " "}, "Enter a name"),
        ({"actor": GUEST}, "Guest does not administer accounts"),
    ],
)
def test_a_staff_account_is_refused_aloud(changes, reason):
    with pytest.raises(AccountRefused, match=reason):
        open_account(**changes)
    assert User.objects.count() == 0


def test_an_address_has_one_account_whatever_its_case():
    open_account(email="dana@example.org")
    with pytest.raises(AccountRefused, match="has an account already"):
        open_account(email="DANA@example.org")
    with pytest.raises(AccountRefused, match="has an account already"):
        create_member_account(actor=SYSTEM, at=AT, member_id=member().pk, email="dana@Example.org", password=PASSWORD)


def test_an_address_has_one_account_within_a_batch_too():
    with batch(), pytest.raises(AccountRefused, match="has an account already"):
        open_account(email="dana@example.org")
        open_account(email="dana@example.org")


STRONG = "kelp9 Vex-omnibus trawl "


@pytest.mark.parametrize("length", [15, 128, 256])
def test_a_password_of_15_to_256_characters_is_taken(length):
    """Checklist 6, by length."""
    password = (STRONG * 11)[:length]
    assert open_account(password=password).check_password(password)


@pytest.mark.parametrize("password", [STRONG[:14], STRONG * 11, "x" * 4096], ids=["14", "264", "4 kB"])
def test_a_password_that_is_too_short_or_too_long_is_refused(password):
    """Checklist 6, by length."""
    with pytest.raises(ValidationError, match=r"Use at (least|most)"):
        open_account(password=password)


@pytest.mark.parametrize(
    "password",
    ["aaaaaaaaaaaaaaaaaaaa", "passwordpassword1", "abcdefghijklmnopqrst", "MeridianHealthPlan", "Dana Ruiz Dana Ruiz"],
)
def test_a_password_that_is_easy_to_guess_is_refused(password):
    """Checklist 6: common ones, and those made of the names of the house and of the person."""
    with pytest.raises(ValidationError, match="easy to guess"):
        open_account(password=password)


def test_a_member_has_one_account():
    person = member()
    user = member_account(person=person)

    actor = actor_of(user)
    assert (actor.roles, actor.member_id, actor.label) == ({Role.MEMBER}, person.pk, "Member")
    with pytest.raises(AccountRefused, match="has an account already"):
        member_account(person=person)


def test_only_an_administrator_opens_accounts_grants_and_closes():
    target = open_account()
    lead, administrator = actor_of(staff(Role.LEAD)), actor_of(staff(Role.ADMINISTRATOR))
    for refused in (
        lambda: open_account(actor=lead),
        lambda: grant_role(actor=lead, at=AT, user_id=target.pk, role=Role.LEAD),
        lambda: revoke_role(actor=lead, at=AT, user_id=target.pk, role=Role.AGENT),
        lambda: disable_account(actor=lead, at=AT, user_id=target.pk),
    ):
        with pytest.raises(AccountRefused, match="does not administer accounts"):
            refused()
    grant_role(actor=administrator, at=AT, user_id=target.pk, role=Role.LEAD)
    assert RoleGrant.objects.get(user=target, role=Role.LEAD).granted_by_id == administrator.user_id


def test_the_last_administrator_is_neither_closed_nor_without_the_role():
    admin = staff(Role.ADMINISTRATOR)
    with pytest.raises(AccountRefused, match="Make somebody else an administrator first"):
        revoke_role(actor=actor_of(admin), at=AT, user_id=admin.pk, role=Role.ADMINISTRATOR)
    with pytest.raises(AccountRefused, match="Make somebody else an administrator first"):
        disable_account(actor=SYSTEM, at=AT, user_id=admin.pk)
    assert actor_of(admin).roles == {Role.ADMINISTRATOR}
    admin.refresh_from_db()
    assert admin.is_active
    another = staff(Role.ADMINISTRATOR)
    revoke_role(actor=actor_of(admin), at=AT, user_id=admin.pk, role=Role.ADMINISTRATOR)
    assert actor_of(another).roles == {Role.ADMINISTRATOR}


def test_who_was_administrator_when_the_page_was_asked_for_acts_no_more():
    admin, another, user = staff(Role.ADMINISTRATOR), staff(Role.ADMINISTRATOR), staff(Role.AGENT)
    gate = actor_of(admin)
    revoke_role(actor=actor_of(another), at=AT, user_id=admin.pk, role=Role.ADMINISTRATOR)
    with pytest.raises(AccountRefused, match="does not administer accounts"):
        disable_account(actor=gate, at=AT, user_id=user.pk)


ALONE_WITH_ANOTHER = [(alone, other) for alone in sorted(ALONE) for other in sorted(STAFF - {alone})]


@pytest.mark.parametrize(("alone", "other"), ALONE_WITH_ANOTHER)
def test_administrators_and_auditors_hold_no_other_role(alone, other):
    staff(Role.ADMINISTRATOR)
    with pytest.raises(AccountRefused, match="goes with no other role"):
        open_account(roles=[alone, other])
    for first, second in ((alone, other), (other, alone)):
        user = staff(first)
        with pytest.raises(AccountRefused, match="goes with no other role"):
            grant_role(actor=SYSTEM, at=AT, user_id=user.pk, role=second)
        with pytest.raises(IntegrityError, match="accounts_roles_that_go_together"), transaction.atomic():
            RoleGrant.objects.create(user=user, role=second, granted_at=AT)
        revoke_role(actor=SYSTEM, at=AT, user_id=user.pk, role=first)
        grant_role(actor=SYSTEM, at=AT, user_id=user.pk, role=second)


def test_an_upgrade_names_who_holds_roles_that_clash_and_its_cure_lets_it_go_on():
    go_together = import_module("members.accounts.migrations.0005_roles_that_go_together")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_rolegrant DROP CONSTRAINT accounts_roles_that_go_together")
    dana, _lee = staff(Role.ADMINISTRATOR, name="Dana Ruiz"), staff(Role.AGENT, Role.LEAD, name="Lee Wong")
    RoleGrant.objects.create(user=dana, role=Role.LEAD, granted_at=AT)
    editor = connection.schema_editor()
    with pytest.raises(CommandError) as stopped:
        go_together.refuse_roles_that_clash(apps, editor)
    told = str(stopped.value)
    assert f"another one, which goes no longer: Dana Ruiz ({dana.pk}: administrator, lead). Take" in told

    cure = re.search(r"UPDATE .*? IS NULL;", told)[0].replace("ID", str(dana.pk), 1).replace("ROLE", "lead")
    with connection.cursor() as cursor:
        cursor.execute(cure)
    go_together.refuse_roles_that_clash(apps, editor)


def test_a_closed_account_gets_no_role():
    user = staff(Role.AGENT)
    disable_account(actor=SYSTEM, at=AT, user_id=user.pk)
    with pytest.raises(AccountRefused, match=r"is closed\. Open it again first"):
        grant_role(actor=SYSTEM, at=AT, user_id=user.pk, role=Role.LEAD)


def test_a_closed_account_leads_no_team_any_more():
    user = staff(Role.LEAD)
    team = create_team(actor=SYSTEM, at=AT, name="North")
    lead_team(actor=SYSTEM, at=AT, team_id=team.pk, user_id=user.pk)
    disable_account(actor=SYSTEM, at=AT, user_id=user.pk)
    team.refresh_from_db()
    assert team.lead_id is None
    with pytest.raises(AccountRefused, match="is closed"):
        lead_team(actor=SYSTEM, at=AT, team_id=team.pk, user_id=user.pk)


def test_an_authorisation_makes_nobody_a_member_before_it_is_confirmed():
    user = staff(Role.LEAD)
    recorded(member(), user)
    assert actor_of(user).roles == {Role.LEAD}
    represented(member(), user)
    assert actor_of(user).roles == {Role.LEAD, Role.MEMBER}


def test_nobody_grants_a_role_to_themselves():
    """Checklist 15, for roles."""
    user = staff(Role.ADMINISTRATOR)
    with pytest.raises(AccountRefused, match=r"Nobody gives a role to themselves\. Ask another"):
        grant_role(actor=actor_of(user), at=AT, user_id=user.pk, role=Role.PRIVACY_OFFICER)
    with pytest.raises(IntegrityError, match="accounts_no_self_grant"), transaction.atomic():
        RoleGrant.objects.create(user=user, role=Role.LEAD, granted_at=AT, granted_by=user)


def test_a_role_is_held_once_revoked_and_granted_again():
    user = staff(Role.AGENT)
    with pytest.raises(AccountRefused, match="has this role already"):
        grant_role(actor=SYSTEM, at=AT, user_id=user.pk, role=Role.AGENT)
    revoke_role(actor=SYSTEM, at=AT, user_id=user.pk, role=Role.AGENT)
    with pytest.raises(AccountRefused, match="does not have this role any more"):
        revoke_role(actor=SYSTEM, at=AT, user_id=user.pk, role=Role.AGENT)
    grant_role(actor=SYSTEM, at=AT, user_id=user.pk, role=Role.AGENT)

    assert list(user.role_grants.order_by("pk").values_list("revoked_at", flat=True)) == [AT, None]


def test_the_database_holds_one_active_grant_of_a_role():
    user = staff(Role.AGENT)
    with pytest.raises(IntegrityError, match="accounts_one_active_grant"), transaction.atomic():
        RoleGrant.objects.create(user=user, role=Role.AGENT, granted_at=AT)


def test_member_is_not_granted():
    with pytest.raises(AccountRefused, match="is no staff role"):
        grant_role(actor=SYSTEM, at=AT, user_id=staff(Role.AGENT).pk, role=Role.MEMBER)


def test_who_holds_a_role_is_known_and_who_left_is_not_counted():
    first, second, third = staff(Role.LEAD), staff(Role.LEAD), staff(Role.LEAD)
    staff(Role.AGENT)
    revoke_role(actor=SYSTEM, at=AT, user_id=second.pk, role=Role.LEAD)
    disable_account(actor=SYSTEM, at=AT, user_id=third.pk)
    assert [person.user_id for person in holders_of(Role.LEAD, at=AT)[Role.LEAD]] == [first.pk]


def test_of_who_holds_a_role_it_is_known_which_members_the_person_is_or_acts_for():
    user, josef, later = staff(Role.LEAD), member(), member()
    own = member()
    own.user = user
    own.save(update_fields=["user"])
    mandate = represented(josef, user)
    recorded(later, user)

    def known(at):
        [found] = [one for one in holders_of(Role.LEAD, at=at)[Role.LEAD] if one.user_id == user.pk]
        return found.member_ids

    assert known(AT) == {own.pk, josef.pk}
    assert known(mandate.expires_at) == {own.pk}
    revoke_representation(actor=actor_of(user), at=AT, representation_id=mandate.pk)
    assert known(AT) == {own.pk}


def test_a_member_number_is_registered_once():
    register_member(actor=SYSTEM, at=AT, member_number="MHP-1", name="Joseph K", line_of_business="group")
    with pytest.raises(IntegrityError), transaction.atomic():
        register_member(actor=SYSTEM, at=AT, member_number="mhp 1", name="Joseph K", line_of_business="group")
    assert Member.objects.unscoped("a test").count() == 1


def test_a_line_of_business_that_is_not_known_is_refused_by_the_database():
    with pytest.raises(IntegrityError, match="members_line_of_business_is_known"), transaction.atomic():
        register_member(actor=SYSTEM, at=AT, member_number="MHP-1", name="Joseph K", line_of_business="pets")


def test_a_factor_given_at_opening_counts_at_once():
    user = open_account(totp_key=b"12345678901234567890")
    device = TotpDevice.objects.get(user=user)
    assert (device.confirmed, device.confirmed_at) == (True, AT)
    assert ("factor.enrolled", {"factor": "totp"}) in facts(user)
