"""Sending something of a case to somebody whom the member has agreed to."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.lifecycle import TransitionRefused, is_for_one_to_send
from complaints.operations._disclosing import refused_aloud
from complaints.operations._door import lock_complaint
from complaints.permissions import demand
from complaints.queries.outgoing import named
from complaints.queries.sharing import items_of
from members.actors import Actor
from members.acts import act
from members.disclosures.gate import Recipient, Sending, disclose
from members.disclosures.living import find_consent
from members.disclosures.models import Disclosure
from members.disclosures.vocabulary import Basis, Way
from members.identifiers import id_for


def share_case(
    *,
    actor: Actor,
    at: datetime,
    complaint_id: UUID,
    consent_id: UUID,
    item_ids: Collection[UUID],
    way: Way,
    address: str,
    key: UUID,
) -> list[Disclosure]:
    """Let these things go to whom the consent names, one entry of the account for each; the same `key` twice is one.

    Raises ActionForbidden, Complaint.DoesNotExist; TransitionRefused: the own complaint or one that a colleague has,
    nothing chosen, something that is not there or not covered, or a consent that was taken back or is over, asked
    under its lock.
    """
    demand(actor, "share")
    with act(actor=actor, at=at) as this:
        complaint = lock_complaint(this, complaint_id)
        if refusal := is_for_one_to_send(complaint, actor):
            raise TransitionRefused(refusal)
        told = {"actor": actor, "at": at, "matter_id": complaint.pk}
        consent = complaint.member_id and find_consent(consent_id, member_id=complaint.member_id, **told)
        if not consent:
            raise TransitionRefused(_("The member has not agreed to this. Ask the member first."))
        covered = {item.outgoing.id: item.outgoing for item in items_of(complaint, consent, actor=actor, at=at)}
        if not item_ids or not covered.keys() >= set(item_ids):
            raise TransitionRefused(_("Something of this is not there any more. Load the page anew, then choose."))
        with refused_aloud():
            return [
                disclose(
                    actor=actor,
                    at=at,
                    member_id=complaint.member_id,
                    recipient=Recipient(consent.recipient, address),
                    classes=covered[item_id].classes,
                    purpose=consent.purpose,
                    basis=Basis.CONSENT,
                    sending=Sending(
                        named(complaint, covered[item_id].what),
                        way,
                        complaint.pk,
                        item_id,
                        key=id_for(key, str(item_id)),
                        consent_id=consent.id,
                    ),
                )
                for item_id in sorted(set(item_ids))
            ]
