"""How much of the form one network address and one draft may use: generous, for a clinic files for many.

While nothing can be counted everything passes: a complaint is filed, whatever else is away.
"""

from datetime import timedelta
from uuid import UUID

from members.accounts.throttle import Counter

HOUR = timedelta(hours=1)
SAVES_OF_DRAFT = Counter("intake.saves_of_draft", limit=300, window=HOUR)
SAVES = Counter("intake.saves", limit=6000, window=HOUR)
SENDS_OF_DRAFT = Counter("intake.sends_of_draft", limit=60, window=HOUR)
SENDS = Counter("intake.sends", limit=300, window=HOUR)


def may_save(*, address: str, draft_id: UUID | None) -> bool:
    """Tell whether one more page, or its files, may be kept from this network address and for this draft, if any."""
    of_draft = draft_id is None or SAVES_OF_DRAFT.take_or_alarm(str(draft_id))
    return of_draft and SAVES.take_or_alarm(address)


def may_send(*, address: str, draft_id: UUID) -> bool:
    """Tell whether this draft may be sent from this network address."""
    of_draft = SENDS_OF_DRAFT.take_or_alarm(str(draft_id))
    return of_draft and SENDS.take_or_alarm(address)
