"""The text by which an event is sealed: every column of it, exactly as the database keeps it.

The database writes the text itself. So no value that somebody planted (an endless date, a number of forty digits) is
lost or trips a reader, and it does not depend on the settings of a session.
"""

ENTRY = """
CASE WHEN e.id IS NOT NULL THEN json_build_object(
  'id', e.id, 'at', e.at AT TIME ZONE 'UTC', 'written_at', e.written_at AT TIME ZONE 'UTC',
  'actor_kind', e.actor_kind, 'actor_id', e.actor_id, 'actor_label', e.actor_label, 'action', e.action,
  'matter_id', e.matter_id, 'object_type', e.object_type, 'object_id', e.object_id, 'detail', e.detail)::text END"""
"""SQL for the text of row `e` of audit_event, NULL if there is none. A test holds it against the columns there are."""


def placed(batch: int, position: int, entry: str) -> bytes:
    """Return the bytes that a leaf is the hash of: the event and its place, so that none can be moved unseen."""
    return f"{batch} {position} {entry}".encode()
