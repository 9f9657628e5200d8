"""A member's consent, and what is asked of the gate."""

from datetime import timedelta
from threading import Thread

from django.db import connections, transaction

from complaints.lifecycle import TransitionRefused
from members.disclosures.consents import give_consent
from members.disclosures.gate import Recipient, Sending, disclose
from members.disclosures.models import Consent, Disclosure
from members.disclosures.refusals import DisclosureRefused
from members.disclosures.texts import BY_CODE
from members.disclosures.vocabulary import Basis, DataClass, Purpose, Way
from members.models import Member
from tests.people import AT, SYSTEM, actor_of, member, member_account

ANA = "Ana Alvarez"
LAW = {"basis": Basis.REQUIRED_BY_LAW, "purpose": Purpose.LEGAL_DUTY}
LETTER = Sending("A letter", Way.POST)


def agreed(person: Member | None = None, *, recipient: str = ANA, at=AT, text="helper") -> Consent:
    """Return a consent of somebody with an account: a helper gets letters for 30 days."""
    person = person or member()
    person.refresh_from_db()
    actor = actor_of(person.user or member_account(person=person), at=at)
    return give_consent(
        actor=actor,
        at=at,
        member_id=person.pk,
        text=BY_CODE[text],
        recipient=recipient,
        ends_at=at + timedelta(days=30),
    )


def sent(member_id, **changed) -> Disclosure:
    """Send a letter to Ana on the member's consent, but for what is said otherwise."""
    told = {
        "actor": SYSTEM,
        "at": AT,
        "member_id": member_id,
        "recipient": Recipient(ANA, "1 Elm Street"),
        "classes": [DataClass.LETTERS],
        "purpose": Purpose.HELP,
        "basis": Basis.CONSENT,
        "sending": LETTER,
    }
    return disclose(**told | changed)


def account_of(person: Member) -> list[Disclosure]:
    """Return what is written down of the member."""
    return list(Disclosure.objects.unscoped("test").filter(member=person))


def refused_meanwhile(take_back, send):
    """Take back, have somebody send before that is committed, and return why it was refused once it is."""
    refused = []

    def run():
        try:
            send()
        except (DisclosureRefused, TransitionRefused) as refusal:
            refused.append(str(refusal))
        connections["default"].close()

    thread = Thread(target=run)
    with transaction.atomic():
        take_back()
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "it did not wait"
    thread.join(10)
    [words] = refused
    return words
