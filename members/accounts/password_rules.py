"""What a password must be: long, and not to be guessed. No rule about its signs, which only makes people note it."""

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn
from zxcvbn.matching import L33T_TABLE

from members.accounts.password_forms import normal_form
from members.privacy.normal_forms import folded

SHORTEST, LONGEST = 15, 256
UNGUESSED = 4
"""zxcvbn's best score: more than 10 billion guesses, also by somebody who has stolen the hashes."""
LOOKED_AT = 72
"""So many signs are judged: what follows makes no password weaker, and judging takes the square of the time."""
STAND_INS = frozenset().union(*L33T_TABLE.values())
MOST_STAND_INS = 4
"""So many different signs that stand for letters (4 for a) are judged; each further one may double the time."""
LEAST_OF_ITS_OWN = 9
"""So many letters and digits stay when what others know is taken out."""
YEAR = re.compile("(?:19|20)[0-9]{2}")
IN_A_ROW = 3
"""So many words of one series (weekdays, numbers) are no chance."""
WORD = 4
"""What is shorter stands in other words by chance."""


def compact(text: str) -> str:
    """Return the letters and digits of a text, whatever their case, accents and what stands between them."""
    return "".join(sign for sign in folded(text) if sign.isalnum())


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted({compact(word) for word in words}, key=len, reverse=True)


def _lines(name: str) -> list[str]:
    return Path(__file__).with_name(name).read_text("utf-8").splitlines()


KNOWN_PHRASES = _longest_first(_lines("known_phrases.txt"))
KNOWN_SERIES = [_longest_first(line.split()) for line in _lines("known_series.txt")]
HOUSE_WORDS = _lines("known_house_words.txt")


class HardToGuess:
    """Refuses what is too short or too long, what is known to others, and what zxcvbn would guess.

    Known are sayings, series, the names of the house, and what the user's `own_words` are: address, name, number.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with what to do."""
        password = normal_form(password)
        if len(password) < SHORTEST:
            raise ValidationError(
                _("Use at least %(least)d characters. Four or more words that do not belong together are a good way.")
                % {"least": SHORTEST}
            )
        if len(password) > LONGEST:
            raise ValidationError(_("Use at most %(most)d characters.") % {"most": LONGEST})
        about = {getattr(user, "display_name", ""), *getattr(user, "own_words", ())}
        words = _words_of_the_house().union(*map(_parts, about))
        judged = _looked_at(password)
        if _is_known(password, words) or zxcvbn(judged, user_inputs=sorted(words))["score"] < UNGUESSED:
            raise ValidationError(
                _("This password is easy to guess. Use four or more words that do not belong together.")
            )

    def get_help_text(self) -> str:
        """Return the rule before anything is typed."""
        return _("At least %(least)d characters. Four or more words that do not belong together are a good way.") % {
            "least": SHORTEST
        }


def _words_of_the_house() -> set[str]:
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    return {*HOUSE_WORDS, *_parts(settings.INSURER_NAME), *_parts(host)}


def _parts(name: str) -> list[str]:
    """Return a name or an address as people put it into passwords: whole, in one word, and each word."""
    return [name, name.replace(" ", ""), *name.replace("@", " ").split()]


def _is_known(password: str, words: Collection[str]) -> bool:
    """Tell whether little is left of a password without what others know.

    Words of the person and of the house are taken out first, then years, series, and sayings.
    """
    whole = compact(password)
    rest = YEAR.sub("", _without(_longest_first(words), whole))
    for series in KNOWN_SERIES:
        if sum(word in rest for word in series) >= IN_A_ROW:
            rest = _without(series, rest, shortest=1)
    rest = _without(KNOWN_PHRASES, rest)
    return rest != whole and len(rest) < LEAST_OF_ITS_OWN


def _without(known: Collection[str], text: str, *, shortest: int = WORD) -> str:
    for phrase in known:
        if len(phrase) >= shortest:
            text = text.replace(phrase, "")
    return text


def _looked_at(password: str) -> str:
    """Return what is judged; leaving signs out only makes a password look weaker."""
    stand_ins = [sign for sign in dict.fromkeys(password) if sign in STAND_INS]
    left_out = set(stand_ins[MOST_STAND_INS:])
    return "".join(sign for sign in password if sign not in left_out)[:LOOKED_AT]
