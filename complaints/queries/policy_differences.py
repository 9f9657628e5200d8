"""What a draft would change, in words: every field of an obligation, every day of a calendar, and the lines of text."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from types import MappingProxyType

from complaints.queries.why_packs import rule_rows
from complaints.queries.why_page import extension_in_words
from members.dates import day_in_words
from slas.algebra import Align, Threshold
from slas.calendar import Definition
from slas.drafts import key_of
from slas.missed import MissAction
from slas.models import CalendarVersion
from slas.policy import Policy
from slas.queries.proposals import Proposal
from slas.versions import definition_of, policy_of

Row = tuple[str, str]
Difference = tuple[str, str, str]
"""What differs: its name, the words that are in force, and those of the draft."""


@dataclass(frozen=True, slots=True)
class Change:
    """One obligation or calendar that a draft changes; of one that is new, all that it says."""

    title: str
    name: str
    differences: tuple[Difference, ...]
    is_new: bool


def changes_of(proposal: Proposal) -> Iterator[Change]:
    """Yield what a proposal changes of what is in force."""
    replaced = {key_of(policy): policy for policy in map(policy_of, proposal.replaces)}
    for policy in proposal.policies:
        before = replaced.get(key_of(policy))
        yield Change(
            policy.title, policy.name.replace("_", " "), tuple(differences(before, policy)), is_new=before is None
        )
    if proposal.calendar:
        yield _calendar_change(proposal.calendar)


def differing_lines(before: str, after: str) -> Iterator[str]:
    """Yield the lines that differ, with those around them: "-" is in force, "+" is the draft."""
    yield from unified_diff(before.splitlines(), after.splitlines(), "In force", "Draft", lineterm="")


def differences(before: Policy | None, after: Policy) -> Iterator[Difference]:
    """Yield what differs between two versions of an obligation; without a former one, all that the new one says."""
    rows, new_rows = dict(_rows(before)) if before else {}, dict(_rows(after))
    for name in new_rows | rows:
        if rows.get(name) != new_rows.get(name):
            yield name, rows.get(name, "–"), new_rows.get(name, "–")


def _rows(policy: Policy) -> Iterator[Row]:
    yield from rule_rows(policy)
    for words in FIELDS.values():
        yield from words(policy)


def _clause(policy: Policy) -> Iterator[Row]:
    yield "Clause", policy.clause


def _applies_to(policy: Policy) -> Iterator[Row]:
    facts = (f"{name.replace('_', ' ')}: {_list(values)}" for name, values in sorted(policy.applies_to.items()))
    yield "Whom it binds", "; ".join(facts) or "Nobody by itself"


def _thresholds(policy: Policy) -> Iterator[Row]:
    yield "Warnings", "; ".join(_threshold(threshold, policy) for threshold in policy.thresholds)


def _extension(policy: Policy) -> Iterator[Row]:
    if policy.extension:
        yield "Extension", extension_in_words(policy)
        yield "Extended by", _list(policy.extension.by) or "–"
        yield "Reasons to extend", _list(policy.extension.reasons) or "–"
        yield "Rights told with an extension", _list(policy.extension.rights) or "–"
        yield "Extension, how sure we are", policy.extension.mark.name.lower()


def _misses(policy: Policy) -> Iterator[Row]:
    for number, action in enumerate(policy.on_miss, 1):
        yield f"On a miss, {number}", _miss(action)


FIELDS: Mapping[str, Callable[[Policy], Iterable[Row]]] = MappingProxyType(
    {
        "title": lambda policy: [("Title", policy.title)],
        "legal": lambda policy: [("Law", "Yes: it never pauses" if policy.legal else "No, house policy")],
        "enabled": lambda policy: [("Switch", "On" if policy.enabled else "Off until counsel has confirmed it")],
        "clause": _clause,
        "url": lambda policy: [("Link to the source", policy.url or "–")],
        "mark": lambda policy: [("Mark", policy.mark.name.lower())],
        "applies_to": _applies_to,
        "thresholds": _thresholds,
        "extension": _extension,
        "on_miss": _misses,
    }
)
"""The fields of a policy that the page of a rule leaves out, or tells in short."""


def _list(texts: Iterable[str]) -> str:
    return ", ".join(texts).replace("_", " ")


def _miss(action: MissAction) -> str:
    rights = f" Rights: {'; '.join(action.rights)}." if action.rights else ""
    holds = f" Holds: {'; '.join(action.holds)}." if action.holds else ""
    return f"{action.kind.replace('_', ' ')} to {action.to} ({action.clause}): {action.words}{rights}{holds}"


def _threshold(threshold: Threshold, policy: Policy) -> str:
    actions = ", ".join(policy.actions[threshold.code]).replace("_", " ") or "nothing"
    if threshold.permille is not None:
        when = "when due" if threshold.permille == 1000 else f"at {threshold.permille / 10:g} %"  # noqa: PLR2004 -- all
    elif threshold.offset_units is not None:
        when = f"{abs(threshold.offset_units)} days {'before' if threshold.offset_units < 0 else 'after'} due"
    else:
        seconds = threshold.offset_seconds or 0
        when = f"{abs(seconds) / 3600:g} hours {'before' if seconds < 0 else 'after'} due"
    opening = ", or when the office opens next" if threshold.align is Align.OPEN else ""
    return f"{threshold.code}, {when}{opening}: {actions}"


def _calendar_change(definition: Definition) -> Change:
    row = CalendarVersion.objects.filter(calendar=definition.name).order_by("-effective_from").first()
    title = f"{definition.name} calendar, version {definition.version}"
    if row is None:
        return Change(title, definition.tz, (), is_new=True)
    before = definition_of(row)
    differences = [
        (day_in_words(day), before.holidays.get(day, "–"), definition.holidays.get(day, "–"))
        for day in sorted(before.holidays.keys() | definition.holidays.keys())
        if before.holidays.get(day) != definition.holidays.get(day)
    ]
    for name, old, new in (
        ("Time zone", before.tz, definition.tz),
        ("Opening hours", _hours(before), _hours(definition)),
        ("Reviewed", f"{before.first_on} to {before.last_on}", f"{definition.first_on} to {definition.last_on}"),
    ):
        if old != new:
            differences.insert(0, (name, old, new))
    return Change(title, definition.tz, tuple(differences), is_new=False)


def _hours(definition: Definition) -> str:
    days = definition.weekly_words()
    return "; ".join(f"{day} {', '.join('–'.join(pair) for pair in pairs)}" for day, pairs in days.items())
