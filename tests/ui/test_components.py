"""The includes that show plain data."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.template.loader import get_template

from complaints.public_stages import Stage, public_stages
from complaints.time_left import TimeLeft, time_left

NOW = datetime(2026, 6, 10, 14, tzinfo=UTC)
UI = Path(settings.BASE_DIR) / "templates"


def test_a_chip_tells_its_state_by_shape_words_and_colour(draw):
    chip = draw("deadline_chip", deadline=time_left(due_at=NOW - timedelta(hours=2, minutes=10), now=NOW))
    assert chip.text == "▲ Overdue 2h 10m"
    assert chip.all("span")[0]["class"] == "rd-chip rd-chip--late"
    assert chip.one("span", aria_hidden="true")


def test_a_chip_without_a_deadline_says_so(draw):
    assert draw("deadline_chip", deadline=None).text == "Nothing due"


def test_a_chip_leads_to_the_reason_of_its_date(draw):
    chip = draw("deadline_chip", deadline=TimeLeft("later", "●", "ok", "Due in 6d", NOW), url="/why/")
    assert chip.one("a")["href"] == "/why/"


def test_the_timeline_marks_the_current_stage_and_says_what_comes_next(draw):
    stages = public_stages(zone=ZoneInfo("America/New_York"), received_at=NOW, decision_by="Wednesday, June 24")
    timeline = draw("stage_timeline", stages=stages, next_words="We confirm it by June 12.")
    assert [attrs.get("aria-current") for attrs in timeline.all("li")] == [None, "step", None, None, None]
    assert timeline.text == (
        "Received (done) June 10, 2026 Confirmed Looking into it Decision by Wednesday, June 24 Closed"
        " We confirm it by June 12."
    )


def test_a_closed_complaint_has_no_current_stage(draw):
    timeline = draw("stage_timeline", stages=[Stage("Closed", "June 24, 2026", "done")])
    assert timeline.all("li", aria_current="step") == []


def test_change_links_say_what_they_change(draw):
    rows = [
        {"key": "Reference", "value": "C-26-1"},
        {"key": "What happened", "value": "One\nTwo", "url": "/x/", "what": "what happened"},
    ]
    summary = draw("summary_list", rows=rows, title="Your answers")
    assert "Change what happened" in summary.text
    assert summary.one("a")["href"] == "/x/"
    assert summary.one("br") == {}
    assert summary.one("h2")


def test_a_table_repeats_its_labels_for_the_phone(draw):
    columns = [{"label": "CAPA"}, {"label": "Age", "numeric": True}]
    table = draw("table", caption="Open CAPAs", columns=columns, rows=[[{"text": "CAPA-26-07", "url": "/c/"}, 41]])
    assert [cell["data-label"] for cell in table.all("td")] == ["CAPA", "Age"]
    assert table.one("a")["href"] == "/c/"
    assert table.text == "Open CAPAs CAPA Age CAPA-26-07 41"


def test_a_table_refuses_a_row_of_another_length(draw):
    with pytest.raises(ValueError, match="zip"):
        draw("table", caption="x", columns=[{"label": "One"}], rows=[[1, 2]])


def test_pages_keep_the_other_parameters(page, rf):
    pages = page(
        '{% include "ui/pagination.html" %}', rf.get("/desk/?view=late&page=2"), page=Paginator(range(150), 50).page(2)
    )
    assert [link["href"] for link in pages.all("a")] == ["?view=late&page=1", "?view=late&page=3"]
    assert "51–100 of 150" in pages.text


def test_one_page_needs_no_pages(page, rf):
    assert page('{% include "ui/pagination.html" %}', rf.get("/"), page=Paginator([], 50).page(1)).elements == []


def test_a_button_that_leads_somewhere_is_a_link(draw):
    assert draw("button", label="Open", url="/x/").one("a")["href"] == "/x/"
    assert draw("button", label="Later", style="secondary", name="later").one("button")["name"] == "later"


def test_the_confirmation_holds_the_heading_and_the_reference(draw):
    panel = draw("panel", title="We have your complaint", label="Your reference number", reference="C-26-7QK4-XD9M")
    assert panel.one("h1")
    assert panel.one("bdi")["dir"] == "ltr"
    assert "C-26-7QK4-XD9M" in panel.text


def test_messages_of_people_are_text(draw):
    items = [{"kind": "message", "who": "You", "at": NOW, "text": "<b>Hi</b>\n\nBye", "language": "es", "mine": True}]
    thread = draw("message_list", items=items)
    assert thread.all("b") == []
    assert thread.one("div", lang="es")["dir"] == "auto"
    assert len(thread.all("p")) == 3


def test_the_current_view_is_marked_and_late_counts_stand_out(draw):
    views = [
        {"label": "Overdue", "url": "/o/", "count": 4, "tone": "late", "current": True},
        {"label": "Soon", "url": "/s/", "count": 0, "tone": "soon"},
    ]
    listed = draw("view_list", title="Views", views=views)
    assert listed.one("a", aria_current="page")["href"] == "/o/"
    assert len(listed.all("span", class_="wb-views__count wb-views__count--late")) == 1
    assert len(listed.all("span", class_="wb-views__count")) == 1


def test_a_list_in_short_needs_no_frame(draw):
    assert draw("tag", label="New", tone="new").one("strong")["class"] == "rd-tag rd-tag--new"
    assert draw("empty_state", title="No letters yet", text="Soon.").text == "No letters yet Soon."
    assert draw("details", summary="Why?", text="Because.").text == "Why? Because."
    assert draw("back_link", url="/b/").one("a")["href"] == "/b/"
    assert draw("notification_banner", text="Saved.", tone="success").one("div", role="alert")


@pytest.mark.parametrize("template", sorted(path.relative_to(UI).as_posix() for path in UI.rglob("*.html")))
def test_every_template_compiles_and_carries_nothing_inline(template):
    markup = re.sub(r"{[%#].*?[%#]}", "", get_template(template).template.source)
    assert re.findall(r"\s(?:style|on\w+|hx-on[\w:-]*)=|<style|<script(?! type=\"module\" src=)", markup) == []
