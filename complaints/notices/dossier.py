"""The file for an external review: everything on record about a complaint, in parts, with an index page first.

Which of it the law asks for stands in the policy pack (`holds`); the index says for each where it is in the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from mimetypes import guess_extension
from types import MappingProxyType
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from complaints.correspondence.letters import LETTER_LANGUAGE
from complaints.correspondence.models import Letter, Notice
from complaints.correspondence.notice_letters import Owed, case_lines, letter_to_body
from complaints.correspondence.printable import printable, printable_text
from complaints.correspondence.rendering import (
    LetterContent,
    LetterSection,
    Record,
    render_letter_pdf,
    render_record_pdf,
)
from complaints.files.store import read_whole
from complaints.models import Complaint, Enclosure
from complaints.models.part import PartOfComplaint
from complaints.notices.records import clocks, correspondence, decision, evidence, statement, timeline
from slas.missed import MissAction

ZIP = "application/zip"
REASON = "what the external reviewer is to see"
COMPLAINT, LETTERS, EVIDENCE, DECISION, TIMELINE = (
    "complaint",
    "letters and messages",
    "evidence",
    "decision",
    "timeline",
)
SECTIONS = MappingProxyType(
    {
        COMPLAINT: statement,
        LETTERS: correspondence,
        EVIDENCE: evidence,
        DECISION: decision,
        TIMELINE: lambda complaint, at: timeline(complaint, at) + clocks(complaint, at),
    }
)
HELD_IN = MappingProxyType(
    {
        "the request and every letter, with dates of receipt and dispatch": (COMPLAINT, LETTERS),
        "the denial notice and the notice of rights": (LETTERS, DECISION),
        "medical records and clinical criteria that were used": (EVIDENCE,),
        "names and qualifications of those who decided": (DECISION,),
        "a timeline of every step and its due date": (TIMELINE,),
    }
)
"""In which parts of the file a reviewer finds what a pack says that it holds."""


@dataclass(frozen=True, slots=True)
class Part:
    """One document of the file."""

    name: str
    content: bytes


def review_file(*, complaint: Complaint, owed: Owed, action: MissAction, at: datetime) -> tuple[LetterContent, bytes]:
    """Return the index page and the whole file, a ZIP. Sealed words open, so call it inside `phi_access`."""
    records = [(name, sections(complaint, at)) for name, sections in SECTIONS.items()]
    names = {name: f"{number:02} {name}.pdf" for number, name in enumerate(SECTIONS, 1)}
    parts = [Part(names[name], _record(complaint, name, found)) for name, found in records]
    parts += _documents(complaint)
    index = printable(_index(complaint, owed, action, names, [part.name for part in parts], at))
    return index, _zipped([Part("00 index.pdf", render_letter_pdf(index)), *parts], at)


def _index(
    complaint: Complaint, owed: Owed, action: MissAction, names: dict[str, str], files: list[str], at: datetime
) -> LetterContent:
    rights = [LetterSection(_("What the member was told"), items=action.rights)] if action.rights else []
    holds = tuple(f"{held}: {', '.join(names[part] for part in HELD_IN[held])}" for held in action.holds)
    return letter_to_body(
        complaint=complaint,
        to=action.to,
        title=_("File for the external review"),
        sections=(
            LetterSection(_("Why this file was made"), (action.words,)),
            LetterSection(_("The case"), items=case_lines(complaint, owed)),
            LetterSection(_("What the rule asks for, and where it is"), items=holds),
            LetterSection(_("All documents of this file"), items=tuple(files)),
            *rights,
        ),
        clause=action.clause,
        at=at,
    )


def _record(complaint: Complaint, name: str, sections: list[LetterSection]) -> bytes:
    drawn = tuple(
        LetterSection(
            printable_text(section.heading),
            tuple(map(printable_text, section.paragraphs)),
            tuple(map(printable_text, section.items)),
        )
        for section in sections
    )
    title = name.capitalize()
    return render_record_pdf(Record(title, complaint.reference, settings.INSURER_NAME, drawn, LETTER_LANGUAGE))


def _documents(complaint: Complaint) -> Iterator[Part]:
    """Yield the letters as they went out, the files as they came in, and the complainant's own words, sign for sign."""
    yield Part("complaint/words.txt", complaint.narrative.encode())
    letters = [("decision letter", row.issued_at, row.pdf) for row in _rows(Letter, complaint)]
    notices = [row for row in _rows(Notice, complaint) if row.media_type != ZIP]
    letters += [(row.kind.replace("_", " "), row.made_at, row.file) for row in notices]
    for number, (name, at, content) in enumerate(letters, 1):
        yield Part(f"letters/{number:02} {name} {_day(at)}.pdf", bytes(content))
    for number, row in enumerate(_rows(Enclosure, complaint), 1):
        if row.is_served:
            yield Part(f"enclosures/{number:02}{guess_extension(row.media_type) or ''}", read_whole(row))


def _day(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(settings.HOUSE_TIME_ZONE)):%Y-%m-%d}"


def _rows(model: type[PartOfComplaint], complaint: Complaint) -> list:
    return list(model.objects.unscoped(REASON).filter(complaint_id=complaint.pk).order_by("pk"))


def _zipped(parts: list[Part], at: datetime) -> bytes:
    """Return the parts packed in this order; the same parts give the same bytes."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for part in parts:
            entry = ZipInfo(part.name, at.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, part.content)
    return packed.getvalue()
