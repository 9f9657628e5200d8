"""Members become known."""

from datetime import date, datetime

from members.actors import Actor
from members.acts import act
from members.models import LineOfBusiness, Member


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
    born_on: date | None = None,
) -> Member:
    """Make a member known by number. Raises IntegrityError when the act is written, if the number is known already."""
    with act(actor=actor, at=at) as this:
        member = Member(
            name=name,
            email=email,
            phone=phone,
            born_on=born_on.isoformat() if born_on else None,
            language=language,
            line_of_business=line_of_business,
            created_at=at,
        )
        member.set_member_number(member_number)
        this.add(member)
        this.record("member.registered", object_type="member", object_id=member.pk)
    return member
