"""Looks over the trail by itself: makes items of what stands out, and asks more people after those that wait."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from complaints.correspondence.models import DispatchKind
from complaints.correspondence.operations import request_dispatch
from complaints.oversight.enums import RuleCode
from complaints.oversight.models import JUDGED_WITHIN, ReviewItem
from complaints.oversight.rules import RULES
from complaints.oversight.rules.days import Finding, Numbers, Span
from members.actors import SYSTEM, Role
from members.acts import Act, act
from members.dates import house_day
from members.queries import holders_of
from slas.operations import open_matter

LOOK_BACK = timedelta(days=7)
"""So far back each look goes, so that a weekend without workers hides nothing."""
ANEW_FROM = 2
"""So many times what was judged of a day asks for another answer."""
TURN = 7_231_107
MATTER_KIND = "review"
Key = tuple[str, UUID, date]


@cache
def numbers_of_rules() -> Mapping[RuleCode, Numbers]:
    """Return from which number on each rule speaks."""
    told = tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))
    return {RuleCode(code): numbers for code, numbers in told.items()}


def watch_over_openings(*, at: datetime) -> int:
    """Make an item of everything that stands out and has none yet. Return how many; a second look makes none.

    What has grown since changes its item while that waits, and makes a further one once it is twice what was judged.
    """
    span = Span(house_day(at - LOOK_BACK), at)
    found = list(_findings(span))
    made = 0
    with act(actor=SYSTEM, at=at) as this:
        _wait_for_turn()
        known = _known(span)
        for rule, finding in found:
            item = known.get((rule, finding.person_id, finding.day))
            if item is None or (item.judged_at and finding.count >= ANEW_FROM * item.count):
                _open(this, rule, finding)
                made += 1
            elif item.judged_at is None and finding.count > item.count:
                _grow(this, item, finding)
    return made


def escalate_reviews(*, at: datetime) -> int:
    """Ask privacy officers and team leads, once, after items that have waited for three days. Return how many."""
    with act(actor=SYSTEM, at=at) as this:
        _wait_for_turn()
        rows = ReviewItem.objects.unscoped("what waits for an answer for too long")
        overdue = list(
            rows.filter(judged_at=None, escalated_at=None, opened_at__lte=at - JUDGED_WITHIN).select_for_update()
        )
        for item in overdue:
            this.change(item, escalated_at=at)
            this.record("review.escalated", object_type="review", object_id=item.pk, detail={"rule": item.rule})
        if overdue:
            _tell(this, overdue)
    return len(overdue)


def _findings(span: Span) -> Iterator[tuple[RuleCode, Finding]]:
    numbers = numbers_of_rules()
    for rule, find in RULES.items():
        for finding in find(span, numbers[rule]):
            yield rule, finding


def _known(span: Span) -> dict[Key, ReviewItem]:
    """Return the newest item of each, locked, so that nobody judges it while it grows."""
    rows = ReviewItem.objects.unscoped("what has an item already").filter(day__gte=span.first_day)
    found = rows.order_by("opened_at").select_for_update()
    return {(item.rule, item.person_id, item.day): item for item in found}


def _open(this: Act, rule: RuleCode, finding: Finding) -> None:
    item = ReviewItem(
        rule=rule,
        person_id=finding.person_id,
        day=finding.day,
        count=finding.count,
        evidence=finding.evidence,
        opened_at=this.at,
    )
    this.add(item)
    this.record("review.opened", object_type="review", object_id=item.pk, detail={"rule": str(rule)})


def _grow(this: Act, item: ReviewItem, finding: Finding) -> None:
    this.change(item, count=finding.count, evidence=finding.evidence)
    this.record("review.grown", object_type="review", object_id=item.pk, detail={"rule": item.rule})


def _wait_for_turn() -> None:
    """Have looks follow each other, so that none makes the items of another one again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


def _tell(this: Act, items: list[ReviewItem]) -> None:
    """Ask for one e-mail to each person who may answer; of an item that is about oneself nobody is told."""
    holders = holders_of(Role.PRIVACY_OFFICER, Role.LEAD, at=this.at).values()
    for user_id in sorted({person.user_id for people in holders for person in people}):
        count = sum(item.person_id != user_id for item in items)
        if not count:
            continue
        matter = open_matter(
            this=this, kind=MATTER_KIND, time_zone=settings.HOUSE_TIME_ZONE, language=settings.LANGUAGE_CODE
        )
        request_dispatch(
            this=this,
            matter_id=matter.pk,
            kind=DispatchKind.REVIEW_WAITS,
            key=f"review:{items[0].pk}:{user_id}",
            to_user_id=user_id,
            detail={"count": count},
        )
