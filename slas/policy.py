"""Policy packs: what is owed, by when, and what happens otherwise, read from files that lawyers can review.

Plain Python. A pack holds obligations; each names its clause and carries worked examples, which publication runs. What
is read here can be published, shown and counted by: nothing else asks again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from slas.algebra import DayEnd, Measure, Rule, StartRule, Threshold
from slas.bindings import Conditions, read_conditions
from slas.missed import MissAction, read_miss
from slas.pack_actions import ROLES
from slas.pack_limits import most_units, read_length, read_limit, read_thresholds
from slas.pack_vocabulary import (
    HOUSE_REASONS,
    LETTER_REASONS,
    MEETS,
    MEETS_BY_ITSELF,
    PAUSES,
    STARTS,
    STARTS_BY_ITSELF,
)
from slas.pack_words import (
    LINK,
    Mark,
    PackFault,
    check_entries,
    check_known,
    check_moment,
    read_choice,
    read_day,
    read_flag,
    read_known,
    read_link,
    read_mark,
    read_moment,
    read_name,
    read_number,
    read_tables,
    read_text,
    read_texts,
    read_words,
)
from slas.spelling import NAME, NAME_RULE

CAVEAT = "To be confirmed by counsel."
OF_THE_ROW = frozenset({"created", "created_at", "entered", "recorded"})  # not what a limit counts from
LENGTHS = {
    **dict.fromkeys(("pack", "obligation", "calendar", "starts_on", "met_on"), 40),
    "track": 20,
    "title": 80,
    "clause": 120,
    "promise": 200,
    "url": 300,
}
LATER_FIELDS: Mapping[str, Any] = {"legal": False, "enabled": True, "on_miss": (), "applies_to": {}}
PACK_ENTRIES = ("pack", "calendar", "legal", "applies_to", "enabled", "confirmed_by", "obligation")
ENTRIES = (
    *("obligation", "tracks", "effective_from", "effective_to", "title", "promise", "calendar", "starts_on", "met_on"),
    *("limit", "counted_from", "day_end", "pause_reasons", "consequence", "next_level", "clause", "url", "mark"),
    *("legal", "applies_to", "threshold", "extension", "on_miss", "example"),
)
EXTENSION_ENTRIES = ("max_count", "max_total", "by", "reasons", "notice", "rights", "mark")
EXAMPLE_ENTRIES = ("started_at", "due_at", "budget", "pauses", "extended_at", "extended_by", "note")
MOST_EXTENSIONS = 100
PAIR = 2


@dataclass(frozen=True, slots=True)
class Extension:
    """How often, by how much (days or seconds in total) and by whom a due date may be moved; the notice it takes.

    `rights` are stated to the member in that notice.
    """

    max_count: int
    max_units: int
    by: tuple[str, ...]
    reasons: tuple[str, ...]
    notice: str
    mark: Mark = Mark.VERIFIED
    rights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example of the pack: started at, with these pauses and extensions, due at."""

    started_at: datetime
    due_at: datetime
    budget: int | None = None
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    extended_at: datetime | None = None
    extended_by: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """One obligation of one pack for one track, in force from a date on. `budget` is in days or seconds.

    A `legal` clock never pauses. One that is not `enabled` starts only where the settings name its pack. `applies_to`
    says whom it binds; if it says nothing, only a person or an operation starts it.
    """

    pack: str
    obligation: str
    track: str
    effective_from: date
    effective_to: date | None
    title: str
    promise: str
    calendar: str
    starts_on: str
    met_on: str
    rule: Rule
    budget: int | None
    thresholds: tuple[Threshold, ...]
    actions: Mapping[int, tuple[str, ...]]
    pause_reasons: tuple[str, ...]
    extension: Extension | None
    consequence: str
    next_level: str
    clause: str
    url: str
    mark: Mark
    legal: bool = False
    enabled: bool = True
    on_miss: tuple[MissAction, ...] = ()
    applies_to: Conditions = field(default_factory=dict)
    examples: tuple[Example, ...] = field(default=(), compare=False)

    @property
    def sha256(self) -> bytes:
        """Return the digest of all but the end of its range and the examples, which do not change its meaning.

        What packs could not say at first counts only where it is said, so that older versions keep their digests.
        """
        content = asdict(self)
        del content["effective_to"], content["examples"]
        for name, unsaid in LATER_FIELDS.items():
            if content[name] == unsaid:
                del content[name]
        if self.extension and self.extension.mark is Mark.VERIFIED:
            del content["extension"]["mark"]
        if self.extension and not self.extension.rights:
            del content["extension"]["rights"]
        return hashlib.sha256(json.dumps(content, default=str, sort_keys=True, ensure_ascii=False).encode()).digest()

    @property
    def name(self) -> str:
        """Return what refusals call it."""
        return f"{self.obligation} ({self.track})" if self.track else self.obligation

    @property
    def link(self) -> str:
        """Return the url if it may be followed from a page: versions were published before packs were read by it."""
        return self.url if LINK.fullmatch(self.url) else ""

    def asks_the_same_as(self, other: Policy) -> bool:
        """Tell whether both owe the same by the same date, whatever the track."""
        return replace(self, track=other.track).sha256 == other.sha256

    @property
    def caveat(self) -> str:
        """Return what stands beside its numbers wherever they are shown, or nothing."""
        marks = {self.mark, self.extension.mark} if self.extension else {self.mark}
        return CAVEAT if Mark.KNOWN in marks else ""


def read_pack(data: Mapping[str, Any], where: str) -> list[Policy]:
    """Check a pack file's content and return its obligations, one for each track. Raises PackFault."""
    check_entries(data, PACK_ENTRIES, where)
    common = {
        "pack": read_name(data, "pack", where),
        "calendar": read_name(data, "calendar", where),
        "legal": read_flag(data, "legal", where, default=False),
        "applies_to": data.get("applies_to", {}),
    }
    policies: list[Policy] = []
    for number, block in enumerate(read_tables(data, "obligation", where), 1):
        name = block.get("obligation")
        known = name if isinstance(name, str) and NAME.fullmatch(name) else "unnamed"
        place = f"{where}: obligation {number} ({known})"
        check_entries(block, ENTRIES, place)
        for policy in _read_obligation({**common, **block}, place):
            _check_lengths(policy, place)
            _check_range(policy, place)
            _check_law(policy, place)
            _check_examples(policy, place)
            policies.append(policy)
    if not policies:
        raise PackFault(f"{where}: the pack holds no [[obligation]]; add one")
    _check_ranges(policies, where)
    enabled = _read_enabled(data, policies, where)
    return [replace(policy, enabled=enabled) for policy in policies]


def _read_enabled(data: Mapping[str, Any], policies: Sequence[Policy], where: str) -> bool:
    """Return whether the pack is on: by default if no number of it is still to be confirmed."""
    unsure = next((policy for policy in policies if policy.caveat), None)
    enabled = read_flag(data, "enabled", where, default=unsure is None)
    if enabled and unsure and not read_words(data, "confirmed_by", where):
        raise PackFault(
            f"{where}: {unsure.name} has a number marked K; have counsel confirm it and write who did and when, "
            'as in confirmed_by = "A. Counsel, 2026-12-01", or leave out enabled = true'
        )
    return enabled


def _read_obligation(block: Mapping[str, Any], where: str) -> Iterator[Policy]:
    limit = read_text(block, "limit", where)
    measure, budget = read_limit(limit, where)
    thresholds, actions = read_thresholds(block, measure, where)
    legal = read_flag(block, "legal", where, default=False)
    for track in _read_tracks(block, where):
        yield Policy(
            pack=block["pack"],
            obligation=read_name(block, "obligation", where),
            track=track,
            effective_from=read_day(block, "effective_from", where),
            effective_to=read_day(block, "effective_to", where) if "effective_to" in block else None,
            title=read_text(block, "title", where),
            promise=read_words(block, "promise", where).replace("{limit}", limit),
            calendar=read_name(block, "calendar", where),
            starts_on=_read_start(block, where),
            met_on=read_text(block, "met_on", where),
            rule=_read_rule(block, measure, where),
            budget=budget,
            thresholds=thresholds,
            actions=actions,
            pause_reasons=read_known(block, "pause_reasons", PAUSES, where),
            extension=_read_extension(block, measure, where, legal=legal),
            consequence=read_words(block, "consequence", where),
            next_level=read_words(block, "next_level", where),
            clause=read_text(block, "clause", where),
            url=read_link(block, "url", where),
            mark=read_mark(block, where),
            legal=legal,
            on_miss=tuple(read_miss(item, where) for item in read_tables(block, "on_miss", where)),
            applies_to=read_conditions(block["applies_to"], where),
            examples=tuple(_read_example(item, measure, where) for item in read_tables(block, "example", where)),
        )


def _read_tracks(block: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """Return the tracks that have this row to themselves; nothing written means every track that has none."""
    if "tracks" not in block:
        return ("",)
    tracks = read_texts(block, "tracks", where)
    if not tracks:
        raise PackFault(f"{where}: 'tracks' is empty, so nothing would be owed; name one, or leave it out for all")
    for track in tracks:
        if not NAME.fullmatch(track):
            raise PackFault(f"{where}: 'tracks' holds {track!r}; {NAME_RULE}")
    return tracks


def _read_start(block: Mapping[str, Any], where: str) -> str:
    if (starts_on := read_text(block, "starts_on", where)) in OF_THE_ROW:
        raise PackFault(
            f"{where}: 'starts_on' is the event that the limit counts from, such as \"received\", not entry"
        )
    return starts_on


def _read_rule(block: Mapping[str, Any], measure: Measure, where: str) -> Rule:
    start_rule = read_choice(block, "counted_from", StartRule.INSTANT, where)
    return Rule(measure, start_rule, read_choice(block, "day_end", DayEnd.CLOSE, where))


def _read_extension(block: Mapping[str, Any], measure: Measure, where: str, *, legal: bool) -> Extension | None:
    if "extension" not in block:
        return None
    if not isinstance(item := block["extension"], dict):
        raise PackFault(f"{where}: write the extension below a line [obligation.extension], in one bracket")
    check_entries(item, EXTENSION_ENTRIES, where)
    extension = Extension(
        max_count=read_number({"max_count": 1, **item}, "max_count", where, most=MOST_EXTENSIONS),
        max_units=read_length(item, "max_total", measure, where),
        by=read_known(item, "by", ROLES, where),
        reasons=read_known(item, "reasons", LETTER_REASONS if legal else HOUSE_REASONS, where),
        notice=read_words(item, "notice", where),
        mark=read_mark(item, where) if "mark" in item else Mark.VERIFIED,
        rights=read_texts(item, "rights", where),
    )
    if not extension.reasons:
        raise PackFault(f"{where}: the extension has no 'reasons'; say for which of them a date may be moved")
    return extension


def _check_lengths(policy: Policy, where: str) -> None:
    for name, most in LENGTHS.items():
        if len(text := getattr(policy, name)) > most:
            raise PackFault(f"{where}: {name!r} has {len(text)} characters; {most} are the most")


def _check_range(policy: Policy, where: str) -> None:
    if policy.effective_to and policy.effective_to <= policy.effective_from:
        raise PackFault(
            f"{where}: 'effective_to' is the first day on which it holds no more; write a day after "
            f"{policy.effective_from}, or take it out"
        )


def _check_law(policy: Policy, where: str) -> None:
    """Refuse what does not keep to the rules of law, or what nothing would start or meet. Raises PackFault."""
    by_itself = policy.legal and bool(policy.applies_to)
    check_known(policy.starts_on, "starts_on", STARTS_BY_ITSELF if by_itself else STARTS, where)
    check_known(policy.met_on, "met_on", MEETS_BY_ITSELF if by_itself else MEETS, where)
    if policy.legal and policy.pause_reasons:
        raise PackFault(f"{where}: a legal clock never pauses; take out 'pause_reasons' and write an extension instead")
    if not policy.on_miss and any("produce_notice" in actions for actions in policy.actions.values()):
        raise PackFault(
            f"{where}: a threshold produces a notice, but there is none; write it as [[obligation.on_miss]]"
        )
    if policy.legal and not (policy.url and policy.consequence and policy.next_level and policy.examples):
        raise PackFault(
            f"{where}: a legal limit needs a url, a consequence, a next_level and an example; add what is missing"
        )


def _check_examples(policy: Policy, where: str) -> None:
    if not policy.pause_reasons and any(example.pauses for example in policy.examples):
        raise PackFault(f"{where}: an example pauses, but the obligation has no 'pause_reasons'; take the pauses out")
    if policy.extension is None and any(example.extended_at for example in policy.examples):
        raise PackFault(f"{where}: an example is extended, but the obligation has no extension; add one or take it out")


def _read_example(item: Mapping[str, Any], measure: Measure, where: str) -> Example:
    check_entries(item, EXAMPLE_ENTRIES, where)
    return Example(
        started_at=read_moment(item, "started_at", where),
        due_at=read_moment(item, "due_at", where),
        budget=read_number(item, "budget", where, most=most_units(measure)) if "budget" in item else None,
        pauses=_read_pauses(item.get("pauses", []), where),
        extended_at=read_moment(item, "extended_at", where) if "extended_at" in item else None,
        extended_by=read_length(item, "extended_by", measure, where) if "extended_by" in item else 0,
        note=read_words(item, "note", where),
    )


def _read_pauses(pauses: Any, where: str) -> tuple[tuple[datetime, datetime], ...]:
    if not (isinstance(pauses, list) and all(isinstance(pair, list) and len(pair) == PAIR for pair in pauses)):
        raise PackFault(f"{where}: 'pauses' holds pairs of a beginning and an end, such as pauses = [[…, …]]")
    return tuple((check_moment(start, "pauses", where), check_moment(end, "pauses", where)) for start, end in pauses)


def _check_ranges(policies: Sequence[Policy], where: str) -> None:
    """Refuse two versions of one obligation that are in force on the same day."""
    ordered = sorted(policies, key=lambda policy: (policy.obligation, policy.track, policy.effective_from))
    for earlier, later in pairwise(ordered):
        same = (earlier.obligation, earlier.track) == (later.obligation, later.track)
        if same and (earlier.effective_to is None or earlier.effective_to > later.effective_from):
            raise PackFault(
                f"{where}: two versions of {later.name} are in force on {later.effective_from}; "
                f"end the earlier one with effective_to = {later.effective_from}"
            )
