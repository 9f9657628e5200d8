"""What is wrong with an audit trail, in words that name it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Wrong(StrEnum):
    """Kinds of findings. Their codes are part of what `verify_audit --json` promises."""

    EVENT_EDITED = "event_edited"
    EVENT_DELETED = "event_deleted"
    EVENT_INSERTED = "event_inserted"
    EVENT_UNSEALED = "event_unsealed"
    EVENT_MOVED = "event_moved"
    LEAF_MISSING = "leaf_missing"
    LEAF_ADDED = "leaf_added"
    BATCH_ALTERED = "batch_altered"
    CHECKPOINT_MISSING = "checkpoint_missing"
    CHECKPOINT_FORGED = "checkpoint_forged"
    KEY_UNKNOWN = "key_unknown"
    CHAIN_BROKEN = "chain_broken"
    TAIL_CUT = "tail_cut"
    ANCHOR_DIFFERS = "anchor_differs"
    ANCHOR_DAMAGED = "anchor_damaged"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was altered; `batch` and `event_id` where they are known."""

    wrong: Wrong
    words: str
    batch: int | None = None
    event_id: UUID | None = None

    def told(self) -> dict[str, str | int | None]:
        """Return it as JSON tells it."""
        event_id = str(self.event_id) if self.event_id else None
        return {"wrong": self.wrong, "batch": self.batch, "event": event_id, "words": self.words}
