"""What leaves the house about a complaint, on its way through the gate: to bodies, and to who filed it for the member.

What the member gets is no disclosure (45 CFR 164.528(a)(1)(ii)), nor is what complainants get whom no member is known
of: they have written it themselves. What others read online who act for the member: complaints/queries/own_reading.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType

from complaints.correspondence.addressee import filer_of, has_lost_its_filer
from complaints.correspondence.models import TO_MEMBER, Letter, Message, Notice, NoticeKind
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint
from complaints.queries.outgoing import named, outgoing
from members.acts import Act
from members.disclosures.gate import Recipient, Sending, disclose
from members.disclosures.grounds import EVERYTHING
from members.disclosures.refusals import DisclosureRefused
from members.disclosures.vocabulary import Basis, DataClass, Purpose, Way

TO_BODIES = MappingProxyType(
    {
        NoticeKind.NOTICE_TO_NEXT_BODY: (
            frozenset({DataClass.CONTACT, DataClass.COVERAGE, DataClass.COMPLAINT}),
            Purpose.OVERSIGHT,
            Basis.HEALTH_OVERSIGHT,
        ),
        NoticeKind.EXTERNAL_REVIEW_FILE: (EVERYTHING, Purpose.REVIEW, Basis.REQUIRED_BY_LAW),
    }
)
"""Which data a notice or file holds, what for, and on which ground the policy pack has it sent."""


def disclose_notice(this: Act, complaint: Complaint, notice: Notice, *, posted: bool) -> None:
    """Account for a letter, notice or file that leaves. Raises TransitionRefused."""
    kind = NoticeKind(notice.kind)
    if kind in TO_MEMBER:
        disclose_to_filer(this, complaint, notice, way=Way.POST if posted else Way.PORTAL)
        return
    classes, purpose, basis = TO_BODIES[kind]
    with refused_aloud():
        disclose(
            actor=this.actor,
            at=this.at,
            member_id=complaint.member_id,
            recipient=Recipient(notice.addressee),
            classes=classes,
            purpose=purpose,
            basis=basis,
            sending=Sending(named(complaint, str(kind.label)), Way.PASSED_ON, complaint.pk, notice.pk),
        )


def disclose_to_filer(this: Act, complaint: Complaint, row: Letter | Notice | Message, *, way: Way) -> None:
    """Account for what goes to whoever filed it for the member, if that person still acts for the member.

    What is there to be read online goes to nobody whose authorisation does not reach so far.
    Raises TransitionRefused if the authorisation has just ended.
    """
    if complaint.filed_by_id is None or complaint.member is None or complaint.member.user_id == complaint.filed_by_id:
        return
    filer, item = filer_of(complaint, at=this.at), outgoing(row)
    if filer is None or has_lost_its_filer(complaint, filer):
        return
    if way == Way.PORTAL and not complaint.allows(filer, item.needs):
        return
    with refused_aloud():
        disclose(
            actor=this.actor,
            at=this.at,
            member_id=complaint.member_id,
            recipient=Recipient(user_id=complaint.filed_by_id),
            classes=item.classes,
            purpose=Purpose.HELP,
            basis=Basis.REPRESENTATION,
            sending=Sending(named(complaint, item.what), way, complaint.pk, item.id),
        )


@contextmanager
def refused_aloud() -> Iterator[None]:
    """Let the page of the act say what the gate says."""
    try:
        yield
    except DisclosureRefused as refusal:
        raise TransitionRefused(str(refusal)) from refusal
