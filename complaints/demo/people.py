"""The people of the demonstration: staff and members with accounts, and members without."""

import secrets
import tomllib
from base64 import b32encode
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from complaints.enums import LineOfBusiness
from members.accounts.models import User
from members.accounts.totp import new_key
from members.actors import GUEST, SYSTEM, Actor, ActorKind, Role
from members.operations import create_member_account, create_staff_account, register_member

FOLDER = Path(__file__).parent
DOMAIN = "redress.example"
MEMBER_EMAIL = f"member@{DOMAIN}"
WORDS_IN_A_PASSWORD = 5
FOUNDED = timedelta(days=900)
STAFF = (
    ("admin", "Ines Kovar", Role.ADMINISTRATOR),
    ("agent", "Dana Ruiz", Role.AGENT),
    ("agent2", "Tomasz Reed", Role.AGENT),
    ("lead", "Amara Whitfield", Role.LEAD),
    ("quality", "Judith Feld", Role.QUALITY_MANAGER),
    ("quality2", "Emeka Udo", Role.QUALITY_MANAGER),
    ("reviewer", "Dr. Ravi Menon", Role.CLINICAL_REVIEWER),
    ("auditor", "Grete Solberg", Role.AUDITOR),
    ("privacy", "Lior Adani", Role.PRIVACY_OFFICER),
)


@dataclass(frozen=True, slots=True)
class Login:
    """What somebody needs to sign in as a demo account.

    Members have no second factor, and the administrator sets up a passkey at the first sign-in: it is made on a device.
    """

    role: str
    name: str
    email: str
    password: str
    totp_secret: str | None


@dataclass(frozen=True, slots=True)
class Staff:
    """The staff as actors."""

    agents: tuple[Actor, Actor]
    lead: Actor
    quality: Actor
    reviewer: Actor


@dataclass(frozen=True, slots=True)
class Person:
    """A complainant; a guest, unless there is an account."""

    name: str
    email: str
    phone: str
    postal_address: str
    member_id: UUID | None = None
    member_number: str = ""
    actor: Actor = GUEST

    @property
    def has_account(self) -> bool:
        """Tell whether the person can sign in."""
        return self.actor is not GUEST


def a_password() -> str:
    """Return a random password of words that can be typed from a screen."""
    words = (FOLDER / "password_words.txt").read_text(encoding="utf-8").split()
    return "-".join(secrets.choice(words) for _ in range(WORDS_IN_A_PASSWORD))


def hire_staff(*, now: datetime) -> tuple[Staff, list[Login]]:
    """Open the staff accounts, each with a password and, but for the administrator, a second factor of its own."""
    actors, logins = {}, []
    for name, display_name, role in STAFF:
        key = None if role == Role.ADMINISTRATOR else new_key()
        secret = b32encode(key).decode().rstrip("=") if key else None
        login = Login(role, display_name, f"{name}@{DOMAIN}", a_password(), secret)
        user = create_staff_account(
            actor=SYSTEM,
            at=now - FOUNDED,
            email=login.email,
            display_name=display_name,
            password=login.password,
            roles={role},
            totp_key=key,
        )
        actors[name] = User.objects.with_standing().get(pk=user.pk).as_actor(at=now)
        logins.append(login)
    agents = (actors["agent"], actors["agent2"])
    return Staff(agents, actors["lead"], actors["quality"], actors["reviewer"]), logins


class Town:
    """Where complainants come from: nobody is drawn twice by the same name."""

    def __init__(self, rng: Random, *, now: datetime) -> None:
        """Draw by this generator; members joined long before now."""
        self._rng, self._now = rng, now
        self._names: set[str] = set()

    def a_guest(self) -> Person:
        """Return somebody whom we do not know as a member."""
        first, last = self._new_name()
        street, town = self._rng.choice(_names()["streets"]), self._rng.choice(_names()["towns"])
        return Person(
            name=f"{first} {last}",
            email=f"{first}.{last}@example.org".lower(),
            phone=f"860-555-01{self._rng.randrange(100):02}",
            postal_address=f"{self._rng.randrange(1, 400)} {street}\n{town}",
        )

    def a_member(self, line: LineOfBusiness) -> Person:
        """Return a member without an account."""
        guest = self.a_guest()
        number = f"MHP-{self._rng.randrange(10**4):04}-{len(self._names):04}"
        member = register_member(
            actor=SYSTEM,
            at=self._now - FOUNDED,
            member_number=number,
            name=guest.name,
            email=guest.email,
            phone=guest.phone,
            line_of_business=LineOfBusiness.GROUP if line == LineOfBusiness.UNKNOWN else line,
        )
        return Person(guest.name, guest.email, guest.phone, guest.postal_address, member.pk, number)

    def an_account_holder(self, *, email: str = "", password: str = "") -> Person:
        """Return a member who can sign in; without a given password nobody knows it."""
        person = self.a_member(LineOfBusiness.INDIVIDUAL)
        email = email or person.email
        user = create_member_account(
            actor=SYSTEM,
            at=self._now - FOUNDED,
            member_id=person.member_id,
            email=email,
            password=password or a_password(),
        )
        actor = Actor(ActorKind.USER, user.label, user.pk, person.member_id, frozenset({Role.MEMBER}))
        return replace(person, email=email, actor=actor)

    def _new_name(self) -> tuple[str, str]:
        while True:
            first, last = self._rng.choice(_names()["first"]), self._rng.choice(_names()["last"])
            if f"{first} {last}" not in self._names:
                self._names.add(f"{first} {last}")
                return first, last


@cache
def _names() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "people.toml").read_text(encoding="utf-8"))
