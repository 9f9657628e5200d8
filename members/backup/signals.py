"""What a restore tells those who know better what must not happen again."""

from dataclasses import dataclass, field

from django.dispatch import Signal

taking = Signal()
"""Sent at the beginning of a backup, with a `cursor` that sees its moment. Each receiver returns a dict, as JSON can
tell it, of what it wants to know before this backup is restored.
"""

restoring = Signal()
"""Sent before anything is looked at closer, with `without_ledger` and `noted`, what receivers of `taking` returned.
Who could not do its part afterwards raises BackupRefused, and nothing is changed.
"""

restored = Signal()
"""Sent inside the transaction in which the rows come back, with `at`, now, `taken_at`, which the database is back at,
and `without_ledger`, which says that the ledger of erasures is known to be lost. The store has the backup's files.

Receivers do again what was done since and must stay done (erasures), and hold back what may have happened already
(e-mail); each returns DoneAgain, or None. One that raises undoes the restore.
"""


@dataclass(frozen=True, slots=True)
class DoneAgain:
    """What a receiver did, counted under the name that JSON gives it, and a sentence for each thing left to people.

    `to_know` are sentences that somebody has to read before the house is opened, but nothing that went wrong.
    """

    counts: dict[str, int] = field(default_factory=dict)
    to_do: list[str] = field(default_factory=list)
    to_know: list[str] = field(default_factory=list)
