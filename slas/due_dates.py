"""Answers questions about business time, one JSON line each, without a database. Plain Python.

`manage.py due_dates` is the way in. A question names its calendar or carries it, and asks for one operation; the answer
has its id and either a result or one sentence of what is wrong with it. A wrong line never stops the others.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path
from typing import Any, Protocol

from slas.algebra import DayEnd, Line, Measure, Rule
from slas.calendar import SECOND, Calendar, CalendarFault, HorizonPassed, micros, moment, read_definition
from slas.spelling import FIRST_YEAR, LAST_YEAR
from slas.stretching_calendar import StretchingCalendar, read_plain_calendar
from slas.trace import Span, explain_due, reckon

HOUSE_CALENDARS = Path(__file__).resolve().parent / "calendars"
HOUSE_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
CHUNK = 1 << 16
LONGEST_LINE = 1_000_000
INLINE_KEPT = 256
CENTURY = 100 * 366 * 86_400
# Business days keep the time of day of the start, as every library does that the answers were compared with.
UNITS: Mapping[str, tuple[Rule, int, int]] = {  # how it counts, the algebra's units in one, at most how many
    "seconds": (Rule(Measure.BUSINESS_SECONDS), SECOND, CENTURY),
    "minutes": (Rule(Measure.BUSINESS_SECONDS), 60 * SECOND, CENTURY // 60),
    "hours": (Rule(Measure.BUSINESS_SECONDS), 3600 * SECOND, CENTURY // 3600),
    "business_days": (Rule(Measure.BUSINESS_DAYS, day_end=DayEnd.SAME_TIME), 1, CENTURY // 86_400),
    "calendar_days": (Rule(Measure.CALENDAR_DAYS, day_end=DayEnd.SAME_TIME), 1, CENTURY // 86_400),
    "elapsed_hours": (Rule(Measure.ELAPSED_SECONDS), 3600 * SECOND, CENTURY // 3600),
}

Question = dict[str, Any]


class QuestionFault(ValueError):
    """A line cannot be answered. The sentence says why and what to write instead."""


class ByteStream(Protocol):
    """What is read from: it gives what is there, so that somebody who asks line by line is answered at once."""

    def read1(self, size: int, /) -> bytes:
        """Return at most `size` bytes, as soon as there are any; none at the end."""


@dataclass(slots=True)
class Shelf:
    """The calendars that questions may name: given ones first, then the house's own files, then those they carry."""

    given: Mapping[str, Any] = field(default_factory=dict)
    _known: dict[str, StretchingCalendar | str] = field(default_factory=dict)
    _inline: dict[str, StretchingCalendar | str] = field(default_factory=dict)

    def find(self, named: Any) -> StretchingCalendar:
        """Return the calendar of that name or content. Raises CalendarFault, QuestionFault."""
        if type(named) is str:
            found = self._known.get(named) or self._keep(self._known, named, lambda: self._read(named))
        elif isinstance(named, dict):
            key = repr(named)
            if (found := self._inline.get(key)) is None:  # type: ignore[assignment]
                if len(self._inline) >= INLINE_KEPT:
                    del self._inline[next(iter(self._inline))]
                found = self._keep(self._inline, key, lambda: read_plain_calendar(named, "inline"))
        else:
            raise QuestionFault("'cal' should be the name of a calendar, or a calendar")
        if isinstance(found, str):
            raise CalendarFault(found)  # a new one: raised again, the same would grow by a trace for each line
        return found

    @staticmethod
    def _keep(
        shelf: dict[str, StretchingCalendar | str], key: str, read: Callable[[], StretchingCalendar]
    ) -> StretchingCalendar | str:
        """Return the calendar, or the sentence that refuses it."""
        try:
            shelf[key] = read()
        except CalendarFault as fault:
            shelf[key] = str(fault)
        return shelf[key]

    def _read(self, name: str) -> StretchingCalendar:
        if name in self.given:
            return read_plain_calendar(self.given[name], name)
        path = HOUSE_CALENDARS / f"{name}.toml"
        if not (HOUSE_NAME.fullmatch(name) and path.is_file()):
            raise QuestionFault(
                f"there is no calendar {name!r}; name one of --calendars or of slas/calendars, or carry it"
            )
        return StretchingCalendar(read_definition(tomllib.loads(path.read_text(encoding="utf-8")), path.name))


def read_shelf(path: Path) -> Shelf:
    """Return the calendars of a JSON file `{name: calendar}`. Raises CalendarFault if it is none."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CalendarFault(f"{path}: {error}; give a JSON file of calendars by name") from None
    if not isinstance(given, dict):
        raise CalendarFault(f"{path}: should hold an object of calendars by name")
    return Shelf(given)


def answer_all(stream: ByteStream, shelf: Shelf, *, explain: bool = False) -> Iterator[tuple[str, int]]:
    """Yield (answers as lines, how many of them refuse) for each portion of the stream, in order, as it arrives.

    Memory stays constant. Blank lines are passed over.
    """
    number = 0
    for lines in _portions(stream):
        answers, refused = [], 0
        for line in lines:
            number += 1
            if line and not line.isspace():
                text, good = _answer_line(line, number, shelf, explain=explain)
                refused += not good
                answers.append(text)
        if answers:
            answers.append("")
            yield "\n".join(answers), refused


def _portions(stream: ByteStream) -> Iterator[list[bytes]]:
    """Yield the whole lines of each chunk. Of a line that is too long just enough is kept to tell."""
    rest, start = b"", True
    while chunk := stream.read1(CHUNK):
        *lines, rest = (rest + (chunk.removeprefix(b"\xef\xbb\xbf") if start else chunk)).split(b"\n")
        rest, start = rest[: LONGEST_LINE + 1], False
        yield lines
    yield [rest]


def _answer_line(line: bytes, number: int, shelf: Shelf, *, explain: bool) -> tuple[str, bool]:
    identity = "null"
    try:
        question = _read_question(line, number)
        identity = _identity(question.get("id"))
        return f'{{"id": {identity}, {_answer(question, shelf, explain=explain)}}}', True
    except (QuestionFault, CalendarFault, HorizonPassed) as fault:
        return f'{{"id": {identity}, "error": {quoted(str(fault))}}}', False


def _refuse_constant(name: str) -> None:
    raise QuestionFault(f"{name} is no JSON number")


DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _read_question(line: bytes, number: int) -> Question:
    if len(line) > LONGEST_LINE:
        raise QuestionFault(f"line {number} is longer than {LONGEST_LINE:,} bytes")
    try:
        question = DECODER.decode(line.decode())
    except QuestionFault as fault:
        raise QuestionFault(f"line {number}: {fault}") from None
    except RecursionError:
        raise QuestionFault(f"line {number} is nested too deeply") from None
    except UnicodeDecodeError:
        raise QuestionFault(f"line {number} is not UTF-8") from None
    except ValueError as error:
        raise QuestionFault(f"line {number} is not JSON: {error}") from None
    if type(question) is not dict:
        raise QuestionFault(f"line {number} should be a JSON object")
    return question


def _identity(value: Any) -> str:
    """Return the id as JSON. Raises QuestionFault unless it is text, a number or null."""
    if type(value) is str:
        return quoted(value)
    if value is None or isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return json.dumps(value)
    raise QuestionFault("'id' should be text or a number")


def _answer(question: Question, shelf: Shelf, *, explain: bool) -> str:
    """Return the rest of the answer, `"result": …`. Raises what is wrong with the question."""
    operation = OPERATIONS.get(op) if type(op := question.get("op")) is str else None
    if operation is None:
        raise QuestionFault(f"'op' should be one of {', '.join(OPERATIONS)}")
    calendar = shelf.find(question.get("cal", question.get("calendar")))
    start = _instant(question.get("start"), "start")
    if explain and operation is _due:
        return calendar.ask(micros(start), lambda compiled: _explained(compiled, start, question))
    return calendar.ask(micros(start), lambda compiled: operation(compiled, start, question))


def _instant(text: Any, name: str) -> datetime:
    try:
        at = None if "\0" in text else datetime.fromisoformat(text)  # which would pass over the NUL
    except (TypeError, ValueError):
        at = None
    if at is None:
        raise QuestionFault(f"{name!r} should be an instant such as 2026-06-01T10:00:00Z")
    if at.tzinfo is None:
        raise QuestionFault(f"{name!r} needs Z or an offset such as -04:00, for a local time may come twice or never")
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise QuestionFault(f"{name!r} is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return at


def _due(calendar: Calendar, start: datetime, question: Question) -> str:
    rule, units = _amount(question)
    due, _ = reckon(Line(calendar, rule, start), units, _pauses(question))
    return f'"result": {_instant_text(calendar.check_within(due))}'


def _explained(calendar: Calendar, start: datetime, question: Question) -> str:
    rule, units = _amount(question)
    pauses = [(moment(begin), moment(end)) for begin, end in _pauses(question)]
    trace = explain_due(calendar, rule, start, units, pauses)
    due = calendar.check_within(micros(trace.due_at))
    return f'"result": {_instant_text(due)}, "trace": {json.dumps(trace.as_data())}'


def _amount(question: Question) -> tuple[Rule, int]:
    unit = question.get("unit")
    if type(unit) is not str or unit not in UNITS:
        raise QuestionFault(f"'unit' should be one of {', '.join(UNITS)}")
    rule, units, most = UNITS[unit]
    amount = question.get("amount")
    if type(amount) is not int or amount < 0:
        raise QuestionFault("'amount' should be a whole number, 0 or more")
    if amount > most:
        raise QuestionFault("'amount' is more than a hundred years")
    return rule, amount * units


def _pauses(question: Question) -> Iterable[Span]:
    if (pauses := question.get("pauses")) is None:
        return ()
    if not (isinstance(pauses, list) and all(isinstance(pause, list) and len(pause) == 2 for pause in pauses)):  # noqa: PLR2004
        raise QuestionFault("'pauses' should be a list of pairs of instants")
    spans = [(micros(_instant(begin, "pauses")), micros(_instant(end, "pauses"))) for begin, end in pauses]
    if any(begin > end for begin, end in spans):
        raise QuestionFault("a pause ends before it begins; give its earlier instant first")
    return spans


def _diff(calendar: Calendar, start: datetime, question: Question) -> str:
    end = _instant(question.get("end"), "end")
    spent = calendar.open_before(micros(end)) - calendar.open_before(micros(start))
    return f'"result": {spent // SECOND if spent % SECOND == 0 else spent / SECOND}'


def _is_open(calendar: Calendar, start: datetime, _: Question) -> str:
    return f'"result": {"true" if calendar.is_open(micros(start)) else "false"}'


def _next_open(calendar: Calendar, start: datetime, _: Question) -> str:
    return f'"result": {_instant_text(calendar.next_open(micros(start)))}'


def _instant_text(us: int) -> str:
    return f'"{moment(us).isoformat()[:-6]}Z"'


OPERATIONS: Mapping[str, Callable[[Calendar, datetime, Question], str]] = {
    "add": _due,
    "due_with_pauses": _due,
    "diff": _diff,
    "is_open": _is_open,
    "next_open": _next_open,
}
