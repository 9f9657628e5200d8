"""The answers of other libraries to questions of business time, of which every kept one was agreed on by several."""

import gzip
import json
from datetime import datetime
from functools import cache

import pytest

from slas.algebra import DayEnd, Line, Measure, Rule
from slas.calendar import micros, moment
from tests.shared_data import VECTORS, needs_vectors
from tests.slas.calendars import business_seconds_between, due, make_calendar

pytestmark = needs_vectors


def lines(name):
    with gzip.open(VECTORS / name, "rt") as file:
        return [json.loads(line) for line in file]


@cache
def calendar(name):
    data = json.loads((VECTORS / "calendars.json").read_text())[name]
    return make_calendar(data["tz"], data["weekly"], [datetime.fromisoformat(day).date() for day in data["holidays"]])


def at(text):
    return datetime.fromisoformat(text)


def answer(vector):
    where, start = calendar(vector["cal"]), at(vector["start"])
    match vector["op"], vector.get("unit"):
        case "add", "minutes":
            return due(where, start, vector["amount"] * 60, Measure.BUSINESS_SECONDS)
        case "add", "business_days":
            return due(where, start, vector["amount"], Measure.BUSINESS_DAYS, day_end=DayEnd.SAME_TIME)
        case "diff", _:
            return business_seconds_between(where, start, at(vector["end"]))
        case "is_open", _:
            return where.is_open(micros(start))
        case "next_open", _:
            return moment(where.next_open(micros(start)))
        case "due_with_pauses", _:
            return due_with_pauses(where, start, vector["pauses"], vector["amount"] * 60)


def due_with_pauses(where, start, pauses, seconds):
    line = Line(where, Rule(Measure.BUSINESS_SECONDS), start)
    position = line.position(micros(start)) + Measure.BUSINESS_SECONDS.units(seconds)
    for begin, end in pauses:
        if at(begin) < line.due_at(position):
            position += line.position(micros(at(end))) - line.position(micros(at(begin)))
    return line.due_at(position)


def expected(vector):
    """Return the one answer we hold to: what ends exactly at closing time ends at closing time."""
    value = vector["accept"][0] if vector["op"] in {"add", "due_with_pauses"} else vector["expected"]
    return at(value) if isinstance(value, str) else value


def differing(vectors):
    return [(vector["id"], answer(vector)) for vector in vectors if answer(vector) != expected(vector)]


def vectors_of(op):
    return [vector for vector in lines("calendar_vectors.jsonl.gz") if vector["op"] == op]


@pytest.mark.parametrize(("op", "count"), [("add", 1523), ("diff", 386), ("next_open", 153)])
def test_every_calendar_vector_is_answered_alike(op, count):
    vectors = vectors_of(op)

    assert differing(vectors) == []
    assert len(vectors) == count


def test_open_and_closed_are_told_apart_as_others_do():
    """At closing time libraries differ; we hold that it is closed, unless the next interval begins just then."""
    vectors = vectors_of("is_open")

    assert [vector["id"] for vector in vectors if answer(vector) not in vector["accept"]] == []
    assert len(vectors) == 220


def test_every_pause_vector_is_answered_alike():
    assert differing(lines("pause_vectors.jsonl.gz")) == []
