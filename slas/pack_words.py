"""The words that every part of a policy pack is read with: its refusal, its marks, its texts and days. Plain Python."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class PackFault(ValueError):
    """A policy pack cannot be used as it is written. The sentence says where and what to change."""


class Mark(StrEnum):
    """How sure we are of a number: read in the primary text, in a secondary source, or general knowledge."""

    VERIFIED = "V"
    SECONDARY = "S"
    KNOWN = "K"


def read_text(block: Mapping[str, Any], name: str, where: str) -> str:
    """Return a text that must be there. Raises PackFault."""
    value = block.get(name)
    if not (isinstance(value, str) and value.strip()):
        raise PackFault(f"{where}: {name!r} is missing or empty; add it")
    return value.strip()


def read_day(block: Mapping[str, Any], name: str, where: str) -> date:
    """Return a date that must be there. Raises PackFault."""
    value = block.get(name)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise PackFault(f"{where}: {name!r} must be a date such as {name} = 2026-01-01")
    return value


def read_mark(block: Mapping[str, Any], where: str) -> Mark:
    """Return how sure we are of a number. Raises PackFault."""
    try:
        return Mark(block.get("mark", ""))
    except ValueError:
        raise PackFault(
            f"{where}: 'mark' must be V (primary text), S (secondary source) or K (to be confirmed)"
        ) from None
