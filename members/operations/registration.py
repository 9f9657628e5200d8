"""Members become known, and get an account once they show what only they should know."""

from dataclasses import dataclass
from datetime import date, datetime

from members.accounts.signals import LinkKind, link_asked, link_wanted
from members.accounts.throttle import REGISTRATION, REGISTRATION_BY_NETWORK, Taken
from members.actors import GUEST, Actor
from members.acts import act
from members.models import LineOfBusiness, Member, enrolment_index, member_number_index, member_tokens


@dataclass(frozen=True, slots=True)
class KnownBy:
    """What the member should know and others hardly do."""

    born_on: date
    postal_code: str


def register_member(
    *,
    actor: Actor,
    at: datetime,
    member_number: str,
    name: str,
    line_of_business: LineOfBusiness,
    language: str = "en",
    email: str | None = None,
    phone: str | None = None,
    known_by: KnownBy | None = None,
) -> Member:
    """Make a member known by number. Without `known_by` the member cannot open an account alone.

    Raises IntegrityError when the act is written, if the number is known already.
    """
    with act(actor=actor, at=at) as this:
        member = Member(
            name=name,
            email=email,
            phone=phone,
            born_on=known_by.born_on.isoformat() if known_by else None,
            postal_code=known_by.postal_code if known_by else None,
            found_by=member_tokens(name=name, email=email, phone=phone, born_on=known_by.born_on if known_by else None),
            language=language,
            line_of_business=line_of_business,
            created_at=at,
        )
        member.set_member_number(member_number)
        if known_by:
            member.enrolment_index = enrolment_index(member_number, known_by.born_on, known_by.postal_code)
        this.add(member)
        this.record("member.registered", object_type="member", object_id=member.pk)
    return member


def ask_registration(*, at: datetime, member_number: str, known_by: KnownBy, address: str) -> None:
    """Have a link sent to the e-mail address on file of the member whom all three fit; nobody is told whether one does.

    The link goes to no address that is typed: who knows somebody's card, birthday and street may be no friend. Five
    tries an hour for a member number and twenty for a network address are heard; a network that is shut uses up
    nobody's five. Raises CounterAway.
    """
    number = member_number_index(member_number).hex()  # as it is looked up: another dash makes no other number
    taken = REGISTRATION_BY_NETWORK.count(address)
    if taken is Taken.YES:
        taken = REGISTRATION.count(number)
    if taken is Taken.NO:
        return
    with act(actor=GUEST, at=at) as this:
        if taken is Taken.YES:
            index = enrolment_index(member_number, known_by.born_on, known_by.postal_code)
            link_asked.send(sender=Member, this=this, kind=LinkKind.REGISTRATION, index=index)
        else:
            this.record("account.registration_asked", object_type="member")


def answer_registration(*, at: datetime, index: bytes) -> None:
    """Send the link that was asked for, if a member without an account has this index of number, birth and postcode."""
    with act(actor=GUEST, at=at) as this:
        rows = Member.objects.unscoped("whose enrolment data were typed").filter(enrolment_index=index)
        found = rows.filter(user=None, email__isnull=False).values_list("pk", flat=True).first()
        this.record("account.registration_asked", object_type="member", object_id=found)
        if found:
            link_wanted.send(sender=Member, this=this, member_id=found, kind=LinkKind.REGISTRATION)
