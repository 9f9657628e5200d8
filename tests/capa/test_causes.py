"""The taxonomy of root causes."""

import pytest

from complaints.capa.causes import (
    CAUSES,
    UNMAPPED,
    TaxonomyBroken,
    UnknownCause,
    demand_cause,
    label,
    offered,
    read_taxonomy,
)

ONE = """
[[group]]
label = "Claims"
[[group.cause]]
code = "{code}"
label = "Coded wrongly"
meaning = "A code was misread."
"""
REST = """
[[group]]
label = "Rest"
[[group.cause]]
code = "unmapped"
label = "Other"
meaning = "Not known."
"""


def read(tmp_path, text):
    path = tmp_path / "causes.toml"
    path.write_text(text)
    return read_taxonomy(path)


def test_every_cause_has_words_and_a_group_of_its_own():
    assert [code for code, cause in CAUSES.items() if not (cause.label and cause.meaning and cause.group)] == []
    assert len({cause.label for cause in CAUSES.values()}) == len(CAUSES)


def test_what_nobody_has_classified_comes_last():
    assert list(CAUSES)[-1] == UNMAPPED


def test_every_cause_can_be_chosen_unless_it_is_retired(tmp_path):
    retired = ONE.format(code="claim_coding") + "retired = true\n" + REST
    assert read(tmp_path, retired)["claim_coding"].retired
    assert sum(len(causes) for _, causes in offered()) == len(CAUSES)


def test_a_code_of_a_newer_release_is_shown_as_it_is():
    assert label("claim_coding") == "Claim coded or bundled wrongly"
    assert label("made_up_next_year") == "made_up_next_year"


def test_a_code_that_does_not_exist_is_refused():
    with pytest.raises(UnknownCause, match="no_such_cause"):
        demand_cause("no_such_cause")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ONE.format(code="claim_coding"), "'unmapped' is missing"),
        (ONE.format(code="claim_coding") * 2 + REST, "'claim_coding' is listed twice"),
        (ONE.format(code="Claim Coding") + REST, "'Claim Coding' is not a code"),
        (ONE.format(code="c" * 41) + REST, "is not a code"),
        (ONE.format(code="claim_coding") + 'colour = "red"\n' + REST, "wrong keys"),
        (
            ONE.format(code="claim_coding").replace("A code was misread.", "") + REST,
            "needs a label, a meaning and a group",
        ),
    ],
)
def test_a_broken_taxonomy_is_refused_in_words(tmp_path, text, words):
    with pytest.raises(TaxonomyBroken, match=words):
        read(tmp_path, text)
