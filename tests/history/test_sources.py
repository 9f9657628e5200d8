"""What the labels of a source mean."""

from datetime import UTC, datetime

import pytest

from complaints.capa.causes import CAUSES
from complaints.enums import Channel, LineOfBusiness, Outcome, RemedyKind, Topic
from complaints.history import sources
from complaints.history.records import read_record
from complaints.history.sources import SourceBroken, read_source, source_names
from tests.history.records import TODAY, line


@pytest.fixture(scope="module")
def connecticut():
    return read_source("connecticut")


def meaning(source, **facts):
    return source.meaning_of(read_record(line(**facts), today=TODAY))


def test_every_source_can_be_read_and_uses_known_causes_only():
    assert source_names() == ["connecticut"]
    for name in source_names():
        assert set(read_source(name).causes.values()) <= set(CAUSES)


def test_days_begin_and_end_within_opening_hours_of_the_source(connecticut):
    day = read_record(line(opened="2023-07-03", closed="2023-07-03"), today=TODAY).opened_on
    assert connecticut.opening(day) == datetime(2023, 7, 3, 14, tzinfo=UTC)
    assert connecticut.closing(day) == datetime(2023, 7, 3, 20, tzinfo=UTC)
    assert connecticut.channel == Channel.REGULATOR


def test_reasons_become_causes_under_their_own_labels(connecticut):
    found = meaning(
        connecticut,
        reasons=[["Claim Handling", "UR MEDICALLY NECESSARY DENIAL"], ["Claim Handling", "Medical Necessity Denial"]],
    )
    assert found.causes == (
        ("medical_necessity_criteria", "UR MEDICALLY NECESSARY DENIAL"),
        ("medical_necessity_criteria", "Medical Necessity Denial"),
    )
    assert found.topic == Topic.AUTHORIZATION
    assert found.unknown == ()


def test_case_and_blanks_of_a_label_do_not_matter(connecticut):
    found = meaning(connecticut, reasons=[["claim handling", " Claim  DELAY "]], dispositions=["claim settled"])
    assert found.causes == (("claim_processing_delay", "Claim  DELAY"),)
    assert found.outcome == Outcome.UPHELD


def test_without_a_reason_there_is_no_cause(connecticut):
    found = meaning(connecticut, reasons=[])
    assert (found.causes, found.topic) == ((), Topic.OTHER)


@pytest.mark.parametrize(
    ("dispositions", "outcome"),
    [
        ([], Outcome.NO_FINDING),
        (["Insufficient Information"], Outcome.NO_FINDING),
        (["Company Position Substantiated"], Outcome.NOT_UPHELD),
        (["Company Position Substantiated", "No Action Requested/Required"], Outcome.NOT_UPHELD),
        (["Claim Settled", "Company Position Overturned"], Outcome.UPHELD),
        (["Claim Settled", "Compromised Settlement/Resolution"], Outcome.PARTLY_UPHELD),
        (["Claim Settled", "Company Position Substantiated"], Outcome.PARTLY_UPHELD),
        (["Referred to Another State’s Dept of Insurance"], Outcome.NO_FINDING),
        (["Complaint Withdrawn"], None),
        (["Complaint Withdrawn", "Claim Settled"], None),
    ],
)
def test_dispositions_become_one_outcome(connecticut, dispositions, outcome):
    assert meaning(connecticut, dispositions=dispositions).outcome == outcome


def test_the_most_tangible_remedy_is_recorded(connecticut):
    found = meaning(connecticut, conclusions=["Furnished Information", "Premium Refund", "Claim Paid"])
    assert found.remedy == RemedyKind.CLAIM_PAID


@pytest.mark.parametrize(
    ("coverages", "line_of_business"),
    [
        ([["A & H", "Health Only"], ["Group", "Health Only"]], LineOfBusiness.GROUP),
        ([["Individual", "Long Term Care"]], LineOfBusiness.INDIVIDUAL),
        ([["Group", "Student Health"], ["A & H", "A & H"]], LineOfBusiness.STUDENT),
        ([["Group", "Dental"], ["Individual", "Dental"]], LineOfBusiness.UNKNOWN),
        ([["A & H", "Dental"]], LineOfBusiness.UNKNOWN),
        ([], LineOfBusiness.UNKNOWN),
    ],
)
def test_coverages_tell_the_line_of_business(connecticut, coverages, line_of_business):
    assert meaning(connecticut, coverages=coverages).line_of_business == line_of_business


def test_labels_that_nobody_has_seen_are_named_and_nothing_is_dropped(connecticut):
    found = meaning(
        connecticut,
        reasons=[["Telehealth", "No Signal"], ["Claim Handling", "Claim Delay"]],
        dispositions=["Settled by Robot"],
        conclusions=["Apologised"],
        coverages=[["Moon Base", "Health Only"]],
    )
    assert found.causes == (("unmapped", "No Signal"), ("claim_processing_delay", "Claim Delay"))
    assert found.outcome == Outcome.NO_FINDING
    assert found.unknown == (
        ("reason", "Telehealth / No Signal"),
        ("disposition", "Settled by Robot"),
        ("conclusion", "Apologised"),
        ("coverage", "Moon Base"),
    )


def test_a_source_with_a_cause_that_does_not_exist_is_refused(tmp_path, monkeypatch):
    text = (sources.FOLDER / "connecticut.toml").read_text().replace('"claim_coding"', '"clam_coding"')
    (tmp_path / "typo.toml").write_text(text)
    monkeypatch.setattr(sources, "FOLDER", tmp_path)
    with pytest.raises(SourceBroken, match=r"sources/typo\.toml: clam_coding"):
        read_source("typo")
