"""How long what is kept, read from rules.toml and checked when the product starts (45 CFR 164.316(b)(2)(i))."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from complaints.enums import LineOfBusiness

LEAST = 6
"""Years. No rule keeps anything shorter; the database refuses it as well (migration 0002)."""
MOST = 100
PLACE = Path(__file__).with_name("rules.toml")


class RulesBroken(ValueError):
    """The rules cannot be used; the message names the rule and the cure."""


class What(StrEnum):
    """What a rule keeps."""

    COMPLAINT = "complaint"


class Moment(StrEnum):
    """From when the years are counted: the end of the last complaint of a series, or what was last noted of it."""

    SERIES_ENDED = "series_ended"


class Mark(StrEnum):
    """How sure the clause is."""

    READ = "V"
    TO_CONFIRM = "K"


@dataclass(frozen=True, slots=True)
class Rule:
    """So many years from a moment on, by a clause; of no line of business in particular, it holds for all others."""

    code: str
    name: str
    what: What
    counted_from: Moment
    years: int
    clause: str
    mark: Mark
    lines_of_business: frozenset[str] = frozenset()

    @property
    def is_to_confirm(self) -> bool:
        """Tell whether counsel has to confirm its clause."""
        return self.mark is Mark.TO_CONFIRM

    def cutoff(self, at: datetime) -> datetime:
        """Return the moment that lies the rule's years before another; of February 29 it is the 28th."""
        return years_before(at, self.years)


def years_before(at: datetime, years: int) -> datetime:
    """Return the same day and time so many years ago, or February 28 where there is no 29th."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, day=28)


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules of the product, the longest first. Raises RulesBroken."""
    return parse_rules(PLACE.read_text(encoding="utf-8"))


def rule_for(line_of_business: str, among: Sequence[Rule]) -> Rule:
    """Return the rule by which a complaint is kept: the longest that names its line, else the one that names none."""
    named = [rule for rule in among if line_of_business in rule.lines_of_business]
    return max(named or [rule for rule in among if not rule.lines_of_business], key=lambda rule: rule.years)


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Return the rules that a text holds. Raises RulesBroken."""
    try:
        tables = tomllib.loads(text).get("rule", [])
    except tomllib.TOMLDecodeError as error:
        raise RulesBroken(f"The retention rules are not TOML: {error}. Mend that line.") from error
    found = [_rule(table) for table in tables]
    if len({rule.code for rule in found}) < len(found):
        raise RulesBroken("Two retention rules have the same code. Give each its own.")
    if sum(not rule.lines_of_business for rule in found) != 1:
        raise RulesBroken("Exactly one retention rule names no lines_of_business: it holds for all others.")
    return tuple(sorted(found, key=lambda rule: (-rule.years, rule.code)))


def _rule(table: dict[str, Any]) -> Rule:
    name = f"The retention rule {table.get('code', 'without a code')!r}"
    known = {field.name for field in fields(Rule)}
    if strange := sorted(table.keys() - known):
        raise RulesBroken(f"{name} has {', '.join(strange)}, which nobody reads. Take it out.")
    if missing := sorted(known - {"lines_of_business"} - table.keys()):
        raise RulesBroken(f"{name} lacks {', '.join(missing)}. Add it.")
    years = table["years"]
    if type(years) is not int or not LEAST <= years <= MOST:
        raise RulesBroken(f"{name} says {years!r} years. Give a whole number from {LEAST} to {MOST}.")
    lines = frozenset(table.get("lines_of_business", ()))
    if strange := sorted(lines - set(LineOfBusiness.values)):
        raise RulesBroken(f"{name} names {', '.join(strange)}, which is no line of business.")
    for key in ("code", "name", "clause"):
        if not isinstance(table[key], str) or not table[key].strip():
            raise RulesBroken(f"{name} has no {key}. Say it.")
    try:
        what, moment, mark = What(table["what"]), Moment(table["counted_from"]), Mark(table["mark"])
    except ValueError as error:
        raise RulesBroken(f"{name}: {error}. Take one that rules.py knows.") from error
    return Rule(table["code"], table["name"], what, moment, years, table["clause"], mark, lines)
