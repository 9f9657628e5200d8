"""The codes of the audit trail in words."""

from collections.abc import Iterable
from functools import cache
from types import MappingProxyType

from django.apps import apps

ACTIONS = MappingProxyType(
    {
        "phi.opened": "Read",
        "seal.broken": "Could not be opened",
        "audit.searched": "Looked into the audit trail",
        "audit.exported": "Took a part of the audit trail away",
        "complaints.searched": "Searched complaints",
        "access.refused": "Was refused a page",
        "session.started": "Signed in",
        "session.ended": "Signed out",
        "session.failed": "Sign-in failed",
    }
)


def action_words(action: str) -> str:
    """Return what was done: "complaint.note_added" is "Complaint: note added"."""
    subject, _, fact = action.replace("_", " ").partition(".")
    return ACTIONS.get(action) or f"{subject.capitalize()}: {fact}"


def object_words(object_type: str) -> str:
    """Return what it was done to, by the name of its table: "complaints_note" is "note"."""
    return _names().get(object_type, object_type.replace("_", " "))


def column_words(columns: Iterable[str]) -> str:
    """Return which fields were opened."""
    return ", ".join(column.removesuffix("_id").replace("_", " ") for column in columns)


@cache
def _names() -> dict[str, str]:
    return {model._meta.db_table: str(model._meta.verbose_name) for model in apps.get_models()}
