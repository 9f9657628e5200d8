"""The one form in which names, words, phone numbers and numbers on cards are compared, however people write them."""

import re
import unicodedata

LETTERS = str.maketrans({"đ": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})
"""What Unicode does not take apart into a letter and its accent."""
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
EXTENSION = re.compile(r"(?:ext\.?|x|#)\s*\d+\s*$", re.IGNORECASE)
BETWEEN_SIGNS = re.compile(r"[\s\-\u2010-\u2015\u2212./]+")
FEWEST_DIGITS, MOST_DIGITS = 7, 15
HOUSE_DIGITS, HOUSE_COUNTRY = 10, "1"
"""A number of ten digits without a country is one of North America, where the house is."""


def folded(text: str) -> str:
    """Return text without case, accents, widths and signs that nobody sees."""
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFKD", UNSEEN.sub("", text).casefold()).translate(LETTERS)
    return unicodedata.normalize("NFKC", "".join(sign for sign in apart if not unicodedata.combining(sign)))


def phone_form(typed: str) -> str | None:
    """Return a phone number as in E.164, like +18605550100, or None for what is none. Extensions do not count."""
    number = EXTENSION.sub("", unicodedata.normalize("NFKC", typed).strip())
    digits = "".join(str(unicodedata.decimal(sign)) for sign in number if sign.isdecimal())
    if number.startswith("00"):
        digits = digits[2:]
    elif len(digits) == HOUSE_DIGITS and not number.startswith("+"):
        digits = HOUSE_COUNTRY + digits
    return f"+{digits}" if FEWEST_DIGITS <= len(digits) <= MOST_DIGITS else None


def number_form(typed: str) -> str:
    """Return a number of a card, claim or letter without case, spaces, dots and dashes."""
    return BETWEEN_SIGNS.sub("", folded(typed))
