"""Who may reach which URL. A URL without a row here is refused to everybody (members/accounts/middleware.py)."""

from members.accounts.audiences import ANYONE, ENROLMENT, VERIFICATION, Audience
from members.actors import Role

URL_AUDIENCES: dict[str, Audience] = {
    "accounts:sign_in": ANYONE,
    "accounts:sign_out": ANYONE,
    "accounts:verify": VERIFICATION,
    "accounts:enrol": ENROLMENT,
}

# Where somebody lands after signing in: the first row whose role the person holds.
LANDING_PAGES: tuple[tuple[Role, str], ...] = ()
