"""The decision letter's words: decision, rationale, evidence reviewed, remedy and the next level (ISO 10002 7.8)."""

from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from complaints.correspondence.addressee import recipient_of
from complaints.correspondence.rendering import LetterContent, LetterSection, letter_fonts
from complaints.correspondence.typefaces import cleaned, missing_signs
from complaints.enums import Outcome
from complaints.models import Complaint, Decision
from members.dates import day_in_words

LETTER_LANGUAGE = "en"
"""Letters go out in English until a language's words are reviewed; language help goes with them."""

DIRECTION_SIGNS = MappingProxyType(dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))

VERDICTS = MappingProxyType(
    {
        Outcome.UPHELD: gettext_lazy("We agree with your complaint."),
        Outcome.PARTLY_UPHELD: gettext_lazy("We agree with a part of your complaint."),
        Outcome.NOT_UPHELD: gettext_lazy("We do not agree with your complaint."),
    }
)


def decision_letter(
    *, complaint: Complaint, decision: Decision, next_level: str, language_help: str, at: datetime
) -> LetterContent:
    """Return the letter that tells of a decision; sealed words open, so call it inside `phi_access`.

    `next_level` are the rights of whoever does not agree, from the policy that the complaint runs under.
    """
    with override(LETTER_LANGUAGE):
        return letter_to_member(
            complaint=complaint,
            at=at,
            title=_("Our decision about your complaint"),
            sections=_sections(complaint, decision),
            next_level=LetterSection(_("If you do not agree"), (*_paragraphs(next_level), _how_to_ask())),
            signed_by=str(decision.decided_by or ""),
            language_help=language_help,
        )


def letter_to_member(
    *,
    complaint: Complaint,
    at: datetime,
    title: str,
    sections: Iterable[LetterSection],
    next_level: LetterSection,
    signed_by: str,
    language_help: str,
) -> LetterContent:
    """Return a letter with what all letters to members have; name and address open, so call it in `phi_access`."""
    whose, address = recipient_of(complaint, at=at)
    name = _printable_name(whose) or _("Member")
    return LetterContent(
        title=title,
        reference=complaint.reference,
        dated=letter_day(at),
        recipient=(name, *_lines(_without_direction(address))),
        salutation=_("Dear %(name)s:") % {"name": name},
        sections=tuple(sections),
        next_level=next_level,
        closing=_("Sincerely,"),
        signed_by=(*_lines(signed_by), _("Complaints and appeals")),
        insurer=settings.INSURER_NAME,
        phone=settings.INSURER_PHONE,
        language=LETTER_LANGUAGE,
        language_help=language_help,
    )


def _sections(complaint: Complaint, decision: Decision) -> list[LetterSection]:
    opening = _(
        "Thank you for telling us what went wrong. We got your complaint on %(day)s and looked into it. This letter "
        "tells you what we decided, why, and what you can do if you do not agree."
    ) % {"day": letter_day(complaint.received_at)}
    sections = [
        LetterSection(_("What we decided"), (opening, str(VERDICTS[decision.outcome]))),
        LetterSection(_("Why we decided this"), _paragraphs(decision.rationale)),
        LetterSection(_("What we looked at"), items=_lines(decision.evidence_reviewed)),
    ]
    if remedy := _paragraphs(decision.remedy or ""):
        sections.append(LetterSection(_("What we do about it"), remedy))
    return sections


def _how_to_ask() -> str:
    return _("To ask for it, call us at %(phone)s or write to us. Give the reference of this letter.") % {
        "phone": settings.INSURER_PHONE
    }


def letter_day(moment: datetime) -> str:
    """Return a day as letters write it, where the insurer is."""
    return day_in_words(moment.astimezone(ZoneInfo(settings.HOUSE_TIME_ZONE)))


def _printable_name(name: str) -> str:
    """Return a name as a letter can print it, "" if it cannot: nobody can rewrite a name, and the letter has to go."""
    plain = _without_direction(name)
    return "" if missing_signs(cleaned(plain, letter_fonts()), letter_fonts()) else plain


def _without_direction(text: str) -> str:
    """Return what a member typed without the signs that turn the direction of whatever follows."""
    return text.translate(DIRECTION_SIGNS).strip()


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _paragraphs(text: str) -> tuple[str, ...]:
    """Return what blank lines divide; a single line end stays within its paragraph."""
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())
