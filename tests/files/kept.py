"""Files that are in the store already."""

from typing import Any

from complaints.files.store import keep
from complaints.models import Enclosure
from tests import people


def kept(content: bytes = b"%PDF-1.7", **columns: Any) -> Enclosure:
    """Return an enclosure whose content is in the store."""
    columns = {"name": "a.pdf", "media_type": "application/pdf", "added_at": people.AT} | columns
    row = Enclosure(**columns)
    keep(row, content)
    row.save()
    return row
