"""Who a URL is for. The table of all URLs is the configuration's (settings.URL_AUDIENCES); its vocabulary is here."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto
from typing import Self

from members.actors import STAFF, Actor, Role

STEP_UP = timedelta(minutes=10)
"""How long a password or factor that was shown serves for what needs a fresh one. Source: ASVS 5.0, 7.5."""


class Standing(Enum):
    """How far somebody has come through the door."""

    ANONYMOUS = auto()
    ENROLLING = auto()  # the password was right; staff without a second factor must set one up
    VERIFYING = auto()  # the password was right; the second factor is still to be shown
    SIGNED_IN = auto()


@dataclass(frozen=True, slots=True)
class Audience:
    """The standings that a URL admits, and the roles of which the signed-in need one; no roles, none needed.

    `proof_within` asks the signed-in to have shown a password or factor so recently. What is not `attended` is asked
    for by programs, browsers' own reports among them, and keeps no session alive. What is a file to take away is no
    page to come back to: who had to prove it comes back to the page that offers the file.
    """

    standings: frozenset[Standing]
    roles: frozenset[Role] = frozenset()
    proof_within: timedelta | None = None
    attended: bool = True
    is_file: bool = False

    def admits(self, standing: Standing, actor: Actor) -> bool:
        """Tell whether somebody of this standing, acting as this actor, may reach the URL."""
        return standing in self.standings and (not self.roles or actor.has(*self.roles))

    def after_proof(self) -> Self:
        """Return the same audience, of whom each must just have shown who it is."""
        return replace(self, proof_within=STEP_UP)

    def takes_away(self) -> Self:
        """Return the same audience for a file of many rows, which leaves the house. Source: security.md, step-up."""
        return replace(self.after_proof(), is_file=True)


ANYONE = Audience(frozenset(Standing))
PROGRAMS = Audience(frozenset(Standing), attended=False)
VERIFICATION = Audience(frozenset({Standing.VERIFYING}))
ENROLMENT = Audience(frozenset({Standing.ENROLLING, Standing.SIGNED_IN}))
SIGNED_IN = Audience(frozenset({Standing.SIGNED_IN}))
MEMBER = Audience(frozenset({Standing.SIGNED_IN}), frozenset({Role.MEMBER}))


def staff(*roles: Role) -> Audience:
    """Return the audience of signed-in staff who hold one of these roles; without roles, all staff."""
    if Role.MEMBER in roles:
        raise ValueError("member is no staff role: use MEMBER")
    return Audience(frozenset({Standing.SIGNED_IN}), frozenset(roles) or STAFF)
