"""What is limited uses up nothing of others, and leaves one line in the trail, not one for each try."""

from datetime import date
from uuid import uuid4

import pytest
from django.utils import timezone

from complaints.correspondence.models import Dispatch
from members.accounts.throttle import REGISTRATION, REGISTRATION_BY_NETWORK, RESET, RESET_BY_NETWORK, TooManyLinks
from members.actors import Role
from members.audit.models import Event
from members.operations import KnownBy, ask_email_change, ask_registration, ask_reset, verify_passkey
from tests.members.accounts.door import errors_of
from tests.people import an_email, member_account, sign_in, staff

pytestmark = pytest.mark.django_db
KNOWN_BY = KnownBy(date(1980, 2, 1), "06103")
CHANGE = "/en/account/security/email/"


def reset(of, address):
    ask_reset(at=timezone.now(), email=of, address=address)


def registration(of, address):
    ask_registration(at=timezone.now(), member_number=of, known_by=KNOWN_BY, address=address)


@pytest.mark.parametrize(
    ("ask", "name", "counters"),
    [
        (reset, "account.reset_asked", (RESET, RESET_BY_NETWORK)),
        (registration, "account.registration_asked", (REGISTRATION, REGISTRATION_BY_NETWORK)),
    ],
)
def test_a_network_that_is_shut_uses_up_nobodys_links_and_is_recorded_once(ask, name, counters):
    own, network = counters
    shut, victim = uuid4().hex, an_email()
    for _ in range(network.limit):
        assert network.take(shut)
    for _ in range(own.limit + 2):
        ask(victim, shut)
    assert Event.objects.filter(action=name).count() == 1

    for number in range(own.limit):
        ask(victim, uuid4().hex)
        assert Event.objects.filter(action=name).count() == 1, f"try {number + 1} is heard: the answer records it"
    ask(victim, uuid4().hex)
    ask(victim, uuid4().hex)
    assert Event.objects.filter(action=name).count() == 2


def test_of_sixty_changes_of_address_five_reach_strangers(client):
    user = sign_in(client, member_account())
    answers = [client.post(CHANGE, {"email": an_email()}) for _ in range(60)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 55
    assert errors_of(answers[-1])[0] == ["Too many links were asked for. Wait an hour, then try again, or call us."]
    assert Dispatch.objects.filter(to_user=user).count() == 10, "five links, and each time the old address is told"
    typed = an_email()
    assert f'value="{typed}"' in client.post(CHANGE, {"email": typed}).content.decode()


def test_one_address_gets_three_links_an_hour_whoever_asks():
    stranger = an_email()
    for number in range(5):
        user = member_account()
        own = {"actor": user.at_the_door(), "at": timezone.now(), "user_id": user.pk}
        if number < 3:
            ask_email_change(**own, email=stranger)
        else:
            with pytest.raises(TooManyLinks):
                ask_email_change(**own, email=stranger.upper())


@pytest.mark.usefixtures("valkey_away")
def test_without_valkey_no_address_is_changed_and_what_was_typed_is_kept(client):
    sign_in(client, member_account())
    typed = an_email()
    response = client.post(CHANGE, {"email": typed})
    assert response.status_code == 503
    assert f'value="{typed}"' in response.content.decode()


def test_wrong_passkeys_are_recorded_five_times_in_a_window_and_never_heard():
    user = staff(Role.AGENT)
    for _ in range(20):
        shown = verify_passkey(
            actor=user.at_the_door(), at=timezone.now(), user_id=user.pk, answer="{}", challenge=b"none"
        )
        assert shown is None
    assert Event.objects.filter(action="factor.refused", detail__factor="passkey").count() == 5
