"""The files of a draft or a complaint, without their content."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.db.models import Q, QuerySet

from complaints.enums import FileState
from complaints.models import Enclosure

HEAVY = ("content", "key", "preview")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that we hold, or held. `size` is in bytes; only a file that `is_served` can be opened."""

    id: UUID
    name: str
    size: int
    is_served: bool
    is_removed: bool
    has_preview: bool

    @classmethod
    def opened(cls, rows: QuerySet[Enclosure]) -> list[Self]:
        """Return these enclosures, oldest first; their names open, so call it inside `phi_access`."""
        return [
            cls(
                row.pk,
                row.name,
                row.size,
                row.is_served,
                row.state == FileState.REMOVED,
                row.is_served and row.is_picture,
            )
            for row in rows.annotate(is_picture=Q(preview__isnull=False)).defer(*HEAVY).order_by("pk")
        ]
