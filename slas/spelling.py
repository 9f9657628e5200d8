"""Names, years and entries of the files that people write, packs and calendars alike. Plain Python."""

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

NAME = re.compile(r"[a-z0-9_-]+")
NAME_RULE = "write it with small letters, digits, - and _ alone, such as us-ca"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
FIRST_YEAR, LAST_YEAR = 1970, 2100
SHOWN = 60  # characters of an entry's name that a refusal repeats


def unknown_entry(names: Iterable[str], known: Collection[str]) -> str:
    """Return the sentence that refuses the first entry that nobody reads, with the nearest known one; "" for none."""
    for name in names:
        if name not in known:
            near = get_close_matches(name[:SHOWN], known, n=1)
            cure = f"write {near[0]}" if near else f"take it out; known are {', '.join(known)}"
            return f"there is no entry {name[:SHOWN]!r}; {cure}"
    return ""
