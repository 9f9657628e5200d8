"""What the member agreed to, and what went to others, for the pages that are looked at."""

from datetime import timedelta
from typing import TYPE_CHECKING

from complaints.models import Complaint
from complaints.operations import share_case
from members.actors import SYSTEM, Actor
from members.disclosures.consents import give_consent
from members.disclosures.corrections import correct_disclosure
from members.disclosures.gate import Recipient, Sending, disclose
from members.disclosures.grounds import EVERYTHING
from members.disclosures.texts import BY_CODE
from members.disclosures.vocabulary import Basis, DataClass, Purpose, Way
from members.identifiers import new_id
from slas.queries import database_now

if TYPE_CHECKING:
    from tests.browser.scene import Scene

HELPER = "Rosalind Nguyen-Castellanos de la Fuente"


def lay_sharing(scene: "Scene", people: dict[str, Actor], reference: str) -> dict[str, str]:
    """Have the member agree that a helper gets letters; a letter goes there, and a whole file to a body.

    Of a third one an officer has noted that it never arrived.
    """
    member, at = people["member"], database_now()
    helper, doctor = (
        give_consent(
            actor=member,
            at=at,
            member_id=member.member_id,
            text=BY_CODE[code],
            recipient=name,
            ends_at=scene.now + timedelta(days=90),
        )
        for code, name in (("helper", HELPER), ("doctor", "Dr. Oyelaran"))
    )
    told = {"actor": SYSTEM, "at": at, "member_id": member.member_id}
    sent = disclose(
        **told,
        recipient=Recipient(HELPER, "4 Main Street, Hartford, CT 06103"),
        classes={DataClass.LETTERS},
        purpose=Purpose.HELP,
        basis=Basis.CONSENT,
        sending=Sending("A copy of our letter of March 2", Way.POST),
    )
    disclose(
        **told,
        recipient=Recipient("Independent Review Entity"),
        classes=EVERYTHING,
        purpose=Purpose.REVIEW,
        basis=Basis.REQUIRED_BY_LAW,
        sending=Sending("File for the external review", Way.PASSED_ON),
    )
    never = disclose(
        **told,
        recipient=Recipient("Dr. Oyelaran"),
        classes={DataClass.DECISION},
        purpose=Purpose.CARE,
        basis=Basis.CONSENT,
        sending=Sending("A copy of our decision", Way.POST),
    )
    correct_disclosure(
        actor=people["privacy_officer"], at=at, disclosure_id=never.pk, reason="The letter came back unopened."
    )
    case = Complaint.objects.unscoped("scene").get(reference=reference)
    told = {"actor": people["agent"], "at": at, "complaint_id": case.pk, "address": "4 Main Street, Hartford, CT 06103"}
    share_case(**told, consent_id=helper.pk, item_ids=[case.pk], way=Way.POST, key=new_id())
    return {"disclosure": str(sent.pk), "consent": str(doctor.pk)}
