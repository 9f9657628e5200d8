"""A member's consent, and what is asked of the gate."""

from datetime import timedelta

from members.disclosures.consents import give_consent
from members.disclosures.gate import Recipient, Sending, disclose
from members.disclosures.models import Consent, Disclosure
from members.disclosures.texts import BY_CODE
from members.disclosures.vocabulary import Basis, DataClass, Purpose, Way
from members.models import Member
from tests.people import AT, SYSTEM, actor_of, member, member_account

ANA = "Ana Alvarez"
LAW = {"basis": Basis.REQUIRED_BY_LAW, "purpose": Purpose.LEGAL_DUTY}
LETTER = Sending("A letter", Way.POST)


def agreed(person: Member | None = None, *, recipient: str = ANA, at=AT) -> Consent:
    """Return a consent of somebody with an account: a helper gets letters for 30 days."""
    person = person or member()
    actor = actor_of(person.user or member_account(person=person), at=at)
    return give_consent(
        actor=actor,
        at=at,
        member_id=person.pk,
        text=BY_CODE["helper"],
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
