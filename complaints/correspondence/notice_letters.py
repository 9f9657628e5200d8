"""The words of what a missed or moved date brings about: to the member, and to the body that the law names.

What the law wants said comes from the policy pack (`on_miss`); what is true of this complaint stands here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from complaints.correspondence.letters import LETTER_LANGUAGE, letter_day, letter_to_member
from complaints.correspondence.rendering import LetterContent, LetterSection
from complaints.enums import State
from complaints.models import Complaint
from complaints.promises import INSTANT
from members.dates import day_in_words
from slas.missed import MissAction
from slas.policy import Policy

NOT_BEGUN = gettext_lazy("Nobody has been able to look into your complaint yet. The head of our team knows.")
STANDING = MappingProxyType(
    {
        State.RECEIVED: NOT_BEGUN,
        State.ACKNOWLEDGED: NOT_BEGUN,
        State.ASSESSED: gettext_lazy("We are still looking into it. We do not yet have all that we need to decide."),
        State.INVESTIGATED: gettext_lazy("We have looked into it, but we have not decided yet."),
        State.DECIDED: gettext_lazy("We have decided, but our letter to you is not on its way yet."),
    }
)
"""Why it takes longer, by what has been done so far: the complaint's own milestones, and nothing made up."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What a clock of a complaint owes: its policy, its date, the zone that date is in, and whether it has passed."""

    policy: Policy
    due_at: datetime
    zone: ZoneInfo
    is_late: bool

    @property
    def due_on(self) -> str:
        """Return the last day to comply; what is due at midnight is due on the day that ends then."""
        return day_in_words((self.due_at - INSTANT).astimezone(self.zone))


def delay_letter(
    *, complaint: Complaint, owed: Owed, action: MissAction, hear_by: datetime, language_help: str, at: datetime
) -> LetterContent:
    """Return the letter that says why the answer takes longer, by which day the member hears from us, and the rights.

    Sealed words open, so call it inside `phi_access`.
    """
    with override(LETTER_LANGUAGE):
        opening = _("We got your complaint on %(day)s.") % {"day": letter_day(complaint.received_at)}
        limit = (
            _("By law, our answer was due by %(day)s.") if owed.is_late else _("By law, our answer is due by %(day)s.")
        )
        hearing = _("You hear from us by %(day)s: with our decision, or with word on how far we are.")
        return letter_to_member(
            complaint=complaint,
            at=at,
            title=_("Our answer to your complaint is late")
            if owed.is_late
            else _("Our answer to your complaint takes longer"),
            sections=(
                LetterSection(_("Why we write to you"), (f"{opening} {limit % {'day': owed.due_on}}", action.words)),
                LetterSection(_("Why it takes longer"), (str(STANDING[State(complaint.state)]),)),
                LetterSection(_("When you hear from us"), (hearing % {"day": letter_day(hear_by)},)),
            ),
            next_level=LetterSection(_("Your rights"), (_rule(action.clause),), action.rights),
            signed_by=str(complaint.owner or ""),
            language_help=language_help,
        )


def extension_letter(
    *, complaint: Complaint, owed: Owed, former_due_on: str, reason: str, language_help: str, at: datetime
) -> LetterContent:
    """Return the letter that says to which day the answer moves, why, and that the member can object.

    Sealed words open, so call it inside `phi_access`.
    """
    with override(LETTER_LANGUAGE):
        moved = _("Our answer to your complaint was due by %(day)s. It is now due by %(later)s.")
        objecting = _("You can object to the later day. Call us at %(phone)s or write to us.")
        rights = owed.policy.extension.rights if owed.policy.extension else ()
        return letter_to_member(
            complaint=complaint,
            at=at,
            title=_("We need more time for your complaint"),
            sections=(
                LetterSection(_("The new date"), (moved % {"day": former_due_on, "later": owed.due_on},)),
                LetterSection(_("Why we need more time"), (reason,)),
            ),
            next_level=LetterSection(
                _("If you do not agree"),
                (objecting % {"phone": settings.INSURER_PHONE}, _rule(owed.policy.clause)),
                rights,
            ),
            signed_by=str(complaint.owner or ""),
            language_help=language_help,
        )


def notice_to_body(*, complaint: Complaint, owed: Owed, action: MissAction, at: datetime) -> LetterContent:
    """Return the notice to the body that comes next. Sealed words open, so call it inside `phi_access`."""
    with override(LETTER_LANGUAGE):
        return letter_to_body(
            complaint=complaint,
            to=action.to,
            title=_("Notice of a date that was missed"),
            sections=(
                LetterSection(_("What we have to tell you"), (action.words,)),
                LetterSection(_("The case"), items=case_lines(complaint, owed)),
                LetterSection(_("Rights"), items=action.rights),
            ),
            clause=action.clause,
            at=at,
        )


def letter_to_body(
    *, complaint: Complaint, to: str, title: str, sections: Sequence[LetterSection], clause: str, at: datetime
) -> LetterContent:
    """Return a letter to somebody who is not the member."""
    return LetterContent(
        title=title,
        reference=complaint.reference,
        dated=letter_day(at),
        recipient=(to[:1].upper() + to[1:],),
        salutation=_("To whom it may concern:"),
        sections=tuple(sections),
        next_level=LetterSection(
            _("How to reach us"),
            (
                _("Call us at %(phone)s and give the reference of this letter.") % {"phone": settings.INSURER_PHONE},
                _rule(clause),
            ),
        ),
        closing=_("Sincerely,"),
        signed_by=(_("Complaints and appeals"),),
        insurer=settings.INSURER_NAME,
        phone=settings.INSURER_PHONE,
        language=LETTER_LANGUAGE,
    )


def case_lines(complaint: Complaint, owed: Owed) -> tuple[str, ...]:
    """Return what identifies a case to a body that may know of it; sealed words open."""
    lines = (
        (_("Reference"), complaint.reference),
        (_("Name"), complaint.complainant_name),
        (_("Member number"), complaint.member_number),
        (_("Received"), letter_day(complaint.received_at)),
        (_("What was owed"), f"{owed.policy.title} ({owed.policy.clause})"),
        (_("Due"), owed.due_on),
        (_("State"), State(complaint.state).label),
    )
    return tuple(f"{name}: {value}" for name, value in lines if value)


def _rule(clause: str) -> str:
    return _("We write this letter because of this rule: %(clause)s.") % {"clause": clause}
