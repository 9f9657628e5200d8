"""Who may change accounts and roles."""

from members.accounts.refusals import AccountRefused
from members.actors import Actor, ActorKind, Role


def demand_administrator(actor: Actor) -> None:
    """Refuse everybody but administrators and the system itself. Raises AccountRefused."""
    if actor.kind != ActorKind.SYSTEM and not actor.has(Role.ADMINISTRATOR):
        raise AccountRefused(f"{actor.label} does not administer accounts")
