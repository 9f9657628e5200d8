"""Names of files: as people wrote them, less what deceives the eye or breaks a line."""

import unicodedata

from complaints.files.kinds import ENDINGS

LONGEST = 120
JOINERS = "\u200c\u200d"
"""Signs without a width that Persian, Hindi and emoji need."""
SEPARATORS = str.maketrans(dict.fromkeys("/\\\u2028\u2029", " "))


def clean_name(name: str) -> str:
    """Return the name in one line of at most 120 signs, without control signs, hidden signs and changes of direction.

    A long name keeps its ending. Names of nothing but such signs become "file".
    """
    shown = "".join(_shown(sign) for sign in unicodedata.normalize("NFC", name).translate(SEPARATORS))
    tidy = " ".join(shown.split()).strip(". ")
    if len(tidy) <= LONGEST:
        return tidy or "file"
    stem, dot, ending = tidy.rpartition(".")
    tail = f"{dot}{ending}" if stem and len(ending) <= len("jpeg") else ""
    return f"{tidy[: LONGEST - len(tail) - 1].rstrip()}…{tail}"


def name_as(name: str, media_type: str) -> str:
    """Return the name with the ending of what the file is, whatever it was called."""
    stem, _dot, ending = name.rpartition(".")
    right = ENDINGS.get(media_type, ("bin",))
    if stem and ending.lower() in right:
        return name
    return f"{stem if stem and ending.lower() in {'heic', 'heif'} else name}.{right[0]}"


def _shown(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category.startswith("C") and sign not in JOINERS else sign
