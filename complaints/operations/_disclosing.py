"""What leaves the house about a complaint, on its way through the gate: to bodies, and to who acts for the member.

What the member gets is no disclosure (45 CFR 164.528(a)(1)(ii)), nor is what complainants get whom no member is known
of: they have written it themselves.
"""

from collections.abc import Collection
from types import MappingProxyType

from complaints.correspondence.addressee import filer_of, has_lost_its_filer
from complaints.correspondence.models import TO_MEMBER, Notice, NoticeKind
from complaints.lifecycle import TransitionRefused
from complaints.models import Complaint
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
        way = Way.POST if posted else Way.PORTAL
        disclose_to_filer(this, complaint, {DataClass.LETTERS}, what=str(kind.label), way=way)
        return
    classes, purpose, basis = TO_BODIES[kind]
    disclose(
        actor=this.actor,
        at=this.at,
        member_id=complaint.member_id,
        recipient=Recipient(notice.addressee),
        classes=classes,
        purpose=purpose,
        basis=basis,
        sending=Sending(_named(complaint, str(kind.label)), Way.PASSED_ON, complaint.pk),
    )


def disclose_to_filer(this: Act, complaint: Complaint, classes: Collection[DataClass], *, what: str, way: Way) -> None:
    """Account for what goes to whoever filed it for the member, if that person still acts for the member.

    Raises TransitionRefused if that has just ended.
    """
    if complaint.filed_by_id is None or complaint.member is None or complaint.member.user_id == complaint.filed_by_id:
        return
    if has_lost_its_filer(complaint, filer_of(complaint, at=this.at)):
        return
    try:
        disclose(
            actor=this.actor,
            at=this.at,
            member_id=complaint.member_id,
            recipient=Recipient(user_id=complaint.filed_by_id),
            classes=classes,
            purpose=Purpose.HELP,
            basis=Basis.REPRESENTATION,
            sending=Sending(_named(complaint, what), way, complaint.pk),
        )
    except DisclosureRefused as refusal:
        raise TransitionRefused(str(refusal)) from refusal


def _named(complaint: Complaint, what: str) -> str:
    return f"{what}, {complaint.reference}"
