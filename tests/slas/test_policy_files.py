"""Files of policies and drafts published on the page, side by side."""

import logging
import shutil

import pytest

from slas.operations import publish_policies
from slas.versions import in_force
from tests.slas.calendars import SLAS, utc
from tests.slas.drafts import (
    at_noon,
    house_calendar,
    in_a_week,
    published,
    with_a_bridge,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_shelf")]
MONDAY = utc(2026, 6, 1, 14)


@pytest.fixture
def folder(tmp_path):
    for name in ("calendars/house.toml", "policy_packs/house.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(SLAS / name, tmp_path / name)
    return tmp_path


def test_publishing_the_files_again_undoes_nothing_and_refuses_nothing(author, second, folder, caplog):
    published(author, second)
    published(author, second, kind="calendar", text=with_a_bridge())
    pins = in_force("house", "resolve", "standard", at_noon(10))
    with caplog.at_level(logging.WARNING):
        done = publish_policies(folder)
    assert (done.calendars, done.policies, caplog.messages) == (0, 0, [])
    assert in_force("house", "resolve", "standard", at_noon(10)) == pins


def test_a_file_that_differs_from_what_a_draft_has_published_is_left_out_aloud(author, second, folder, caplog):
    published(author, second)
    published(author, second, kind="calendar", text=with_a_bridge())
    day = in_a_week(days=30)
    path = folder / "policy_packs" / "house.toml"
    before, title, after = path.read_text().rpartition('title = "Answer the complaint"\n')
    head, _date = before.rsplit("effective_from = ", 1)
    path.write_text(f"{head}effective_from = {day}\n{title}{after}{NEW_OBLIGATION}")
    calendar = folder / "calendars" / "house.toml"
    calendar.write_text(
        house_calendar().replace("version = 1\neffective_from = 2019-01-01", f"version = 2\neffective_from = {day}")
    )
    with caplog.at_level(logging.WARNING):
        done = publish_policies(folder)
    assert (done.calendars, done.policies) == (0, 1)  # what no draft has touched is still published from the file
    assert [message.partition(" is left out")[0] for message in caplog.messages] == [
        "calendar house v2",
        f"pack house: resolve (standard) from {day}",
    ]
    assert in_force("house", "call_back", "", MONDAY)


NEW_OBLIGATION = """
[[obligation]]
obligation = "call_back"
effective_from = 2020-01-01
title = "Call back"
starts_on = "message received"
met_on = "message answered"
limit = "4 hours"
clause = "House policy 6"
mark = "V"
[[obligation.threshold]]
code = 100
at = "due"
"""
