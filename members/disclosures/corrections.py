"""Marking an entry of the account as recorded by mistake. Nothing is taken out: the mark stands beside the entry."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.actors import Actor, Role
from members.acts import act
from members.disclosures.models import Correction, Disclosure
from members.disclosures.refusals import DisclosureRefused

OF_ONESELF = gettext_lazy("This entry is yours. Another privacy officer notes the mistake.")


def correct_disclosure(*, actor: Actor, at: datetime, disclosure_id: UUID, reason: str) -> Correction:
    """Say of an entry that it was recorded by mistake. Saying it again changes nothing.

    Raises Disclosure.DoesNotExist for all but privacy officers who have nothing to do with the member,
    DisclosureRefused for an entry of the officer's own, and without a reason.
    """
    with act(actor=actor, at=at) as this:
        row: Disclosure = this.lock(Disclosure, disclosure_id)
        if not actor.has(Role.PRIVACY_OFFICER) or row.member_id in actor.members() or actor.user_id is None:
            raise Disclosure.DoesNotExist
        if before := Correction.objects.unscoped("whether it was corrected before").filter(disclosure=row).first():
            return before
        if row.actor_id == actor.user_id:
            raise DisclosureRefused(str(OF_ONESELF))
        if not reason.strip():
            raise DisclosureRefused(_("Say why this should not be there."))
        correction = Correction(
            member_id=row.member_id,
            disclosure=row,
            reason=reason.strip(),
            corrected_at=at,
            corrected_by_id=actor.user_id,
            actor_label=actor.label,
        )
        this.add(correction)
        this.record(
            "disclosure.corrected",
            matter_id=row.matter_id,
            object_type="disclosure",
            object_id=row.pk,
            detail={"member": str(row.member_id or "")},
        )
    return correction
