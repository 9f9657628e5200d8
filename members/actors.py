"""Who acts. Every operation and every read of protected rows is told by whom."""

from dataclasses import dataclass, field, replace
from typing import Self
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a person may be here; a person may hold several. The words are those of the product's glossary."""

    MEMBER = "member", _("Member")
    AGENT = "agent", _("Agent")
    CLINICAL_REVIEWER = "clinical_reviewer", _("Clinical reviewer")
    LEAD = "lead", _("Team lead")
    QUALITY_MANAGER = "quality_manager", _("Quality manager")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


STAFF = frozenset(Role) - {Role.MEMBER}
ALONE = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""Held with no other staff role: whoever gives access away sees no health data, and nobody audits the own work."""
RECORDS_REPRESENTATION = frozenset({Role.AGENT, Role.LEAD})
"""Who records and confirms that somebody may act for a member."""


class Scope(TextChoices):
    """What somebody may do who acts for a member. Whoever writes or gets letters also reads."""

    FILE = "file", _("File and withdraw complaints")
    READ = "read", _("Read complaints")
    WRITE = "write", _("Write messages")
    LETTERS = "letters", _("Get letters")


class ActorKind(TextChoices):
    """How an act came about; an import carries history and therefore sends nothing."""

    USER = "user"
    GUEST = "guest"
    SYSTEM = "system"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Mandate:
    """For whom the actor may act at this moment, and for what."""

    member_id: UUID
    scope: frozenset[str]


@dataclass(frozen=True, slots=True)
class Actor:
    """One person or program at one moment, with the roles it holds now."""

    kind: ActorKind
    label: str
    user_id: UUID | None = None
    member_id: UUID | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    mandates: tuple[Mandate, ...] = ()

    def has(self, *roles: str) -> bool:
        """Tell whether the actor holds at least one of these roles."""
        return not self.roles.isdisjoint(roles)

    def members(self, *scope: Scope) -> frozenset[UUID]:
        """Return the members for whom the actor may now do this, the actor's own self among them.

        Without a scope: for whom the actor may do anything at all.
        """
        own = {self.member_id} if self.member_id else set()
        return frozenset(own | {mandate.member_id for mandate in self.mandates if mandate.scope.issuperset(scope)})

    @property
    def is_staff(self) -> bool:
        """Tell whether the actor works for the insurer."""
        return self.has(*STAFF)

    def as_staff(self) -> Self:
        """Return the same person at work, without what a member may do with the own complaints."""
        return replace(self, roles=self.roles - {Role.MEMBER})


SYSTEM = Actor(ActorKind.SYSTEM, "Redress")
GUEST = Actor(ActorKind.GUEST, "Guest")


def importer(source: str) -> Actor:
    """Return the actor that replays the history of one source."""
    return Actor(ActorKind.IMPORT, f"Import from {source}")
