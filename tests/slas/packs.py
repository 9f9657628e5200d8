"""Policy packs of the tests."""

import tomllib
from datetime import date

from slas.fold import Terms
from slas.policy import read_pack
from tests.slas.calendars import SLAS, published

OBLIGATION = {
    "obligation": "answer",
    "effective_from": "2024-01-01",
    "title": "Answer",
    "starts_on": "received",
    "met_on": "closed",
    "limit": "10 business days",
    "clause": "Rule 1",
    "mark": "V",
    "threshold": [{"code": 100, "at": "due"}],
}


def pack(**changes):
    """Return the obligations of a small pack, some entries changed; None removes an entry."""
    obligation = {name: value for name, value in (OBLIGATION | changes).items() if value is not None}
    return read_pack(tomllib.loads(toml(obligation)), "test.toml")


def toml(obligation):
    lines = ['pack = "test"', 'calendar = "house"', "[[obligation]]"]
    tables = []
    for name, value in obligation.items():
        if name in {"threshold", "example"}:
            for item in value:
                tables += [f"[[obligation.{name}]]", *entries(item)]
        elif name == "extension":
            tables += ["[obligation.extension]", *entries(value)]
        else:
            lines += entries({name: value})
    return "\n".join(lines + tables)


def entries(table):
    return [f"{name} = {literal(name, value)}" for name, value in table.items()]


def literal(name, value):
    if isinstance(value, str) and not name.startswith(("effective", "started_at", "due_at")):
        return '"' + value.replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(literal("", item) for item in value) + "]"
    return str(value)


def house():
    return read_pack(tomllib.loads((SLAS / "policy_packs" / "house.toml").read_text()), "house.toml")


def house_on(day):
    """Return the obligations of the house pack that are in force on a day."""
    return [
        policy
        for policy in house()
        if policy.effective_from <= day and (policy.effective_to is None or day < policy.effective_to)
    ]


def house_terms(obligation, track="", *, on=date(2026, 6, 1)):
    (policy,) = (policy for policy in house_on(on) if (policy.obligation, policy.track) == (obligation, track))
    return Terms(published(policy.calendar), policy)
