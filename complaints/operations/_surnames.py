"""By which words the status page knows a complainant, however people write their own name.

Names are compared folded: without accents, apostrophes, titles and suffixes, and whatever the case. Every word
counts, for which of them is the surname differs: Nguyễn Văn An, Juan García Lopez, John Smith Jr. Names in Chinese,
Japanese and Korean script are one word that begins with the surname.
"""

import re
import unicodedata
from uuid import UUID

from members.privacy.blind_index import blind_index
from members.privacy.normal_forms import folded

INDEX = "complaints.complaint.surname"
NOT_NAMES = frozenset({"mr", "mrs", "ms", "dr", "prof", "jr", "sr", "ii", "iii", "iv", "md", "phd", "esq"})
BETWEEN_WORDS = re.compile(r"[\s,;/]+")
DASH = re.compile(r"[-\u2010-\u2015\u2212]")
FIRST_SIGNS = (1, 2)
"""So many signs of a name in a script without spaces can be its surname: 王, 欧阳, 田中."""


def surname_indexes(complaint_id: UUID, name: str) -> list[bytes]:
    """Return the blind indexes of all that may be the surname in a name.

    They are of this complaint only, so that nobody who reads the table can count how often a name occurs.
    """
    parts = _parts(name)
    words = {word for part in parts for word in [*part, "".join(part)]}
    return _indexed(complaint_id, words | {word[:count] for word in words if _runs_on(word) for count in FIRST_SIGNS})


def is_surname_of(complaint_id: UUID, indexes: list[bytes], surname: str) -> bool:
    """Tell whether all that was given as the surname belongs to the name that was indexed, in one word or in many."""
    words = [word for part in _parts(surname) for word in part]
    known = {bytes(index) for index in indexes}
    ways = (set(words), {"".join(words)}) if words else ()
    return any(known.issuperset(_indexed(complaint_id, way)) for way in ways)


def _parts(name: str) -> list[list[str]]:
    """Return the folded words of a name, those that a dash joins together; titles only if there is nothing else."""
    parts = [[word for piece in DASH.split(part) if (word := _folded(piece))] for part in BETWEEN_WORDS.split(name)]
    parts = [part for part in parts if part]
    return [part for part in parts if "".join(part) not in NOT_NAMES] or parts


def _folded(word: str) -> str:
    """Return only the letters and digits of a word, without accents and case."""
    return "".join(sign for sign in folded(word) if sign.isalnum())


def _runs_on(word: str) -> bool:
    """Tell whether a word is of a script that writes surname and given name as one."""
    return unicodedata.name(word[0], "").startswith(("CJK", "HANGUL"))


def _indexed(complaint_id: UUID, words: set[str]) -> list[bytes]:
    return sorted(blind_index(INDEX, f"{complaint_id} {word}") for word in words)
