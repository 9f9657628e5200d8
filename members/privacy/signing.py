"""The keys that sign the audit trail: derived from the keyring's, so that they are kept and rotated with them."""

from members.audit.statement import Signer
from members.privacy.keyring import SealBroken, keyring

PURPOSE = "audit"


def audit_signer() -> Signer:
    """Return the signer of the primary key."""
    return Signer(*keyring().derived(PURPOSE))


def audit_key(number: int) -> bytes | None:
    """Return the public key of one number, None if the ring has it no more."""
    try:
        return Signer(*keyring(having=number).derived(PURPOSE, number)).public_key
    except SealBroken:
        return None
