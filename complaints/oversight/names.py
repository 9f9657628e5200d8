"""The name of the member whose trail is looked at, for those who may know it."""

from datetime import datetime

from complaints.permissions import demand
from members.actors import Actor
from members.models import Member
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose


def name_of_member(member: Member, *, actor: Actor, at: datetime) -> str:
    """Return the member's name, and record that it was opened. Raises ActionForbidden."""
    demand(actor, "name_members_of_trail")
    with phi_access(actor=actor, purpose=Purpose.TRAIL, at=at):
        return member.name
