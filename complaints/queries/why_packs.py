"""The rules that are published, for people to read: packs, their obligations, and what their examples come to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.conf import settings

import slas
from complaints.promises import due_in_full, moment_in_full
from complaints.queries.why_page import MARKS, extension_in_words
from complaints.queries.why_words import BEGINNING, ENDING, UNITS, amount_in_words
from members.dates import day_in_words
from slas.calendar import Calendar
from slas.drafts import read_toml
from slas.fold import Terms
from slas.models import CalendarVersion, PolicyVersion
from slas.pack_words import PackFault
from slas.policy import Example, Policy, read_pack
from slas.versions import calendar_of, is_on, policy_of
from slas.worked_examples import work_out

PACK_FILES = Path(slas.__file__).parent / "policy_packs"
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "house": "House policy",
        "ma_grievance": "Medicare Advantage grievance",
        "ma_reconsideration": "Medicare Advantage reconsideration",
        "ma_effectuation": "Medicare Advantage effectuation",
        "part_d_grievance": "Part D grievance",
        "dsnp_integrated_grievance": "D-SNP integrated grievance",
        "medicaid": "Medicaid",
        "erisa_aca_appeal": "ERISA and ACA internal appeal",
        "california_dmhc": "California DMHC",
        "state_regulator_inquiry": "State regulator inquiry",
        "uk_disp": "United Kingdom, DISP",
        "india_irdai": "India, IRDAI",
        "australia_rg271": "Australia, RG 271",
        "eu_eiopa": "European Union, EIOPA",
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One obligation of a pack for one track, whatever its versions, and the zone that it counts in."""

    pack: str
    obligation: str
    track: str
    title: str
    is_on: bool
    tz: str

    @property
    def key(self) -> str:
        """Return what an address calls it."""
        return f"{self.pack}:{self.obligation}:{self.track}"


@dataclass(frozen=True, slots=True)
class PackLine:
    """A pack in the list: how many obligations it has, since when, by which calendars, and how sure we are of it."""

    name: str
    title: str
    obligations: int
    since: date
    calendars: str
    is_on: bool
    marks: str


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """A worked example: the facts, the date it says, and whether the rule gives that date."""

    note: str
    facts: str
    due: str
    holds: bool


@dataclass(frozen=True, slots=True)
class ObligationPage:
    """One version of one obligation, as rows of words, with its worked examples."""

    anchor: str
    key: str
    policy: Policy
    limit: str
    in_force: str
    rows: tuple[tuple[str, str], ...]
    examples: tuple[ExampleLine, ...]


@dataclass(frozen=True, slots=True)
class PackPage:
    """All that a pack says."""

    name: str
    title: str
    is_on: bool
    obligations: tuple[ObligationPage, ...]


def pack_title(pack: str) -> str:
    """Return the name of a pack in words; one that is new here by its code."""
    return TITLES.get(pack, pack.replace("_", " "))


def published_rules() -> list[Rule]:
    """Return the obligations that are published, our own pack first, then by its title: two queries."""
    zones = dict(CalendarVersion.objects.order_by("effective_from").values_list("calendar", "tz"))
    rules = {}
    for row in PolicyVersion.objects.order_by("pack", "obligation", "track", "effective_from"):
        rules[row.pack, row.obligation, row.track] = Rule(
            row.pack, row.obligation, row.track, row.title, is_on(row), zones[row.calendar]
        )
    return sorted(rules.values(), key=lambda rule: (rule.pack != settings.HOUSE_PACK, pack_title(rule.pack)))


def pack_lines() -> list[PackLine]:
    """Return the packs, our own first, then by title: one query."""
    rows: dict[str, list[PolicyVersion]] = {}
    for row in PolicyVersion.objects.order_by("pack", "effective_from"):
        rows.setdefault(row.pack, []).append(row)
    lines = [
        PackLine(
            name=pack,
            title=pack_title(pack),
            obligations=len({(row.obligation, row.track) for row in versions}),
            since=versions[0].effective_from,
            calendars=", ".join(sorted({row.calendar for row in versions})),
            is_on=all(is_on(row) for row in versions),
            marks="; ".join(sorted({_mark(policy_of(row)) for row in versions})),
        )
        for pack, versions in rows.items()
    ]
    return sorted(lines, key=lambda line: (line.name != settings.HOUSE_PACK, line.title))


def pack_page(pack: str) -> PackPage | None:
    """Return all that a pack says, None if none of that name is published: two queries, and one for a cold calendar."""
    rows = list(
        PolicyVersion.objects.filter(pack=pack)
        .select_related("draft")
        .order_by("obligation", "track", "-effective_from")
    )
    if not rows:
        return None
    calendars = {row.calendar: calendar_of(row.pk) for row in _newest({row.calendar for row in rows})}
    shipped = list(_read(PACK_FILES / f"{pack}.toml"))
    return PackPage(
        name=pack,
        title=pack_title(pack),
        is_on=all(is_on(row) for row in rows),
        obligations=tuple(_obligation(row, shipped, calendars) for row in rows),
    )


def _newest(names: Iterable[str]) -> Iterable[CalendarVersion]:
    rows = CalendarVersion.objects.filter(calendar__in=list(names))
    return rows.order_by("calendar", "-effective_from").distinct("calendar")


def _read(path: Path) -> Iterator[Policy]:
    if path.is_file():
        yield from _policies(path.read_text(encoding="utf-8"), path.name)


def _policies(text: str, where: str) -> list[Policy]:
    return read_pack(read_toml(text, where, PackFault), where)


def _obligation(row: PolicyVersion, shipped: Iterable[Policy], calendars: Mapping[str, Calendar]) -> ObligationPage:
    policy = policy_of(row)
    terms = Terms(calendars[row.calendar], policy)
    written = _policies(row.draft.text, str(row.draft)) if row.draft else shipped
    dated = ((one, replace(one, effective_from=row.effective_from)) for one in written)  # a file's own may be older
    same = (one for one, then in dated if bytes(row.sha256) in {one.sha256, then.sha256})
    examples = next((one.examples for one in same), ())
    until = f" until {day_in_words(row.effective_to)}" if row.effective_to else ""
    return ObligationPage(
        anchor=f"{row.obligation}-{row.track or 'any'}-{row.effective_from}",
        key=f"{row.pack}:{row.obligation}:{row.track}",
        policy=policy,
        limit=limit_in_words(policy),
        in_force=f"from {day_in_words(row.effective_from)}{until}",
        rows=tuple(rule_rows(policy)),
        examples=tuple(_example(terms, example) for example in examples),
    )


def limit_in_words(policy: Policy) -> str:
    """Return how long an obligation gives."""
    measure = policy.rule.measure
    if policy.budget is None:
        return f"{UNITS.get(measure, 'hours')}, as given when it starts"
    return amount_in_words(measure, measure.units(policy.budget))


def rule_rows(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield what an obligation says, as rows of words."""
    rule = policy.rule
    yield "Limit", limit_in_words(policy)
    yield "How it counts", f"{BEGINNING[rule.start_rule]} {ENDING[rule.day_end] if rule.measure.is_days else ''}"
    yield "Begins with", policy.starts_on
    yield "Met by", policy.met_on
    yield "Calendar", policy.calendar
    yield "Pause", ", ".join(policy.pause_reasons).replace("_", " ") or "Never"
    yield "Extension", extension_in_words(policy) or "None"
    if policy.consequence:
        yield "If it is missed", policy.consequence
    if policy.next_level:
        yield "Next level", policy.next_level
    if policy.promise:
        yield "Promise", policy.promise
    yield "How sure we are", _mark(policy)


def _mark(policy: Policy) -> str:
    """Return how sure we are of the least certain number."""
    return MARKS[policy.extension.mark] if policy.caveat and policy.extension else MARKS[policy.mark]


def _example(terms: Terms, example: Example) -> ExampleLine:
    zone, measure = ZoneInfo(terms.calendar.definition.tz), terms.policy.rule.measure
    facts = [f"Began {moment_in_full(example.started_at, zone)}."]
    if example.budget is not None:
        facts.append(f"Limit {amount_in_words(measure, measure.units(example.budget))}.")
    facts += [
        f"Paused from {moment_in_full(start, zone)} to {moment_in_full(end, zone)}." for start, end in example.pauses
    ]
    if example.extended_at:
        added = amount_in_words(measure, measure.units(example.extended_by))
        facts.append(f"Extended by {added} on {moment_in_full(example.extended_at, zone)}.")
    return ExampleLine(
        note=example.note,
        facts=" ".join(facts),
        due=due_in_full(example.due_at, zone),
        holds=work_out(terms, example).due_at == example.due_at,
    )
