"""What of a complaint can go to somebody else than its member: each row by the name and the data of the account."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.correspondence.models import Direction, Letter, Message, Notice, NoticeKind
from complaints.models import Complaint, Enclosure
from members.actors import Scope
from members.disclosures.vocabulary import DataClass

Row = Complaint | Letter | Notice | Message | Enclosure


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One row on its way out. `needs` is what an authorisation must allow so that it is read online."""

    id: UUID
    what: str
    classes: frozenset[DataClass]
    needs: Scope = Scope.READ


def outgoing(row: Row) -> Outgoing:
    """Return how the account of disclosures tells that this went; nothing is opened for it."""
    match row:
        case Complaint():
            classes = {DataClass.CONTACT, DataClass.COVERAGE, DataClass.COMPLAINT}
            return Outgoing(row.pk, _("What the complaint says"), frozenset(classes))
        case Letter():
            return Outgoing(
                row.pk, _("Decision letter"), frozenset({DataClass.CONTACT, DataClass.DECISION}), Letter.needs
            )
        case Notice():
            classes = {DataClass.CONTACT, DataClass.LETTERS}
            return Outgoing(row.pk, str(NoticeKind(row.kind).label), frozenset(classes), Notice.needs)
        case Message():
            what = _("A message from us") if row.direction == Direction.TO_MEMBER else _("A message to us")
            return Outgoing(row.pk, what, frozenset({DataClass.LETTERS}))
        case Enclosure():
            return Outgoing(row.pk, _("A file that came with the complaint"), frozenset({DataClass.EVIDENCE}))


def named(complaint: Complaint, what: str) -> str:
    """Return what went as the account names it."""
    return f"{what}, {complaint.reference}"
