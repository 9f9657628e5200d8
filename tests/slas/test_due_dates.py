"""The tool for everybody, run as people run it: a process that reads lines and writes lines."""

import gzip
import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from traceback import walk_tb

import pytest

from slas.calendar import CalendarFault
from slas.due_dates import Shelf, answer_all, read_shelf
from tests.shared_data import VECTORS, needs_vectors
from tests.slas.test_vectors import lines

ROOT = Path(__file__).resolve().parents[2]
OFFICE = {"tz": "America/New_York", "weekly": {"mon": [["09:00", "17:00"]], "tue": [["09:00", "17:00"]]}}
START = "2026-06-01T13:00:00Z"  # Monday, nine o'clock
ADD = {"id": 1, "cal": OFFICE, "op": "add", "start": START, "amount": 60, "unit": "minutes"}


def command(*args, text=b""):
    call = [sys.executable, "manage.py", "due_dates", *map(str, args)]
    done = subprocess.run(call, cwd=ROOT, input=text, capture_output=True, timeout=120, check=False)  # noqa: S603
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def ask(*questions, shelf=None, explain=False):
    """Return the answers to questions that are objects, or lines as they are."""
    written = [question if isinstance(question, bytes) else json.dumps(question).encode() for question in questions]
    answers = answer_all(BytesIO(b"\n".join(written)), shelf or Shelf(), explain=explain)
    return [json.loads(line) for text, _ in answers for line in text.splitlines()]


def result(**changes):
    (answer,) = ask({name: value for name, value in (ADD | changes).items() if value is not None})
    return answer.get("result", answer.get("error"))


@needs_vectors
def test_the_command_answers_every_vector_as_other_libraries_do(tmp_path):
    vectors = lines("calendar_vectors.jsonl.gz") + lines("pause_vectors.jsonl.gz")
    questions = tmp_path / "questions.jsonl"
    with questions.open("wb") as file:
        for name in ("calendar_vectors.jsonl.gz", "pause_vectors.jsonl.gz"):
            file.write(gzip.decompress((VECTORS / name).read_bytes()))

    status, answers, _ = command(questions, "--calendars", VECTORS / "calendars.json")

    assert status == 0
    assert [answer["id"] for answer in answers] == [vector["id"] for vector in vectors]
    wrong = [
        vector["id"]
        for vector, answer in zip(vectors, answers, strict=True)
        if answer["result"] not in accepted(vector)
    ]
    assert wrong == []
    assert len(answers) == 2445


def accepted(vector):
    """Return the first of two conventions, the closing instant, for a due date; else whatever is accepted."""
    if vector["op"] in {"add", "due_with_pauses"}:
        return vector["accept"][:1]
    return vector.get("accept", [vector["expected"]])


def test_the_status_tells_whether_lines_were_refused_or_nothing_could_be_read(tmp_path):
    good, bad = json.dumps(ADD).encode(), b"nonsense"
    (tmp_path / "broken.json").write_text("{")

    assert command(text=good) == (0, [{"id": 1, "result": "2026-06-01T14:00:00Z"}], "")
    status, answers, _ = command(text=bad + b"\n" + good)
    assert (status, [sorted(answer) for answer in answers]) == (1, [["error", "id"], ["id", "result"]])
    assert command(tmp_path / "absent.jsonl")[0] == 2
    status, answers, words = command("--calendars", tmp_path / "broken.json", text=good)
    assert (status, answers) == (2, [])
    assert "give a JSON file of calendars by name" in words
    assert command("--loud")[0] == 2


def test_a_question_on_a_pipe_is_answered_before_the_next_one_is_asked():
    with subprocess.Popen(
        [sys.executable, "manage.py", "due_dates"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        for number in range(2):
            process.stdin.write(json.dumps(ADD | {"id": number}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait() == 0


def test_each_unit_counts_its_own_way():
    assert result(amount=16, unit="hours") == "2026-06-02T21:00:00Z"
    assert result(amount=1, unit="seconds") == "2026-06-01T13:00:01Z"
    assert result(amount=2, unit="business_days") == "2026-06-08T13:00:00Z"
    assert result(amount=30, unit="calendar_days", start="2026-10-05T13:00:00Z") == "2026-11-04T14:00:00Z"
    assert result(amount=72, unit="elapsed_hours", cal="house") == "2026-06-04T13:00:00Z"
    assert result(amount=2, unit="business_days", cal="house", start="2026-07-02T13:00:00Z") == "2026-07-07T13:00:00Z"


def test_opening_hours_are_told_and_the_time_between_is_counted_with_its_sign():
    assert result(op="is_open") is True
    assert result(op="is_open", start="2026-06-01T21:00:00Z") is False
    assert result(op="next_open", start="2026-06-02T21:00:00Z") == "2026-06-08T13:00:00Z"
    assert result(op="diff", end="2026-06-08T13:30:00Z") == 16 * 3600 + 1800
    assert result(op="diff", end=START, start="2026-06-01T14:00:00.5Z") == -3600.5


def test_pauses_in_any_order_that_overlap_count_once_and_later_ones_not_at_all():
    pauses = [
        ["2026-06-01T14:30:00Z", "2026-06-01T15:00:00Z"],
        ["2026-06-01T14:00:00Z", "2026-06-01T14:45:00Z"],
        ["2026-06-01T20:00:00Z", "2026-06-01T20:30:00Z"],
    ]

    assert result(op="due_with_pauses", amount=120, pauses=pauses) == "2026-06-01T16:00:00Z"


def test_local_times_that_come_twice_or_never_are_taken_with_their_offset():
    night = {"tz": "America/New_York", "weekly": {"sun": [["00:00", "24:00"]]}}
    assert result(cal=night, start="2026-11-01T01:30:00-04:00") == "2026-11-01T06:30:00Z"
    assert result(cal=night, start="2026-11-01T01:30:00-05:00") == "2026-11-01T07:30:00Z"
    assert result(cal=night, start="2026-03-08T02:30:00-05:00") == "2026-03-08T08:30:00Z"
    assert result(start="2026-11-01T01:30:00") == (
        "'start' needs Z or an offset such as -04:00, for a local time may come twice or never"
    )


def test_budgets_of_nothing_and_of_ten_years_are_answered():
    assert result(amount=0) == START
    assert result(amount=0, start="2026-06-01T22:00:00Z") == "2026-06-01T22:00:00Z"
    assert result(amount=0, unit="business_days", start="2026-06-03T12:00:00Z") == "2026-06-03T12:00:00Z"
    assert result(amount=16 * 60 * 522) == "2036-05-27T21:00:00Z"
    assert result(amount=3653, unit="calendar_days") == "2036-06-01T13:00:00Z"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cal": "moon"}, "there is no calendar 'moon'; name one of --calendars or of slas/calendars, or carry it"),
        ({"cal": "../calendars/house"}, "there is no calendar '../calendars/house'; name one of"),
        ({"cal": None}, "'cal' should be the name of a calendar, or a calendar"),
        ({"cal": {}}, "calendar 'inline': 'tz' should be the name of a time zone, such as America/New_York"),
        ({"cal": OFFICE | {"tz": "Mars/Olympus"}}, "calendar 'inline': there is no time zone 'Mars/Olympus'; use an"),
        ({"cal": OFFICE | {"tz": "a\0b"}}, "calendar 'inline': there is no time zone"),
        ({"cal": OFFICE | {"weekly": {}}}, "calendar 'inline': no day has opening hours, so nothing could ever fall"),
        ({"cal": OFFICE | {"weekly": []}}, "calendar 'inline': 'weekly' should be an object such as"),
        ({"cal": OFFICE | {"weekly": {"mon": 9}}}, "calendar 'inline': mon: write a list of intervals such as"),
        (
            {"cal": OFFICE | {"weekly": {"mon": [["17:00", "09:00"]]}}},
            "calendar 'inline': mon: 17:00 to 09:00 does not",
        ),
        (
            {"cal": OFFICE | {"weekly": {"mon": [["09:00", "12:00"], ["11:00", "17:00"]]}}},
            "calendar 'inline': mon: two intervals overlap around 11:00",
        ),
        ({"cal": OFFICE | {"holidays": ["Christmas"]}}, "calendar 'inline': holiday 'Christmas' is no date; write"),
        ({"cal": OFFICE | {"holidays": {"2026-12-25": 1}}}, "calendar 'inline': the name of a holiday should be text"),
        ({"cal": OFFICE | {"reviewed_years": [2026]}}, "calendar 'inline': 'reviewed_years' should be a first and"),
        ({"cal": OFFICE | {"reviewed_years": [2026, 2025]}}, "calendar 'inline': 'reviewed_years' should lie in order"),
        ({"op": "subtract"}, "'op' should be one of add, due_with_pauses, diff, is_open, next_open"),
        ({"op": ["add"]}, "'op' should be one of add"),
        ({"unit": "moons"}, "'unit' should be one of seconds, minutes, hours, business_days, calendar_days, elapsed_"),
        ({"amount": -1}, "'amount' should be a whole number, 0 or more"),
        ({"amount": 1.5}, "'amount' should be a whole number, 0 or more"),
        ({"amount": True}, "'amount' should be a whole number, 0 or more"),
        ({"amount": 10**30}, "'amount' is more than a hundred years"),
        ({"start": "soon"}, "'start' should be an instant such as 2026-06-01T10:00:00Z"),
        ({"start": 5}, "'start' should be an instant such as 2026-06-01T10:00:00Z"),
        ({"start": "2026-02-30T10:00:00Z"}, "'start' should be an instant such as"),
        ({"start": "2026-06-01T10:00:00Z\0"}, "'start' should be an instant such as"),
        ({"start": "0001-01-01T00:00:00+14:00"}, "'start' is outside the years 1970 to 2100"),
        ({"start": "9999-12-31T23:59:59-14:00"}, "'start' is outside the years 1970 to 2100"),
        ({"start": "2031-02-01T10:00:00Z", "cal": "house"}, "the answer lies outside the days that calendar 'house' c"),
        ({"start": "2100-12-30T10:00:00Z", "amount": 9999}, "the answer lies outside the days that calendar 'inline'"),
        ({"op": "diff"}, "'end' should be an instant such as"),
        ({"op": "due_with_pauses", "pauses": [START]}, "'pauses' should be a list of pairs of instants"),
        ({"op": "due_with_pauses", "pauses": [[START, "2026-05-01T13:00:00Z"]]}, "a pause ends before it begins; give"),
        ({"id": ["a"]}, "'id' should be text or a number"),
    ],
)
def test_what_is_wrong_with_a_question_is_said_in_a_sentence(changes, sentence):
    assert result(**changes).startswith(sentence)


def test_lines_that_are_no_questions_are_refused_one_by_one_and_the_rest_goes_on():
    text = json.dumps(ADD)
    answers = ask(
        b"\xef\xbb\xbf" + text.encode(),
        b"not JSON",
        b"\xff\xfe",
        b"\0",
        b"[1]",
        b"[" * 100_000,
        text.replace("60", "NaN").encode(),
        text.replace("60", "1e999").encode(),
        text.replace("60", "9" * 5000).encode(),
        b'{"id": "' + b"x" * 2_000_000 + b'"}',
        b"",
        b"  \r",
        text.replace('"id": 1', '"id": "\\ud800\\u0000"').encode(),
    )

    assert answers[0] == {"id": 1, "result": "2026-06-01T14:00:00Z"}
    assert [answer["error"].split(":")[0] for answer in answers[1:-1]] == [
        "line 2 is not JSON",
        "line 3 is not UTF-8",
        "line 4 is not JSON",
        "line 5 should be a JSON object",
        "line 6 is nested too deeply",
        "line 7",
        "'amount' should be a whole number, 0 or more",
        "line 9 is not JSON",
        "line 10 is longer than 1,000,000 bytes",
    ]
    assert answers[6]["error"] == "line 7: NaN is no JSON number"
    assert answers[-1] == {"id": "\ud800\0", "result": "2026-06-01T14:00:00Z"}


def test_a_calendar_of_the_file_goes_before_one_of_the_house_and_a_bad_one_refuses_its_own_lines_only(tmp_path):
    path = tmp_path / "calendars.json"
    path.write_text(json.dumps({"house": OFFICE, "bad": {"tz": "UTC", "weekly": {"mon": []}}}))
    shelf = read_shelf(path)

    wednesday = ADD | {"start": "2026-06-03T13:00:00Z", "cal": "house"}
    first, second, third = ask(wednesday, wednesday | {"cal": "bad"}, wednesday | {"cal": "us-ct"}, shelf=shelf)

    assert first["result"] == "2026-06-08T14:00:00Z"
    assert second["error"].startswith("calendar 'bad': no day has opening hours")
    assert third["result"] == "2026-06-03T14:00:00Z"


def test_a_calendar_that_is_refused_again_and_again_does_not_fill_the_memory():
    """The same exception, raised for each line, would carry a longer trace each time."""
    shelf, depths = Shelf(given={"odd": {"tz": "Moon/Base"}}), []
    for _ in range(3):
        with pytest.raises(CalendarFault) as refused:
            shelf.find("odd")
        depths.append(len(list(walk_tb(refused.value.__traceback__))))
    assert depths == [depths[0]] * 3


def test_many_calendars_that_are_carried_do_not_fill_the_memory():
    shelf = Shelf()
    questions = [
        ADD | {"cal": {"tz": "UTC", "weekly": {"mon": [["09:00", "17:00"]]}, "holidays": {"2026-12-25": str(number)}}}
        for number in range(300)
    ]

    assert {answer["result"] for answer in ask(*questions, shelf=shelf)} == {"2026-06-01T14:00:00Z"}
    assert len(shelf._inline) == 256


def test_explain_adds_a_trace_that_adds_up_to_the_result():
    pauses = [["2026-06-01T14:00:00Z", "2026-06-01T15:00:00Z"]]
    named = OFFICE | {"holidays": {"2026-06-02": "Founders' Day"}}
    (answer,) = ask(ADD | {"op": "due_with_pauses", "cal": named, "amount": 480, "pauses": pauses}, explain=True)
    trace = answer["trace"]

    assert answer["result"] == trace["due_at"] == trace["steps"][-1]["to"] == "2026-06-08T14:00:00Z"
    assert sum(step["counted"] for step in trace["steps"]) == trace["budget"] == 480 * 60
    assert trace["steps"][-1]["left"] == 0
    assert [step["holiday"] for step in trace["steps"] if step["why"] == "holiday"] == ["Founders' Day"]
    assert {"pause", "closed_day", "closed_hours", "counted"} <= {step["why"] for step in trace["steps"]}


def test_explained_answers_are_the_same_as_plain_ones():
    questions = [
        ADD | {"id": number, "cal": "house", "amount": number, "unit": unit}
        for number in (0, 1, 9, 400)
        for unit in ("seconds", "minutes", "hours", "business_days", "calendar_days", "elapsed_hours")
    ]
    plain, explained = ask(*questions), ask(*questions, explain=True)

    assert plain == [{"id": answer["id"], "result": answer["result"]} for answer in explained]
    assert all(
        sum(step["counted"] for step in answer["trace"]["steps"]) == answer["trace"]["budget"] for answer in explained
    )
