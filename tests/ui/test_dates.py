"""A day and a moment are each written in one way, for members and for staff."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from tests.shared_data import ROOT

AT = datetime(2026, 3, 5, 2, 7, tzinfo=UTC)  # still March 4 in New York
FOR_MACHINES_OR_TODAY = {"c", "g:i A", "g:i:s A"}
ON_AN_AXIS = {"g A", "M j, y"}


def test_days_and_moments_are_those_of_the_place_where_the_page_is_read(page):
    with timezone.override(ZoneInfo("America/New_York")):
        source = "{% load ui %}{{ at|moment }} / {{ at|day }} / {{ on|day }} / {{ none|day }}{{ none|moment }}"
        text = page(source, at=AT, on=date(2026, 12, 24), none=None).text
    assert text == "March 4, 2026, 9:07 PM / March 4, 2026 / December 24, 2026 /"


def test_no_page_writes_a_date_in_a_way_of_its_own():
    own = [
        f"{path.relative_to(ROOT)}: {form}"
        for path in (ROOT / "templates").rglob("*.html")
        for form in re.findall(r'\|(?:date|time)(?::"([^"]*)")?', path.read_text(encoding="utf-8"))
        if form not in FOR_MACHINES_OR_TODAY | ON_AN_AXIS
    ]
    assert own == []
