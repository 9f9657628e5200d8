"""Whether files are checked, and all there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q

from complaints.enums import FileState
from complaints.files.clamd import answers
from complaints.models import Enclosure, StoreSweep

PATIENCE = timedelta(hours=1)
"""So long a file may wait for the virus check before somebody has to look."""
SCANNER_AWAY, UNCHECKED, MISSING, WITHOUT_ROWS = FILE_TROUBLES = (
    "scanner_away",
    "files_unchecked",
    "files_missing",
    "files_without_rows",
)


@dataclass(frozen=True, slots=True)
class FilesHealth:
    """`scanning` is "off" where no virus check is set up; `wrong` holds codes of FILE_TROUBLES.

    `without_row` is what the last sweep found in the store and no row names.
    """

    scanning: str
    waiting: int
    oldest_waiting: timedelta | None
    missing: int
    without_row: int
    wrong: list[str]


def files_health(at: datetime) -> FilesHealth:
    """Return the figures of this moment: two small queries, and a word with the virus check."""
    waits = Q(state=FileState.CHECKING)
    found = (
        Enclosure.objects.unscoped("counts of all files")
        .filter(waits | Q(missing_at__isnull=False))
        .aggregate(waiting=Count("pk", waits), first=Min("added_at", filter=waits), missing=Count("missing_at"))
    )
    swept = StoreSweep.objects.first()
    scanning = "off" if not settings.CLAMD else "on" if answers() else "away"
    oldest = at - found["first"] if found["first"] else None
    troubles = {
        SCANNER_AWAY: scanning == "away",
        UNCHECKED: oldest is not None and oldest > PATIENCE,
        MISSING: found["missing"] > 0,
        WITHOUT_ROWS: swept is not None and swept.is_withheld,
    }
    wrong = [code for code, is_so in troubles.items() if is_so]
    without_row = swept.without_row if swept else 0
    return FilesHealth(scanning, found["waiting"], oldest, found["missing"], without_row, wrong)
