"""The door by which a complaint reaches whoever acts for its member: what is read first is in the member's account.

What the member reads is no disclosure (45 CFR 164.528(a)(1)(ii)), nor is what readers have written or sent in
themselves. Lists of cases and dates open nothing sealed and are not accounted for; nor are the account of disclosures
and the list of consents, which whoever may do everything for the member looks at in the member's stead.
"""

from collections.abc import Iterable
from datetime import datetime

from complaints.correspondence.models import Message
from complaints.models import Complaint, Enclosure
from complaints.queries.outgoing import Row, named, outgoing
from members.actors import SYSTEM, Actor
from members.acts import act
from members.disclosures.gate import Recipient, Sending, disclose, not_got_yet
from members.disclosures.refusals import DisclosureRefused
from members.disclosures.vocabulary import Basis, Purpose, Way


def let_read(complaint: Complaint, rows: Iterable[Row], *, actor: Actor, at: datetime) -> bool:
    """Tell whether the actor may open these rows of an own complaint; ask before one of them is opened.

    What somebody who acts for the member opens for the first time is written into the account, committed before it is
    shown. That takes one query once it is there, none for the member. False: the authorisation has just ended.
    """
    if complaint.member_id in {None, actor.member_id}:
        return True
    going = {row.pk: outgoing(row) for row in rows if not _is_by(actor, complaint, row)}
    assert actor.user_id is not None  # noqa: S101 -- nobody acts for a member without an account
    new = not_got_yet(actor.user_id, going) if going else set()
    if not new:
        return True
    try:
        with act(actor=SYSTEM, at=at):
            for item in (item for key, item in going.items() if key in new):
                disclose(
                    actor=SYSTEM,
                    at=at,
                    member_id=complaint.member_id,
                    recipient=Recipient(user_id=actor.user_id),
                    classes=item.classes,
                    purpose=Purpose.HELP,
                    basis=Basis.REPRESENTATION,
                    sending=Sending(named(complaint, item.what), Way.PORTAL, complaint.pk, item.id),
                )
    except DisclosureRefused:
        return False
    return True


def _is_by(actor: Actor, complaint: Complaint, row: Row) -> bool:
    """Tell whether the reader has written it, or has sent it in with the complaint."""
    if isinstance(row, Message):
        return row.author_id == actor.user_id
    return isinstance(row, Complaint | Enclosure) and complaint.filed_by_id == actor.user_id
