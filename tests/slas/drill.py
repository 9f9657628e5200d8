"""A pack whose one obligation can do everything on one track: it is warned of, pauses and is extended."""

from contextlib import contextmanager

from slas import versions
from slas.operations.publish_versions import policy_row
from tests.slas.packs import pack

PACK, KIND, REASON, ASKED = "test", "answer", "waiting_for_member", "member_asked"
ANSWER = {
    "effective_from": "2019-01-01",
    "pause_reasons": [REASON],
    "threshold": [{"code": 50, "at": "50 %"}, {"code": 80, "at": "80 %"}, {"code": 100, "at": "due"}],
    "extension": {"max_total": "20 business days", "max_count": 3, "reasons": [ASKED]},
}


@contextmanager
def drill_published(*tracks, **changes):
    """Publish the pack for a while, with more `tracks` that differ: the rows go with the transaction of the test."""
    for own in ({}, *tracks):
        for policy in pack(**ANSWER | changes | own):
            policy_row(policy).save(force_insert=True)
    versions.refresh()
    try:
        yield
    finally:
        versions.forget()
