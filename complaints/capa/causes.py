"""The taxonomy of root causes: data in causes.toml, read once. No Django here."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

UNMAPPED = "unmapped"
"""The cause of what nobody has classified yet; a Pareto shows it last."""

LONGEST_CODE = 40


class TaxonomyBroken(ValueError):
    """causes.toml does not hold what it must; the message says where."""


class UnknownCause(ValueError):
    """A code that the taxonomy does not have."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One root cause: a code for the database, words for people. A retired one is shown, but no longer offered."""

    code: str
    label: str
    meaning: str
    group: str
    retired: bool = False


def read_taxonomy(path: Path) -> Mapping[str, Cause]:
    """Return the causes of a file by code, in its order. Raises TaxonomyBroken."""
    causes: dict[str, Cause] = {}
    for group in tomllib.loads(path.read_text(encoding="utf-8")).get("group", ()):
        for row in group.get("cause", ()):
            cause = _cause(row, group.get("label", ""))
            if cause.code in causes:
                raise TaxonomyBroken(f"the cause {cause.code!r} is listed twice")
            causes[cause.code] = cause
    if UNMAPPED not in causes:
        raise TaxonomyBroken(f"the cause {UNMAPPED!r} is missing: unknown labels need a place")
    return MappingProxyType(causes)


def _cause(row: dict[str, Any], group: str) -> Cause:
    try:
        cause = Cause(group=group, **row)
    except TypeError as error:
        raise TaxonomyBroken(f"a cause has the wrong keys: {row}") from error
    if not (cause.label and cause.meaning and group):
        raise TaxonomyBroken(f"the cause {cause.code!r} needs a label, a meaning and a group")
    if not cause.code.isidentifier() or cause.code != cause.code.lower() or len(cause.code) > LONGEST_CODE:
        raise TaxonomyBroken(f"{cause.code!r} is not a code: small letters and underscores, {LONGEST_CODE} at most")
    return cause


CAUSES = read_taxonomy(Path(__file__).with_name("causes.toml"))


def label(code: str) -> str:
    """Return a cause's words. A code from a newer release is shown as it is, so that no row is ever unreadable."""
    return CAUSES[code].label if code in CAUSES else code


def demand_cause(code: str) -> Cause:
    """Return the cause of a code. Raises UnknownCause."""
    if code not in CAUSES:
        raise UnknownCause(code)
    return CAUSES[code]


def offered() -> list[tuple[str, list[Cause]]]:
    """Return the causes that can be chosen, in their groups, for a list to pick from."""
    groups: dict[str, list[Cause]] = {}
    for cause in CAUSES.values():
        if not cause.retired:
            groups.setdefault(cause.group, []).append(cause)
    return list(groups.items())
