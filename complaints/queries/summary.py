"""What a complaint says, on a page or two, for somebody whom its member has agreed to.

It adds no name and no contact. The complainant's own words go as they were written, with whatever they name.
"""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from complaints.correspondence.letters import LETTER_LANGUAGE
from complaints.correspondence.printable import printable_text
from complaints.correspondence.rendering import LetterSection, Record, render_record_pdf
from complaints.enums import State, Topic
from complaints.models import Complaint
from members.dates import day_in_words


def summary_pdf(complaint: Complaint) -> bytes:
    """Return the summary. Its words open, so call it inside `phi_access`."""
    with override(LETTER_LANGUAGE):
        facts = (
            (_("Received"), day_in_words(complaint.received_at.astimezone(ZoneInfo(settings.HOUSE_TIME_ZONE)).date())),
            (_("About"), Topic(complaint.topic).label),
            (_("Where it stands"), State(complaint.state).label),
        )
        sections = (
            LetterSection(_("The complaint"), items=tuple(f"{name}: {value}" for name, value in facts)),
            LetterSection(_("What happened"), _paragraphs(complaint.narrative)),
            LetterSection(_("What would make it right"), _paragraphs(complaint.desired_outcome or "")),
        )
        title = _("Summary of a complaint")
    told = tuple(section for section in sections if section.items or section.paragraphs)
    return render_record_pdf(Record(title, complaint.reference, settings.INSURER_NAME, told, LETTER_LANGUAGE))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(printable_text(part) for part in text.split("\n\n") if part.strip())
