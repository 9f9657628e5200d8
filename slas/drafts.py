"""The text of a policy pack or calendar: read with the lines that are at fault, and compared with what is in force.

Plain Python. A draft says what is to hold from its own day on: it is compared with the newest published version of each
obligation, whatever dates its text carries, and only what differs is published, from that day.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from slas.calendar import WEEKDAYS, CalendarFault, Definition, read_definition
from slas.pack_words import PackFault
from slas.policy import Policy, read_pack
from slas.replay import Key

QUALITY, LEAD = "quality_manager", "lead"
WRITERS, PUBLISHERS = frozenset({QUALITY}), frozenset({QUALITY, LEAD})
HEADER = re.compile(r"\s*\[\[\s*obligation\s*\]\]")
QUOTED = re.compile(r"'([^']+)'(?! is missing)")


class DraftRefused(ValueError):
    """The draft, or what it says, does not allow the act; the sentence says why, and what to do instead.

    `field` names the argument that is at fault, "" when none is.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        """Take the words for the person who tried."""
        super().__init__(message)
        self.field = field


class DraftForbidden(PermissionError):
    """The actor's roles do not allow the act."""


def read_pack_text(text: str, where: str) -> list[Policy]:
    """Return a pack's obligations, the newest version of each alone. Raises PackFault with `where` and the line."""
    try:
        policies = read_pack(read_toml(text, where, PackFault), where)
    except PackFault as fault:
        raise PackFault(with_line(str(fault), text, where)) from None
    return list(newest(policies).values())


def read_calendar_text(text: str, where: str) -> Definition:
    """Return a calendar. Raises CalendarFault with `where` and the line."""
    try:
        return read_definition(read_toml(text, where, CalendarFault), where)
    except CalendarFault as fault:
        raise CalendarFault(with_line(str(fault), text, where)) from None


def read_toml(text: str, where: str, fault: Callable[[str], Exception]) -> dict[str, Any]:
    """Return the content of a TOML text; what is raised otherwise names `where`, the line and the column."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise fault(f"{where}: brackets stand within brackets too deeply; take some out") from None
    except (ValueError, OverflowError) as error:
        raise fault(f"{where}: {error}; correct it there") from None


def key_of(policy: Policy) -> Key:
    """Return what names an obligation through all its versions."""
    return policy.pack, policy.obligation, policy.track


def newest(policies: Iterable[Policy]) -> dict[Key, Policy]:
    """Return the newest version of each obligation."""
    found: dict[Key, Policy] = {}
    for policy in policies:
        if (known := found.get(key_of(policy))) is None or known.effective_from < policy.effective_from:
            found[key_of(policy)] = policy
    return found


def changed_policies(policies: Iterable[Policy], published: Mapping[Key, Policy]) -> list[Policy]:
    """Return those that say something else than the newest published version, or that none says."""
    return [
        policy
        for policy in policies
        if (known := published.get(key_of(policy))) is None or not _says_the_same(policy, known)
    ]


def _says_the_same(policy: Policy, other: Policy) -> bool:
    """Tell whether both mean the same, whenever they are in force."""
    return replace(policy, effective_from=other.effective_from).sha256 == other.sha256


def is_changed_calendar(definition: Definition, published: Definition | None) -> bool:
    """Tell whether a calendar says something else than its newest published version, or there is none."""
    if published is None:
        return True
    dated = replace(definition, version=published.version, effective_from=published.effective_from)
    return dated.sha256 != published.sha256


def next_version(definition: Definition, published: Definition | None, *, effective_on: date) -> Definition:
    """Return the calendar as the version that follows the published one, in force from that day on."""
    return replace(definition, version=published.version + 1 if published else 1, effective_from=effective_on)


def with_line(message: str, text: str, where: str) -> str:
    """Return a refusal with the line that it is about: of what it quotes from its obligation, or where that begins."""
    if re.search(r"\bat line \d+|^\S+, line \d+", message):
        return message
    lines = text.splitlines()
    first, end = _block(message, lines)
    found = (number for word in _quoted(message) for number in range(first, end) if word in lines[number])
    number = next(found, first or None)
    if number is None:
        return message
    return f"{where}, line {number + 1}: {message.removeprefix(f'{where}: ')}"


def _block(message: str, lines: list[str]) -> tuple[int, int]:
    """Return first and last line of the obligation that a refusal counts or names; of the whole text if it does not."""
    headers = [number for number, line in enumerate(lines) if HEADER.match(line)]
    blocks = list(pairwise([*headers, len(lines)]))
    counted = re.search(r"\bobligation (\d+)\b", message)
    if counted and int(counted[1]) <= len(blocks):  # a text may also hold its obligations between brackets
        return blocks[int(counted[1]) - 1]
    if named := re.search(r"^pack \S+: (\w+)(?: \((\w+)\))? from ", message):
        wanted = [f'"{name}"' for name in named.groups() if name]
        for first, end in reversed(blocks):  # the newest version stands last
            head = [line for line in lines[first:end] if re.match(r"\s*(obligation|tracks)\s*=", line)]
            if all(any(word in line for line in head) for word in wanted):
                return first, end
    return 0, len(lines)


def _quoted(message: str) -> list[str]:
    """Return what may stand in the text just so: what an example claims, a weekday, words in quotes."""
    claimed = [moment.replace(" ", "T") for moment in re.findall(r"says it is due (\S+ [^\s,]+)", message)]
    weekdays = [f"{day} =" for day in re.findall(rf": ({'|'.join(WEEKDAYS)}): ", message)]
    return [*claimed, *weekdays, *QUOTED.findall(message), *re.findall(r"\d{4}-\d\d-\d\d|\d\d:\d\d", message)]
