"""Drafts of the tests: the house's own texts, with a change."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from slas.drafts import DraftRefused
from slas.models import Outbox, PolicyDraft
from slas.operations import ask_replay, publish_draft, submit_draft, write_draft
from slas.outbox import settle
from slas.queries import database_now
from tests.slas.calendars import SLAS

FIFTEEN, TEN = 'limit = "15 business days"', 'limit = "10 business days"'
EXAMPLES = (  # of the standard track: what fifteen business days give, and what ten do
    ("due_at = 2026-06-23T17:00:00-04:00", "due_at = 2026-06-15T17:00:00-04:00"),
    ("due_at = 2025-11-24T17:00:00-05:00", "due_at = 2025-11-17T17:00:00-05:00"),
    ("due_at = 2026-06-26T17:00:00-04:00", "due_at = 2026-06-18T17:00:00-04:00"),
)


def house_text():
    return (SLAS / "policy_packs" / "house.toml").read_text()


def ten_days(*, examples=True):
    """Return the house pack with ten business days for standard complaints, its examples mended too or not."""
    text = house_text()
    for old, new in ((FIFTEEN, TEN), *(EXAMPLES if examples else ())):
        before, found, after = text.rpartition(old)  # of the newest version, which stands last
        assert found, old
        text = before + new + after
    return text


def line_of(text, words, *, last=False):
    """Return the number of the first or last line that holds these words."""
    numbers = [number for number, line in enumerate(text.splitlines(), 1) if words in line]
    return numbers[-1 if last else 0]


def in_a_week(days=7):
    return database_now().date() + timedelta(days=days)


def written(actor, *, text=None, kind="pack", effective_on=None, draft_id=None, note="The board decided so."):
    return write_draft(
        actor=actor,
        at=database_now(),
        draft_id=draft_id or uuid4(),
        kind=kind,
        text=text or ten_days(),
        note=note,
        effective_on=effective_on or in_a_week(),
    )


def reckoned(draft, actor, **period):
    """Ask for the what-if, let the worker's handler reckon it, and return it."""
    ask_replay(actor=actor, at=database_now(), draft_id=draft.pk, **period)
    assert settle([row.pk for row in Outbox.objects.filter(topic="slas.replay", settled_at=None)])
    return PolicyDraft.objects.get(pk=draft.pk).replay


def submitted(actor, **given):
    draft = written(actor, **given)
    with suppress(DraftRefused):  # of a text that cannot be reckoned submission says so as well
        reckoned(draft, actor)
    return submit_draft(actor=actor, at=database_now(), draft_id=draft.pk)


def at_noon(days):
    return database_now() + timedelta(days=days)


def published(author, second, **given):
    return publish_draft(actor=second, at=database_now(), draft_id=submitted(author, **given).pk)


def fresh(draft):
    return PolicyDraft.objects.get(pk=draft.pk)


def house_calendar():
    return (SLAS / "calendars" / "house.toml").read_text()


def with_a_bridge():
    text = house_calendar()
    assert text.count('2029-12-25 = "Christmas Day"') == 1
    return text.replace('2029-12-25 = "Christmas Day"', '2029-12-24 = "Bridge"\n2029-12-25 = "Christmas Day"')
