"""Asking for what a missed date brings about. It is made outside of the envelope, each by itself: letters take time."""

from collections.abc import Sequence

from complaints.correspondence.operations import MAKE_NOTICES
from members.acts import Act
from slas.models import Outbox
from slas.operations import enqueue
from slas.signals import Fired


def request_notices(this: Act, firings: Sequence[Fired]) -> None:
    """Ask for the letters, notices and files that these clocks' policies name (`on_miss`): one query and one INSERT.

    Asked again for the same threshold, nothing happens.
    """
    wanted = {
        (fired.clock.matter_id, f"notices:{fired.clock.id}:{fired.epoch}:{fired.code}"): fired for fired in firings
    }
    asked = set(Outbox.objects.filter(pk__in=list(wanted)).values_list("pk", flat=True))
    for (matter_id, key), fired in wanted.items():
        if (matter_id, key) not in asked:
            enqueue(
                this=this,
                matter_id=matter_id,
                key=key,
                topic=MAKE_NOTICES,
                payload={"clock": str(fired.clock.id), "epoch": fired.epoch, "code": fired.code},
            )
