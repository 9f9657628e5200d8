"""The files of a draft or a complaint, without their content."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.db.models import QuerySet

from complaints.models import Enclosure


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that we hold. `size` is in bytes."""

    id: UUID
    name: str
    size: int

    @classmethod
    def opened(cls, rows: QuerySet[Enclosure]) -> list[Self]:
        """Return these enclosures, oldest first; their names open, so call it inside `phi_access`."""
        kept: Iterable[Enclosure] = rows.defer("content").order_by("pk")
        return [cls(row.pk, row.name, row.size) for row in kept]
