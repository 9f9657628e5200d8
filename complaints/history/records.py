"""One line of a file of historical complaints: read, checked, or refused with a reason. Plain Python."""

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

LONGEST_LINE = 1024 * 1024
DEEPEST = 50
"""Levels of nesting: far above what a record needs, far below what the encoder of the database can take."""
LONGEST_KEY = 80
LONGEST_NAME = 200
HIGHEST_AMOUNT = Decimal(10) ** 12
MOST_ROWS = 10**9
CENT = Decimal("0.01")
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")

Pair = tuple[str, str]


class RecordRefused(ValueError):
    """A line cannot be imported; the message says why."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a source tells of one complaint. `facts` is all of it, as it was written."""

    key: str
    opened_on: date
    closed_on: date
    coverages: tuple[Pair, ...]
    reasons: tuple[Pair, ...]
    dispositions: tuple[str, ...]
    conclusions: tuple[str, ...]
    recoveries: dict[str, Decimal]
    facts: dict[str, Any]


def read_record(line: bytes, *, today: date) -> Record:
    """Return the record of one line of JSON. `today` ends history: nothing closed later. Raises RecordRefused."""
    facts = _read_object(line)
    opened_on, closed_on = _day(facts, "opened"), _day(facts, "closed")
    _check_rows(facts)
    if closed_on < opened_on:
        raise RecordRefused(f"closed on {closed_on}, before it was opened on {opened_on}")
    if closed_on > today:
        raise RecordRefused(f"closed on {closed_on}, which is in the future")
    return Record(
        key=_key(facts, "file_no"),
        opened_on=opened_on,
        closed_on=closed_on,
        coverages=_pairs(facts, "coverages"),
        reasons=_pairs(facts, "reasons"),
        dispositions=_texts(facts, "dispositions"),
        conclusions=_texts(facts, "conclusions"),
        recoveries=_recoveries(facts),
        facts=facts,
    )


def _read_object(line: bytes) -> dict[str, Any]:
    """Return a JSON object that PostgreSQL can keep as it is."""
    if len(line) > LONGEST_LINE:
        raise RecordRefused(f"the line is longer than {LONGEST_LINE:,} bytes")
    try:
        facts = json.loads(line.decode())
        text = json.dumps(facts, allow_nan=False, ensure_ascii=False)
        text.encode()
    except UnicodeDecodeError as error:
        raise RecordRefused(f"not UTF-8 at byte {error.start + 1}") from None
    except UnicodeEncodeError:
        raise RecordRefused("holds half a character (a lone surrogate)") from None
    except json.JSONDecodeError as error:
        raise RecordRefused(f"not JSON at column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise RecordRefused("nested too deeply") from None
    except ValueError:
        raise RecordRefused("holds a number that is none, or is too large") from None
    if _is_deeper(facts, DEEPEST):
        raise RecordRefused("nested too deeply")
    if NUL.search(text):
        raise RecordRefused("holds a NUL character")
    if not isinstance(facts, dict):
        raise RecordRefused(f"expected an object in braces, found {_kind(facts)}")
    return facts


def _is_deeper(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels == 0 or any(_is_deeper(item, levels - 1) for item in inner)


def _field(facts: dict[str, Any], name: str, kind: type) -> Any:
    if name not in facts:
        raise RecordRefused(f"{name} is missing")
    if not isinstance(value := facts[name], kind):
        raise RecordRefused(f"{name}: expected {_KINDS[kind]}, found {_kind(value)}")
    return value


def _key(facts: dict[str, Any], name: str) -> str:
    key = _field(facts, name, str).strip()
    if not key or len(key) > LONGEST_KEY:
        raise RecordRefused(f"{name}: expected 1 to {LONGEST_KEY} characters, found {len(key)}")
    return key


def _day(facts: dict[str, Any], name: str) -> date:
    text = _field(facts, name, str)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise RecordRefused(f"{name}: {text[:40]!r} is no date; expected one like 2024-01-31")
    return day


def _check_rows(facts: dict[str, Any]) -> None:
    """Check the number of rows that a record was made of, where it is told: reports add them up."""
    rows = facts.get("source_rows", 0)
    if type(rows) is not int or not 0 <= rows < MOST_ROWS:
        raise RecordRefused("source_rows: expected a number of rows")


def _texts(facts: dict[str, Any], name: str) -> tuple[str, ...]:
    texts = _field(facts, name, list)
    if not all(isinstance(text, str) for text in texts):
        raise RecordRefused(f"{name}: expected a list of texts")
    return tuple(dict.fromkeys(texts))


def _pairs(facts: dict[str, Any], name: str) -> tuple[Pair, ...]:
    pairs = _field(facts, name, list)
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair)):  # noqa: PLR2004
            raise RecordRefused(f"{name}: expected a list of pairs of texts")
        if max(map(len, pair)) > LONGEST_NAME:
            raise RecordRefused(f"{name}: a label is longer than {LONGEST_NAME} characters")
    return tuple(dict.fromkeys((first, second) for first, second in pairs))


def _recoveries(facts: dict[str, Any]) -> dict[str, Decimal]:
    """Return the amount of each company. It may be listed twice, as in a cross product, but with one amount."""
    amounts: dict[str, Decimal] = {}
    for item in _field(facts, "recoveries", list):
        if not (isinstance(item, list) and len(item) == 2 and isinstance(item[0], str)):  # noqa: PLR2004
            raise RecordRefused("recoveries: expected a list of pairs of company and amount")
        company, amount = item[0], _amount(item[1])
        if len(company) > LONGEST_NAME:
            raise RecordRefused(f"recoveries: a company's name is longer than {LONGEST_NAME} characters")
        if amounts.setdefault(company, amount) != amount:
            raise RecordRefused("recoveries: one company has two different amounts")
    return amounts


def _amount(value: Any) -> Decimal:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise RecordRefused(f"recoveries: expected an amount, found {_kind(value)}")
    amount = Decimal(repr(value))
    if not 0 <= amount < HIGHEST_AMOUNT or amount != amount.quantize(CENT):
        raise RecordRefused(f"recoveries: {value} is no amount of money in whole cents")
    return amount


_KINDS = {
    str: "text",
    list: "a list",
    dict: "an object",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def _kind(value: Any) -> str:
    return _KINDS[type(value)]
