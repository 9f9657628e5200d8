"""Who may reach which URL. A URL without a row here is refused to everybody (members/accounts/middleware.py).

Which complaint a person sees within a page is for the models' scopes to say, and what may be done to it for
complaints/permissions.py; this table says whether there is a way in at all.
"""

from members.accounts.audiences import ANYONE, ENROLMENT, MEMBER, VERIFICATION, Audience
from members.actors import Role

URL_AUDIENCES: dict[str, Audience] = {
    "health_live": ANYONE,
    "health_ready": ANYONE,
    "health_deadlines": ANYONE,
    # The door
    "accounts:sign_in": ANYONE,
    "accounts:verify": VERIFICATION,
    "accounts:enrol": ENROLMENT,
    "accounts:sign_out": ANYONE,
    # Pages for everybody
    "public:home": ANYONE,
    "public:complaints": ANYONE,
    "public:status": ANYONE,
    "public:status_of": ANYONE,
    "public:accessibility": ANYONE,
    "public:privacy": ANYONE,
    "public:language_help": ANYONE,
    # The complaint form: with an account or without
    "intake:start": ANYONE,
    "intake:saved": ANYONE,
    "intake:files": ANYONE,
    "intake:check": ANYONE,
    "intake:done": ANYONE,
    "intake:step": ANYONE,
    # Members' own pages
    "member:cases": MEMBER,
    "member:case": MEMBER,
    "member:write": ANYONE,  # who was signed out meanwhile gets the words back instead of losing them
    "member:letter": MEMBER,
    "member:letter_pdf": MEMBER,
    "member:file": MEMBER,
    "member:withdraw": MEMBER,
}

# Where somebody lands after signing in: the first row whose role the person holds.
LANDING_PAGES: tuple[tuple[Role, str], ...] = ((Role.MEMBER, "member:cases"),)
