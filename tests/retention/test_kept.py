"""Whatever the database holds hangs on a complaint, or says how long it is kept and why."""

from collections import Counter

import pytest
from django.db import connection
from django.urls import reverse

from complaints.intake.operations import DRAFTS_LAST
from complaints.retention.hanging import tables
from complaints.retention.kept import kept, parse_kept
from complaints.retention.rules import RulesBroken
from members.actors import Role
from tests.people import sign_in, staff

ENTRY = '[[kept]]\nname = "Drafts"\nuntil = "30 days"\nwhy = "The form says so."\ntables = ["intake_draft"]\n'


@pytest.mark.django_db
def test_every_table_hangs_on_a_complaint_or_says_how_long_it_is_kept():
    said = [table for each in kept() for table in each.tables]
    hanging = {model._meta.db_table for model in tables()}
    assert set(connection.introspection.table_names()) == hanging | set(said)
    assert [table for table, times in Counter(said).items() if times > 1] == []


def test_drafts_go_when_it_is_said_that_they_go():
    (drafts,) = [each for each in kept() if "intake_draft" in each.tables]
    assert drafts.until.startswith(f"{DRAFTS_LAST.days} days")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[[kept]]", "[[kept", "is not TOML"),
        ('until = "30 days"\n', "", "'Drafts' of kept.toml has to say"),
        ('why = "The form says so."', 'why = ""', "'Drafts' of kept.toml has to say"),
        ("tables", "rows", "'Drafts' of kept.toml has to say name, tables, until, why, and may say years"),
        ('why = "', 'years = 5\nwhy = "', "says 5 years. Give a whole number from 6 to 100"),
    ],
)
def test_an_entry_that_says_too_little_is_named(old, new, words):
    assert parse_kept(ENTRY)[0].tables == ("intake_draft",)
    with pytest.raises(RulesBroken, match=words):
        parse_kept(ENTRY.replace(old, new))


@pytest.mark.django_db
def test_the_screen_says_what_is_kept_for_ever_and_why(client):
    sign_in(client, staff(Role.AUDITOR))
    page = client.get(reverse("retention:home")).content.decode()
    for each in kept():
        assert each.name.replace("'", "&#x27;") in page
    assert "a gap in its chain would look like forgery" in page
    assert "No complaint is due to be erased." in page
    assert "Nobody has asked for anything to be erased yet." in page
