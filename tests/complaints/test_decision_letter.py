"""The decision letter says what it must: decision, reasons, evidence, remedy and the next level."""

from datetime import UTC, datetime

import pytest
from django.conf import settings

from complaints.correspondence.models import LetterChannel
from complaints.correspondence.rendering import render_letter_pdf
from complaints.enums import Language, Outcome, RemedyKind
from complaints.lifecycle import TransitionRefused
from complaints.operations import issue_letter
from complaints.queries.decision_letter import draft_letter, issued_letter, letter_pdf
from complaints.queries.language_help import taglines
from members.audit.models import Event
from tests.complaints import stages
from tests.complaints.stages import AT, DANGEROUS

pytestmark = pytest.mark.usefixtures("policies")
MIDNIGHT_UTC = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
"""Still June where the insurer is."""


def draft(agent, row, at=AT):
    return draft_letter(actor=agent, complaint=stages.now(row), at=at).content


def section(letter, heading):
    return next(part for part in letter.sections if part.heading == heading)


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (Outcome.UPHELD, "We agree with your complaint."),
        (Outcome.PARTLY_UPHELD, "We agree with a part of your complaint."),
        (Outcome.NOT_UPHELD, "We do not agree with your complaint."),
    ],
)
def test_the_outcome_is_said_in_plain_words(agent, outcome, verdict):
    assert section(draft(agent, stages.decided(agent, outcome=outcome)), "What we decided").paragraphs[-1] == verdict


def test_reasons_evidence_and_remedy_stand_as_they_were_written(agent):
    row = stages.investigated(agent)
    stages.decide(agent, row.pk, rationale="First.\nStill first.\n\nSecond.", evidence_reviewed="A call\n\n A bill ")
    letter = draft(agent, row)
    assert section(letter, "Why we decided this").paragraphs == ("First.\nStill first.", "Second.")
    assert section(letter, "What we looked at").items == ("A call", "A bill")
    assert section(letter, "What we do about it").paragraphs == ("We pay the claim by July 1.",)


def test_without_a_remedy_nothing_is_said_of_one(agent):
    row = stages.investigated(agent)
    stages.decide(agent, row.pk, remedy_kind=RemedyKind.NONE, remedy="")
    assert "What we do about it" not in [part.heading for part in draft(agent, row).sections]


def test_the_next_level_is_that_of_the_policy_the_answer_ran_under(agent):
    standard = draft(agent, stages.decided(agent)).next_level
    assert standard.paragraphs[0].startswith("If you disagree with our decision, you can appeal")
    assert "1-800-555-0100" in standard.paragraphs[-1]
    urgent = stages.decided(agent, harm_if_waiting=True, axes=DANGEROUS)
    assert "external review" in draft(agent, urgent).next_level.paragraphs[0]


def test_it_is_addressed_dated_and_signed(agent):
    row = stages.decided(agent, postal_address="12 Elm Street\nHartford, CT 06103")
    letter = draft(agent, row, MIDNIGHT_UTC)
    assert letter.recipient == ("Joseph K", "12 Elm Street", "Hartford, CT 06103")
    assert (letter.salutation, letter.dated, letter.reference) == ("Dear Joseph K:", "June 30, 2026", row.reference)
    assert letter.signed_by == ("Ana Lee", "Complaints and appeals")


def test_who_gave_no_name_is_a_member(agent):
    letter = draft(agent, stages.decided(agent, name="", postal_address=""))
    assert (letter.recipient, letter.salutation) == (("Member",), "Dear Member:")


@pytest.mark.parametrize("language", sorted(set(Language.values) - {"en"}))
def test_every_language_is_told_of_interpreters_in_its_own_script(agent, language):
    letter = draft(agent, stages.decided(agent, language=language))
    own = [line.text for line in taglines(settings.INSURER_PHONE) if line.language.lower() == language]
    assert (letter.language, letter.language_help.split("\n")) == ("en", own)
    assert render_letter_pdf(letter).startswith(b"%PDF-")


def test_a_name_cannot_turn_the_direction_of_the_letter(agent):
    letter = draft(agent, stages.decided(agent, name="Ana\u202e\u2066Lee", postal_address="\u202b1 Elm St\u2069"))
    assert (letter.recipient, letter.salutation) == (("AnaLee", "1 Elm St"), "Dear AnaLee:")


def test_a_name_that_cannot_be_printed_stops_no_letter(agent):
    letter = draft(agent, stages.decided(agent, name="ગીતા"))
    assert letter.salutation == "Dear Member:"


def test_a_letter_that_cannot_be_printed_is_not_issued_and_its_signs_are_named(agent):
    row = stages.investigated(agent)
    stages.decide(agent, row.pk, rationale="We are sorry 😀")
    with pytest.raises(TransitionRefused, match="We cannot print these signs: 😀"):
        issue_letter(actor=agent, at=AT, complaint_id=row.pk, content=draft(agent, row), channel=LetterChannel.POST)
    assert issued_letter(actor=agent, reference=row.reference, at=AT) is None


def test_an_english_letter_needs_no_language_help(agent):
    assert draft(agent, stages.decided(agent)).language_help == ""


def test_before_the_decision_there_is_nothing_to_write(agent):
    assert draft_letter(actor=agent, complaint=stages.investigated(agent), at=AT) is None


def test_what_was_issued_is_read_again_and_every_reading_recorded(agent):
    row = stages.lettered(agent)
    letter = issued_letter(actor=agent, reference=row.reference, at=AT)
    assert (letter.content, letter.channel, letter.issued_by, letter.sent_at) == (
        stages.LETTER,
        "Post",
        "Ana Lee",
        None,
    )
    assert letter_pdf(actor=agent, reference=row.reference, at=AT).startswith(b"%PDF-")
    opened = Event.objects.filter(action="phi.opened", object_type="correspondence_letter", matter_id=row.pk)
    assert sorted(event.detail["columns"] for event in opened) == [["content"], ["pdf"]]


def test_members_read_no_letter_before_it_is_sent(agent):
    insured = stages.insured()
    row = stages.lettered(agent, by=insured)
    assert issued_letter(actor=insured.actor, reference=row.reference, at=AT) is None
