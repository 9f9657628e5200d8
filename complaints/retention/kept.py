"""What is kept besides complaints, how long, and why: kept.toml, checked when the product starts."""

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from complaints.retention.rules import LEAST, MOST, RulesBroken

PLACE = Path(__file__).with_name("kept.toml")


@dataclass(frozen=True, slots=True)
class Kept:
    """Some tables, how long what stands there is kept, and why; in the words of the screen.

    `years`: so many after its end it goes by itself. None where something else ends it, or nothing.
    """

    name: str
    until: str
    why: str
    tables: tuple[str, ...]
    years: int | None = None


@cache
def kept() -> tuple[Kept, ...]:
    """Return all that is kept besides complaints. Raises RulesBroken."""
    return parse_kept(PLACE.read_text(encoding="utf-8"))


def years_of(table: str) -> int:
    """Return how many years after its end a row of this table goes by itself. Raises LookupError if it never does."""
    for each in kept():
        if table in each.tables and each.years:
            return each.years
    raise LookupError(table)


def parse_kept(text: str) -> tuple[Kept, ...]:
    """Return what a text says is kept. Raises RulesBroken."""
    try:
        found = tomllib.loads(text).get("kept", [])
    except tomllib.TOMLDecodeError as error:
        raise RulesBroken(f"kept.toml is not TOML: {error}. Mend that line.") from error
    return tuple(_kept(entry) for entry in found)


def _kept(entry: dict[str, Any]) -> Kept:
    name, known = f"{entry.get('name', 'An entry')!r} of kept.toml", {field.name for field in fields(Kept)}
    said = entry.keys() | {"years"}
    if said != known or not all(entry[key] for key in ("name", "until", "why")):
        raise RulesBroken(f"{name} has to say {', '.join(sorted(known - {'years'}))}, and may say years.")
    years = entry.get("years")
    if years is not None and (type(years) is not int or not LEAST <= years <= MOST):
        raise RulesBroken(f"{name} says {years!r} years. Give a whole number from {LEAST} to {MOST}.")
    return Kept(entry["name"], entry["until"], entry["why"], tuple(entry["tables"]), years)
