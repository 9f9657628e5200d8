"""The matrix says what config/access.py says, for each URL, verb and kind of person."""

import csv
from io import StringIO

import pytest
from django.core.management import call_command

from config.access import URL_AUDIENCES
from members.accounts.audiences import Standing
from members.actors import STAFF, Role
from members.management.commands.access_matrix import ACTORS


def printed(*arguments):
    out = StringIO()
    call_command("access_matrix", *arguments, stdout=out)
    return out.getvalue()


def rows():
    return list(csv.DictReader(StringIO(printed("--csv"))))


def test_each_url_has_one_row_for_each_verb_that_its_view_takes():
    found = [(row["url"], row["verb"]) for row in rows()]
    assert len(found) == len(set(found))
    assert {url for url, _ in found} == set(URL_AUDIENCES)
    assert all(" " not in verb for _, verb in found)
    assert {verb for url, verb in found if url == "accounts:sign_in"} == {"GET", "POST"}
    assert {verb for url, verb in found if url == "accounts:sign_out"} == {"POST"}


def test_it_has_a_column_for_each_role_and_for_those_who_act_for_a_member():
    columns = set(rows()[0]) - {"url", "verb"}
    assert columns == {"anonymous", "password only", "no factor yet", *STAFF, "member"} | {
        "representative",
        "member acting for another",
    }


def test_every_cell_is_what_the_gate_would_say():
    for row in rows():
        audience = URL_AUDIENCES[row["url"]]
        for title, (standing, actor) in ACTORS.items():
            may = standing in audience.standings and (not audience.roles or actor.has(*audience.roles))
            fresh = may and audience.proof_within and standing is Standing.SIGNED_IN
            assert row[title] == ("fresh" if fresh else "yes" if may else "no"), (row["url"], title)


@pytest.mark.parametrize(
    ("url", "verb", "title", "cell"),
    [
        ("desk:queue", "GET", Role.AGENT, "yes"),
        ("desk:queue", "GET", "representative", "no"),
        ("member:cases", "GET", "representative", "yes"),
        ("member:cases", "GET", "anonymous", "no"),
        ("people:grant", "POST", Role.ADMINISTRATOR, "fresh"),
        ("people:grant", "POST", Role.LEAD, "no"),
        ("accounts:verify", "POST", "password only", "yes"),
    ],
)
def test_known_cells(url, verb, title, cell):
    [row] = [row for row in rows() if (row["url"], row["verb"]) == (url, verb)]
    assert row[title] == cell


def test_the_table_holds_the_same_cells_and_says_what_they_mean():
    lines = printed().split("\n")
    for line, row in zip(lines[1:], rows(), strict=False):
        assert line.split() == list(row.values())
    assert f"{len(rows())} rows" in printed()
    assert '"yes": the gate lets this person through' in printed()
