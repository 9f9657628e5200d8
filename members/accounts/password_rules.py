"""What a password must be: long, and not to be guessed. No rule about its signs, which only makes people note it."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

SHORTEST, LONGEST = 15, 256
UNGUESSED = 4
"""zxcvbn's best score: more than 10 billion guesses, also by somebody who has stolen the hashes."""
LOOKED_AT = 72
"""So many signs are judged: what follows makes no password weaker, and judging takes the square of the time."""


class HardToGuess:
    """Refuses what is too short or too long, and what zxcvbn would guess, also from the names of the house."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with what to do."""
        if len(password) < SHORTEST:
            raise ValidationError(
                _("Use at least %(least)d characters. Four or more words that do not belong together are a good way.")
                % {"least": SHORTEST}
            )
        if len(password) > LONGEST:
            raise ValidationError(_("Use at most %(most)d characters.") % {"most": LONGEST})
        about = ["redress", "complaint", *_parts(settings.INSURER_NAME), *_parts(getattr(user, "display_name", ""))]
        if zxcvbn(password[:LOOKED_AT], user_inputs=about)["score"] < UNGUESSED:
            raise ValidationError(
                _("This password is easy to guess. Use four or more words that do not belong together.")
            )

    def get_help_text(self) -> str:
        """Return the rule before anything is typed."""
        return _("At least %(least)d characters. Four or more words that do not belong together are a good way.") % {
            "least": SHORTEST
        }


def _parts(name: str) -> list[str]:
    """Return a name as people put it into passwords: whole, in one word, and each word."""
    return [name, name.replace(" ", ""), *name.split()]
