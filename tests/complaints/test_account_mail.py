"""Checklist 7: every change of an account is told to its owner, and a forgotten password is no way past the factor."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import IPv6Address
from threading import Barrier
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from complaints.correspondence.models import Dispatch, DispatchKind
from members import operations
from members.accounts.links import make_token
from members.accounts.models import User
from members.accounts.refusals import AccountRefused
from members.accounts.signals import AccountChange, LinkKind
from members.actors import SYSTEM, Role
from members.acts import act
from members.audit.models import Event
from members.operations._security import tell_owner
from slas.models import Outbox
from slas.outbox import settle
from tests.complaints.smtp import answering
from tests.members.accounts.door import CODES, body, errors_of, give_password
from tests.people import PASSWORD, actor_of, an_email, code_now, member_account, sign_in, staff

pytestmark = pytest.mark.django_db
FORGOT = "/en/account/forgot/"
NEW_PASSWORD = "umbrella-kestrel-94-tuba-inlet"
HERE = "192.0.2.1"


@pytest.fixture
def client():
    """A browser from an address of its own: counters outlive a test."""
    return Client(REMOTE_ADDR=str(IPv6Address(uuid4().int)))


def sent():
    """Have the outbox do what it holds, and what that asks for; return the e-mails."""
    for _ in range(2):
        settle([tuple(pk) for pk in Outbox.objects.filter(settled_at=None).values_list("matter_id", "key")])
    return mail.outbox


def sent_to(address):
    """Have the outbox send what it holds; return the last e-mail to this address."""
    return [message for message in sent() if message.to == [address]][-1]


def link_in(message):
    return re.search(r"https?://[^/\s]+(/\S+)", message.body)[1]


def test_every_change_has_its_sentence():
    user = staff(Role.AGENT)
    for change in AccountChange:
        Dispatch.objects.all().delete()
        Outbox.objects.all().delete()
        mail.outbox.clear()
        with act(actor=actor_of(user), at=timezone.now()) as this:
            tell_owner(this, user.pk, change)
        [message] = sent()
        assert len(message.body.split("\n\n")) >= 5, change
        assert message.subject == "Your account was changed"


def test_new_codes_are_told_to_their_owner(client):
    email = an_email()
    sign_in(client, staff(Role.AGENT, email=email))
    client.post(CODES)
    [message] = sent()
    assert message.to == [email]
    assert "New recovery codes were made for your account." in message.body


@pytest.mark.parametrize("code", [550, 553])
def test_mail_that_an_account_can_never_get_is_given_up_and_its_owners_page_says_so(client, settings, code):
    user = staff(Role.AGENT)
    sign_in(client, user)
    client.post(CODES)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with answering(code) as settings.EMAIL_PORT:
        settings.EMAIL_HOST = "127.0.0.1"
        sent()
    [dispatch] = Dispatch.objects.filter(to_user=user)
    assert dispatch.failed_at
    assert not Outbox.objects.filter(settled_at=None).exists()
    assert "mail.failed" in Event.objects.filter(object_type="user", object_id=user.pk).values_list("action", flat=True)


def test_a_role_given_or_taken_is_told_to_whose_it_is():
    email, admin = an_email(), actor_of(staff(Role.ADMINISTRATOR))
    user = staff(Role.AGENT, email=email)
    operations.grant_role(actor=admin, at=timezone.now(), user_id=user.pk, role=Role.QUALITY_MANAGER)
    operations.revoke_role(actor=admin, at=timezone.now(), user_id=user.pk, role=Role.AGENT)
    given, taken = [message for message in sent() if message.to == [email]]
    assert "You have a new role here: Quality manager." in given.body
    assert "This role was taken from you: Agent." in taken.body
    assert "Did you expect this?" in given.body


def test_a_new_administrator_is_told_to_all_others_and_to_privacy_officers_and_to_nobody_else():
    emails = {role: an_email() for role in (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.LEAD)}
    for role, email in emails.items():
        staff(role, email=email)
    user = staff(Role.ADMINISTRATOR, name="Lee Wong")
    told = [message for message in sent() if message.subject != "Your account was changed"]
    assert sorted(message.to[0] for message in told) == sorted({*emails.values()} - {emails[Role.LEAD]})
    assert told[0].subject == "Somebody is an administrator now"
    assert "Lee Wong was made an administrator. Administrators give and take all roles." in told[0].body
    assert f"/people/{user.pk}/" in told[0].body
    operations.revoke_role(actor=SYSTEM, at=timezone.now(), user_id=user.pk, role=Role.ADMINISTRATOR)
    assert "The role of administrator was taken from Lee Wong." in "".join(message.body for message in sent())


def set_password(actor, user):
    operations.change_password(actor=actor, at=timezone.now(), user_id=user.pk, password=NEW_PASSWORD, address=HERE)


def test_a_change_and_its_notice_are_one_transaction():
    user = staff(Role.AGENT)
    before = Dispatch.objects.count()
    with pytest.raises(RuntimeError), act(actor=actor_of(user), at=timezone.now()):
        set_password(actor_of(user), user)
        raise RuntimeError
    assert Dispatch.objects.count() == before


def test_a_forgotten_password_is_set_by_link_and_the_factor_is_still_asked_for(client):
    email = an_email()
    staff(Role.AGENT, email=email)
    client.post(FORGOT, {"email": email})
    path = link_in(sent()[-1])
    assert client.post(path, {"password": NEW_PASSWORD})["Location"] == "/en/account/sign-in/?ended=new_password"
    assert give_password(client, email, NEW_PASSWORD)["Location"].startswith("/en/account/verify/")
    assert client.get("/desk/").status_code == 302
    client.post("/en/account/verify/", {"code": code_now()})
    assert client.get("/desk/").status_code == 200


def test_a_link_works_once_and_not_after_an_hour(client, monkeypatch):
    email = an_email()
    member_account(email=email)
    client.post(FORGOT, {"email": email})
    path = link_in(sent()[-1])
    later = Client()
    with monkeypatch.context() as patch:
        now = timezone.now().timestamp()
        patch.setattr("django.core.signing.time.time", lambda: now + 3601)
        assert "This link does not work" in body(later.get(path))
    client.post(path, {"password": NEW_PASSWORD})
    assert "This link does not work" in body(client.get(path))
    assert "This link does not work" in body(client.get("/en/account/reset/nonsense/"))


def test_asking_for_a_link_tells_nobody_who_has_an_account(client):
    """Checklist 5."""
    email = an_email()
    member_account(email=email)
    known, unknown = (body(client.post(FORGOT, {"email": address})) for address in (email, an_email()))
    assert known == unknown
    assert len(sent()) == 1


def test_links_are_limited_for_each_address(client):
    email = an_email()
    member_account(email=email)
    for _ in range(5):
        client.post(FORGOT, {"email": email})
    assert len(sent()) == 3


def test_no_link_stands_in_the_database(client):
    email = an_email()
    member_account(email=email)
    client.post(FORGOT, {"email": email})
    token = link_in(sent()[-1]).split("/")[-2]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payload::text FROM slas_outbox UNION ALL SELECT detail::text FROM correspondence_dispatch"
        )
        assert not any(token in row for (row,) in cursor.fetchall())


def test_a_new_address_counts_once_its_owner_follows_the_link_and_the_old_one_is_told(client):
    old, new = an_email(), an_email()
    user = member_account(email=old)
    sign_in(client, user)
    client.post("/en/account/security/email/", {"email": new})
    told, message = sorted(sent(), key=lambda mail: mail.to == [new])
    assert told.to == [old]
    assert "Somebody asked to change the email address" in told.body
    assert message.to == [new]
    assert User.objects.of_email(old).exists()
    assert client.post(link_in(message))["Location"] == "/en/account/security/"
    assert User.objects.of_email(new).get().pk == user.pk
    assert sent()[-1].to == [old]
    assert client.get("/en/account/security/").status_code == 200
    assert give_password(Client(), new, PASSWORD).status_code == 302


def asked(client, *emails):
    """Ask for these addresses one after the other; return the path of each link that was sent."""
    paths = []
    for email in emails:
        client.post("/en/account/security/email/", {"email": email})
        paths.append(link_in(sent_to(email)))
    return paths


def test_a_stranger_who_gets_the_link_of_a_mistyped_address_does_not_come_by_the_account(client):
    """Neither without an account nor with one: the link asks for whoever asked for it, signed in."""
    old, mistyped = an_email(), an_email()
    sign_in(client, member_account(email=old))
    [path] = asked(client, mistyped)
    nobody, stranger = Client(), Client()
    sign_in(stranger, member_account())
    assert nobody.get(path)["Location"].startswith("/en/account/sign-in/?next=")
    assert nobody.post(path).status_code == 302
    assert "This link does not work" in body(stranger.post(path))
    assert User.objects.of_email(old).exists()
    assert not User.objects.of_email(mistyped).exists()


def test_confirming_an_address_wants_a_fresh_proof(client):
    """Checklist 10."""
    user = member_account()
    sign_in(client, user)
    [path] = asked(client, an_email())
    sign_in(client, user, at=timezone.now() - timedelta(minutes=11))
    assert client.post(path)["Location"].startswith("/en/account/prove/")


def test_the_link_to_one_address_does_not_confirm_another_that_was_asked_for_since(client):
    old, first, second = an_email(), an_email(), an_email()
    user = sign_in(client, member_account(email=old))
    link, _ = asked(client, first, second)
    assert "This link does not work" in body(client.post(link))
    token = link.split("/")[-2]
    with pytest.raises(AccountRefused, match="A link works once"):
        operations.confirm_email(actor=user.at_the_door(), at=timezone.now(), user_id=user.pk, token=token)
    assert User.objects.of_email(old).exists()


def test_a_notice_goes_where_the_account_was_when_the_change_was_made():
    """Two changes of address before any mail goes out: the first owner hears of it all the same."""
    owner, thief, vanished = an_email(), an_email(), an_email()
    user = member_account(email=owner)
    for email in (thief, vanished):
        operations.ask_email_change(actor=user.at_the_door(), at=timezone.now(), user_id=user.pk, email=email)
        token = make_token(User.objects.get(pk=user.pk), LinkKind.NEW_EMAIL)
        operations.confirm_email(actor=user.at_the_door(), at=timezone.now(), user_id=user.pk, token=token)
    set_password(user.at_the_door(), user)
    told = [(message.to[0], "was changed. This is the last" in message.body) for message in sent()]
    assert sorted(told) == sorted([(owner, False), (owner, True), (thief, False), (thief, True), (vanished, False)]), (
        "asked, changed; asked, changed; and the password"
    )


def test_a_link_is_not_sent_to_an_address_that_the_account_has_left(client):
    owner, new = an_email(), an_email()
    user = member_account(email=owner)
    client.post(FORGOT, {"email": owner})
    operations.ask_email_change(actor=user.at_the_door(), at=timezone.now(), user_id=user.pk, email=new)
    token = make_token(User.objects.get(pk=user.pk), LinkKind.NEW_EMAIL)
    operations.confirm_email(actor=user.at_the_door(), at=timezone.now(), user_id=user.pk, token=token)
    assert not any("/reset/" in message.body for message in sent())


@pytest.mark.django_db(transaction=True)
def test_a_link_that_is_used_twice_at_once_sets_one_password():
    user, start = member_account(), Barrier(2)
    token = make_token(user, LinkKind.RESET)
    waiting = {"actor": user.at_the_door(), "at": timezone.now(), "user_id": user.pk, "token": token, "address": HERE}

    def use(number):
        start.wait()
        try:
            operations.reset_password(**waiting, password=f"{NEW_PASSWORD} {number}")
        except AccountRefused:
            return None
        finally:
            connection.close()
        return f"{NEW_PASSWORD} {number}"

    with ThreadPoolExecutor(2) as pool:
        [password] = filter(None, pool.map(use, range(2)))
    assert User.objects.get(pk=user.pk).check_password(password)


def test_a_link_that_was_used_while_its_page_was_open_sets_no_second_password(client):
    email = an_email()
    user = member_account(email=email)
    token = make_token(user, LinkKind.RESET)
    link = {"actor": user.at_the_door(), "at": timezone.now(), "user_id": user.pk, "token": token, "address": HERE}
    operations.reset_password(**link, password=NEW_PASSWORD)
    with pytest.raises(AccountRefused, match="A link works once"):
        operations.reset_password(**link, password=f"{NEW_PASSWORD} 2")
    assert give_password(client, email, NEW_PASSWORD).status_code == 302


def test_looking_at_the_link_changes_nothing(client):
    """Checklist 29: mail programs follow links on their own."""
    old, new = an_email(), an_email()
    sign_in(client, member_account(email=old))
    client.post("/en/account/security/email/", {"email": new})
    client.get(link_in(sent_to(new)))
    assert User.objects.of_email(old).exists()


def test_an_address_that_has_an_account_is_not_taken_over_nor_told(client):
    taken = an_email()
    member_account(email=taken)
    sign_in(client, member_account())
    response = client.post("/en/account/security/email/", {"email": taken})
    assert response.status_code == 200
    refused = client.post(link_in(sent_to(taken)))
    assert "has an account already" in body(refused)


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a@example.org\nBcc: x@example.org", "x" * 300 + "@example.org"]
)
def test_what_is_no_address_is_refused_at_its_field(client, email):
    sign_in(client, member_account())
    response = client.post("/en/account/security/email/", {"email": email})
    assert response.status_code == 422
    assert errors_of(response)[1]


def test_an_invitation_lets_its_owner_choose_a_password():
    email = an_email()
    operations.invite_staff(
        actor=actor_of(staff(Role.ADMINISTRATOR)),
        at=timezone.now(),
        email=email,
        display_name="Lee Wong",
        roles={Role.AGENT},
    )
    client = Client()
    path = next(link_in(message) for message in sent() if message.to == [email])
    client.post(path, {"password": NEW_PASSWORD})
    assert give_password(client, email, NEW_PASSWORD)["Location"].startswith("/en/account/enrol/")
    assert Dispatch.objects.filter(kind=DispatchKind.ACCOUNT_LINK).exists()
