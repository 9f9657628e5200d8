"""The words that every part of a policy pack is read with: its refusal, its marks, its texts and days. Plain Python.

Each function takes a table of the pack and the place that refusals name, and raises PackFault.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from slas.spelling import CONTROL, FIRST_YEAR, LAST_YEAR, NAME, NAME_RULE, unknown_entry

LINK = re.compile(r"https://[^\s\"'<>\\]+")
Choice = TypeVar("Choice", bound=StrEnum)


class PackFault(ValueError):
    """A policy pack cannot be used as it is written. The sentence says where and what to change."""


class Mark(StrEnum):
    """How sure we are of a number: read in the primary text, in a secondary source, or general knowledge."""

    VERIFIED = "V"
    SECONDARY = "S"
    KNOWN = "K"


def check_entries(block: Mapping[str, Any], known: Collection[str], where: str) -> None:
    """Refuse an entry that nobody reads, for its writer believes that it counts."""
    if sentence := unknown_entry(block, known):
        raise PackFault(f"{where}: {sentence}")


def read_text(block: Mapping[str, Any], name: str, where: str) -> str:
    """Return a text that must be there."""
    if not (text := read_words(block, name, where)):
        raise PackFault(f"{where}: {name!r} is missing or empty; add it")
    return text


def read_words(block: Mapping[str, Any], name: str, where: str) -> str:
    """Return a text that may be missing."""
    value = block.get(name, "")
    if not isinstance(value, str):
        raise PackFault(f"{where}: {name!r} must be a text in quotes")
    if CONTROL.search(value):
        raise PackFault(f"{where}: {name!r} holds a control character; take it out")
    return value.strip()


def read_name(block: Mapping[str, Any], name: str, where: str) -> str:
    """Return a name, which becomes part of addresses."""
    if not NAME.fullmatch(text := read_text(block, name, where)):
        raise PackFault(f"{where}: {name!r} is {text!r}; {NAME_RULE}")
    return text


def read_link(block: Mapping[str, Any], name: str, where: str) -> str:
    """Return an address that may stand on a page, or nothing."""
    if (text := read_words(block, name, where)) and not LINK.fullmatch(text):
        raise PackFault(f"{where}: {name!r} must begin with https:// and hold no space; write the address in full")
    return text


def read_texts(block: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    """Return the texts of a list that may be missing."""
    values = block.get(name, [])
    if not (isinstance(values, list) and all(isinstance(value, str) and value.strip() for value in values)):
        raise PackFault(f'{where}: {name!r} must be a list of texts such as {name} = ["one", "two"]')
    if any(CONTROL.search(value) for value in values):
        raise PackFault(f"{where}: {name!r} holds a control character; take it out")
    return tuple(values)


def read_known(block: Mapping[str, Any], name: str, known: Collection[str], where: str) -> tuple[str, ...]:
    """Return the words of a list that may be missing; each must be one that the product acts on."""
    words = read_texts(block, name, where)
    for word in words:
        check_known(word, name, known, where)
    return words


def check_known(word: str, name: str, known: Collection[str], where: str) -> None:
    """Refuse a word that the product does not act on."""
    if word not in known:
        raise PackFault(f"{where}: {name!r} knows no {word!r}; use {', '.join(known)}")


def read_choice(block: Mapping[str, Any], name: str, default: Choice, where: str) -> Choice:
    """Return one of the words of an enum, or the default where nothing is written."""
    value, choices = block.get(name, default), type(default)
    if not (isinstance(value, str) and value in tuple(choices)):
        said = repr(value) if isinstance(value, str) else "it is no text"
        raise PackFault(f"{where}: {name!r} is one of {', '.join(choices)}; {said} is not")
    return choices(value)


def read_flag(block: Mapping[str, Any], name: str, where: str, *, default: bool) -> bool:
    """Return true or false."""
    value = block.get(name, default)
    if not isinstance(value, bool):
        raise PackFault(f"{where}: {name!r} must be true or false, without quotes")
    return value


def read_number(block: Mapping[str, Any], name: str, where: str, *, most: int) -> int:
    """Return a whole number from 1 to `most` that must be there."""
    value = block.get(name)
    if not (type(value) is int and 1 <= value <= most):
        raise PackFault(f"{where}: {name!r} must be a whole number from 1 to {most}, without quotes")
    return value


def read_tables(block: Mapping[str, Any], name: str, where: str) -> list[Mapping[str, Any]]:
    """Return the tables of a list that may be missing."""
    tables = block.get(name, [])
    if not (isinstance(tables, list) and all(isinstance(table, dict) for table in tables)):
        header = name if name == "obligation" else f"obligation.{name}"
        raise PackFault(f"{where}: write each {name} below a line [[{header}]], in two brackets")
    return tables


def read_day(block: Mapping[str, Any], name: str, where: str) -> date:
    """Return a date that must be there."""
    value = block.get(name)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise PackFault(f"{where}: {name!r} must be a date such as {name} = 2026-01-01")
    _check_year(value, name, where)
    return value


def read_moment(block: Mapping[str, Any], name: str, where: str) -> datetime:
    """Return an instant that must be there."""
    return check_moment(block.get(name), name, where)


def check_moment(value: Any, name: str, where: str) -> datetime:
    """Return a value if it is an instant with its offset."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise PackFault(
            f"{where}: {name!r} needs a date, a time and an offset, such as {name} = 2026-06-01T10:00:00-04:00"
        )
    _check_year(value, name, where)
    return value


def _check_year(value: date, name: str, where: str) -> None:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PackFault(f"{where}: {name!r} must lie in the years {FIRST_YEAR} to {LAST_YEAR}")


def read_mark(block: Mapping[str, Any], where: str) -> Mark:
    """Return how sure we are of a number."""
    if (value := block.get("mark")) not in tuple(Mark):
        raise PackFault(f"{where}: 'mark' must be V (primary text), S (secondary source) or K (to be confirmed)")
    return Mark(value)
