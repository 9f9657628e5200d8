"""What a threshold of a pack may ask for, by name; whoever owns the matter knows how. Plain Python."""

from collections.abc import Mapping
from typing import Any

from slas.pack_words import PackFault, read_texts

ROLES = ("administrator", "agent", "auditor", "clinical_reviewer", "lead", "privacy_officer", "quality_manager")
NOTIFY_ROLE = "notify_role:"
ACTIONS = (
    "notify_lead",
    "notify_owner",
    "open_task",
    "produce_notice",
    "raise_priority",
    "reassign",
)


def read_actions(item: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """Return the actions of a threshold in their order. Raises PackFault for one that does not exist."""
    actions = read_texts(item, "actions", where)
    for action in actions:
        if action.startswith(NOTIFY_ROLE):
            _check_role(action, where)
        elif action not in ACTIONS:
            known = ", ".join((*ACTIONS, f"{NOTIFY_ROLE}ROLE"))
            raise PackFault(f"{where}: there is no action {action!r}; use {known}")
    return actions


def _check_role(action: str, where: str) -> None:
    role = action.removeprefix(NOTIFY_ROLE)
    if role not in ROLES:
        raise PackFault(f"{where}: {action!r} names no role; write {NOTIFY_ROLE} and one of {', '.join(ROLES)}")
