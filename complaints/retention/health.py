"""Whether erasures can be written down, and a restore would find them."""

import os

from complaints.retention.ledger import is_behind, ledger_path
from complaints.retention.models import Erasure

LEDGER_TROUBLES = LEDGER_AWAY, LEDGER_BEHIND = ("ledger_away", "ledger_behind")


def ledger_troubles() -> list[str]:
    """Return the codes of what is wrong with the ledger: it cannot be written, or lacks what the table knows."""
    try:
        path = ledger_path()
        if not path.exists() and not Erasure.objects.exists() and os.access(path.parent, os.W_OK):
            return []  # the first run of the worker makes it
        return [LEDGER_BEHIND] if is_behind() else []
    except OSError:
        return [LEDGER_AWAY]
