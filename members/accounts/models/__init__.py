"""Users, the roles granted to them, their second factors and sessions, and the reviews of all that."""

from members.accounts.models.factors import Passkey, RecoveryCode, TotpDevice
from members.accounts.models.reviews import AccessReview, FactorReset, ReviewedGrant
from members.accounts.models.sessions import Session
from members.accounts.models.users import STAFF_ROLES, RoleGrant, User, UserQuerySet, email_index

__all__ = [
    "STAFF_ROLES",
    "AccessReview",
    "FactorReset",
    "Passkey",
    "RecoveryCode",
    "ReviewedGrant",
    "RoleGrant",
    "Session",
    "TotpDevice",
    "User",
    "UserQuerySet",
    "email_index",
]
