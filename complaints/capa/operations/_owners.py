"""Who may be given a CAPA or an action."""

from uuid import UUID

from django.utils.translation import gettext as _

from complaints.capa.lifecycle import CapaRefused
from complaints.capa.queries import has_approver_besides, is_possible_owner


def check_owner(owner_id: UUID) -> None:
    """Refuse whoever does not read complaints. Raises CapaRefused."""
    if not is_possible_owner(owner_id):
        raise CapaRefused(_("Choose an owner who handles or reviews complaints here."), field="owner_id")


def check_capa_owner(owner_id: UUID) -> None:
    """Refuse also who would leave nobody to approve the plan and judge its effect. Raises CapaRefused."""
    check_owner(owner_id)
    if not has_approver_besides(owner_id):
        words = _(
            "Nobody could approve this plan: that takes a quality manager other than the owner. Choose a lead or an "
            "agent as owner, or have a second quality manager appointed."
        )
        raise CapaRefused(words, field="owner_id")
