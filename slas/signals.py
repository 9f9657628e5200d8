"""The only way up: what the engine tells whoever owns the matter.

Both are sent once for an envelope, with `firings` and `at`, the time of the database. Receivers run inside the
transaction that settles these effects, so their rows are written exactly once; what they want sent they enqueue. They
take the firings of an envelope in a constant number of queries. Raise to be called again, then with one firing alone.
"""

from dataclasses import dataclass
from datetime import datetime

from django.dispatch import Signal

from slas.models import Clock


@dataclass(frozen=True, slots=True)
class Fired:
    """One action of one threshold that was reached. `clock.policy` and `clock.matter` are loaded.

    `key` is the same however often it is told.
    """

    clock: Clock
    code: int
    epoch: int
    scheduled_for: datetime
    action: str
    key: str


clock_warned = Signal()
clock_breached = Signal()
