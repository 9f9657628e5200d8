"""The texts that members agree to. A text that somebody has agreed to is never changed: its successor takes a version.

Each says what 45 CFR 164.508(c) wants said: which data, to whom, what for, until when, that it can be taken back, that
nothing hangs on it, and that whoever gets the data may pass it on.
"""

from dataclasses import dataclass
from hashlib import sha256

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.disclosures.vocabulary import DataClass, Purpose

RIGHTS = _(
    "I can take this back at any time. Then you stop at once. What was sent before cannot be called back. My cover and"
    " my care do not change if I say no. Who gets my data may share it with others, and the law may not stop them. It"
    " ends on the day that I choose."
)


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One version of a text, and what whoever agrees to it allows."""

    code: str
    version: int
    purpose: Purpose
    classes: frozenset[DataClass]
    title: Promise
    words: Promise

    @property
    def whole(self) -> str:
        """Return all words that somebody agrees to, in the language of the moment."""
        return f"{self.title}\n{self.words}\n{RIGHTS}"

    @property
    def digest(self) -> bytes:
        """Return the SHA-256 of these words: it proves later which ones were on show."""
        return sha256(self.whole.encode()).digest()


TEXTS: tuple[ConsentText, ...] = (
    ConsentText(
        "helper",
        1,
        Purpose.HELP,
        frozenset({DataClass.COMPLAINT, DataClass.LETTERS, DataClass.DECISION}),
        _("Somebody I trust may help me"),
        _("You may share what my complaint says, your letters and your decision with the person I name, to help me."),
    ),
    ConsentText(
        "doctor",
        1,
        Purpose.CARE,
        frozenset({DataClass.COMPLAINT, DataClass.EVIDENCE, DataClass.DECISION}),
        _("My doctor may know"),
        _(
            "You may share what my complaint says, the proof on file and your decision with the doctor I name, to care"
            " for me."
        ),
    ),
    ConsentText(
        "lawyer",
        1,
        Purpose.LEGAL_HELP,
        frozenset(DataClass),
        _("My lawyer may see my file"),
        _("You may share all that you hold about my complaint with the lawyer I name, so that I can get advice."),
    ),
)
BY_CODE = {text.code: text for text in TEXTS}
"""The versions that can be agreed to now."""
