"""Giving a complaint to somebody else because a date says so: whose it becomes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Count

from complaints.enums import OPEN_STATES
from complaints.models import Complaint
from complaints.operations.skills_needed import skills_needed
from complaints.permissions import SEE_RESTRICTED
from members.actors import Role
from members.queries import AtWork, Holder

UNKNOWN = AtWork()
"""How somebody stands at work of whom nothing is recorded."""


class Heirs:
    """Finds who gets a complaint next. Reads once how many open complaints each person has, then counts along.

    A missed date gives the complaint to a lead, an earlier threshold to an agent unless it is restricted. Of those who
    hold the role, can sign in and are not away, it goes to whoever stands in for its absent owner; else to somebody
    with the skills it needs, then to the owner's team, then to the one with the fewest open complaints, among equals to
    the one who has held the role longest. Never to whoever has it, and never to the member it is about, nor to who acts
    for that member. Envelopes take turns, so they count each other's.
    """

    def __init__(self, holders: dict[str, list[Holder]], work: Mapping[UUID, AtWork]) -> None:
        """Take the holders of the roles by role, longest first, and how they and present owners stand at work."""
        self._holders, self._work = holders, work
        self._open = _open_complaints({person.user_id for people in holders.values() for person in people})

    def next_for(self, complaint: Complaint, *, missed: bool) -> Holder | None:
        """Return who gets it, counted as having it from now on; None when nobody else is there."""
        able = [
            person
            for person in self._holders[Role.LEAD if missed or complaint.is_restricted else Role.AGENT]
            if person.user_id != complaint.owner_id
            and not is_about(complaint, person)
            and not self._at_work(person.user_id).is_away
        ]
        heir = min(able, key=lambda person: self._distance(complaint, person), default=None)
        if heir is not None:
            self._open[heir.user_id] += 1
            if complaint.owner_id is not None and complaint.owner_id in self._open:
                self._open[complaint.owner_id] -= 1
        return heir

    def _distance(self, complaint: Complaint, person: Holder) -> tuple[bool, int, bool, int]:
        """Return how far somebody is from being the right one: the smaller, the better."""
        here, owner = self._at_work(person.user_id), self._at_work(complaint.owner_id)
        return (
            not (owner.is_away and owner.stand_in_id == person.user_id),
            len(skills_needed(complaint) - here.skills),
            owner.team_id is None or owner.team_id != here.team_id,
            self._open[person.user_id],
        )

    def _at_work(self, user_id: UUID | None) -> AtWork:
        return self._work.get(user_id, UNKNOWN) if user_id else UNKNOWN


def is_about(complaint: Complaint, person: Holder) -> bool:
    """Tell whether somebody of the staff is the complaint's member, acts for that member, or filed it.

    It is what `Complaint.is_own_of` tells of an actor.
    """
    return person.user_id == complaint.filed_by_id or complaint.member_id in person.member_ids


def besides(complaint: Complaint, people: Sequence[Holder], *, role: str) -> list[UUID]:
    """Return these holders of a role, without whom the complaint is about or hidden from.

    The own complaint is nobody's business at work, and a restricted one is the business of few.
    """
    is_theirs = role in SEE_RESTRICTED or not complaint.is_restricted
    able = [person for person in people if is_theirs or person.user_id == complaint.owner_id]
    return [person.user_id for person in able if not is_about(complaint, person)]


def _open_complaints(user_ids: set[UUID]) -> Counter[UUID]:
    rows = Complaint.objects.unscoped("how much each of them has to do")
    rows = rows.filter(state__in=OPEN_STATES, owner_id__in=user_ids)
    return Counter(dict(rows.values_list("owner_id").annotate(Count("pk")).order_by()))
