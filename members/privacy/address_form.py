"""The one form in which two postal addresses are compared, however people write them: number, street, flat, ZIP code.

Town and state are left out, for the ZIP code says them; so is whatever stands on other lines.
"""

import re
import unicodedata

from members.privacy.normal_forms import folded

ZIP = re.compile(r"(?<!\d)(\d{5})(?:-?\d{4})?[\s,.]*(?:U\.?S\.?A?\.?|United States)?$", re.IGNORECASE)
BOX = re.compile(r"\bp\.?\s*o\.?\s*box\b", re.IGNORECASE)
BETWEEN_LINES, BETWEEN_WORDS = re.compile(r"[\n\r,;]+"), re.compile(r"[\s./]+")
NUMBER, POINT = re.compile(r"\d+[a-z]?"), re.compile(r"[nsew]")
STREETS = {
    "alley": "aly", "avenue": "ave", "av": "ave", "boulevard": "blvd", "circle": "cir", "court": "ct", "drive": "dr",
    "expressway": "expy", "highway": "hwy", "lane": "ln", "parkway": "pkwy", "place": "pl", "road": "rd",
    "square": "sq", "street": "st", "str": "st", "terrace": "ter", "trail": "trl", "turnpike": "tpke",
}  # fmt: skip
"""Kinds of streets as the post shortens them (USPS Publication 28, appendix C1)."""
POINTS = {"north": "n", "south": "s", "east": "e", "west": "w"}
SHORT = STREETS | POINTS
KINDS = frozenset(STREETS.values()) | {"way"}
FLATS = frozenset({"apt", "apartment", "unit", "ste", "suite", "rm", "room", "fl", "floor", "no"})


def address_form(typed: str) -> str | None:
    """Return an address in its one form, None without a ZIP code or a street."""
    text = BOX.sub("po box", unicodedata.normalize("NFKC", typed).strip())
    found = ZIP.search(text)
    lines = [line for part in BETWEEN_LINES.split(text[: found.start()] if found else "") if (line := _words(part))]
    street = next((line for line in lines if _begins_a_street(line)), None)
    if found is None or street is None:
        return None
    words, rest = _street(street)
    flat = _flat(rest) or next((flat for line in lines if line is not street and (flat := _flat(line))), "")
    return "|".join((" ".join(words), flat, found.group(1)))


def _words(line: str) -> list[str]:
    return [SHORT.get(word, word) for word in BETWEEN_WORDS.split(folded(line.replace("#", " # "))) if word]


def _begins_a_street(line: list[str]) -> bool:
    """Tell whether a line begins with the number of a house, or is a box at the post office."""
    return len(line) > 1 and (line[0][0].isdigit() or line[0] == "po")


def _street(line: list[str]) -> tuple[list[str], list[str]]:
    """Return the words up to the kind of street, which follows a name, and the rest; all up to a flat if it has none.

    What follows on one line is the town, but for what belongs to the street: "State Road 84 West".
    """
    for place, word in enumerate(line):
        if word in FLATS or word == "#":
            return line[:place], line[place:]
        if word in KINDS and place > 1 and line[place - 1] not in POINTS.values():
            end = place + 1
            for form in (NUMBER, POINT):
                end += bool(line[end:] and form.fullmatch(line[end]))
            return line[:end], line[end:]
    return line, []


def _flat(line: list[str]) -> str:
    """Return the number of the flat that a line begins with, "" for none."""
    signs = [word for word in line if word not in FLATS and word != "#"]
    return signs[0] if line and signs and (line[0] in FLATS or line[0] == "#") else ""
