"""Drafts of policy packs and calendars as their pages show them: what each changes, and what stands in its way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import slas
from complaints.queries.why_packs import pack_title, rule_rows
from members.actors import Actor
from members.dates import day_in_words
from slas.algebra import Threshold
from slas.calendar import CalendarFault, Definition
from slas.drafts import PUBLISHERS, WRITERS, key_of
from slas.models import CalendarVersion, DraftKind, DraftState, PolicyDraft, PolicyVersion
from slas.pack_words import PackFault
from slas.policy import Policy
from slas.queries.proposals import Proposal, obstacles_to, read_proposal
from slas.versions import definition_of, policy_of

FOLDERS = {DraftKind.PACK: "policy_packs", DraftKind.CALENDAR: "calendars"}
TONES = {DraftState.DRAFT: "new", DraftState.SUBMITTED: "soon", DraftState.PUBLISHED: "ok"}
OWN_DRAFT = "You wrote this draft. A second quality manager or a lead publishes it."
Difference = tuple[str, str, str]
"""What differs: its name, the words that are in force, and those of the draft."""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One draft of the list."""

    id: UUID
    title: str
    state: str
    tone: str
    author: str
    written_at: datetime
    effective_on: date
    settled: str


@dataclass(frozen=True, slots=True)
class Change:
    """One obligation or calendar that a draft changes; without `differences` it is new."""

    title: str
    name: str
    differences: tuple[Difference, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class DraftPage:
    """One draft with everything that decides about it. `allowed` are the acts that this person can do now.

    `pack` is the published pack that it changes or has changed, "" for none.
    """

    line: DraftLine
    draft: PolicyDraft
    changes: tuple[Change, ...]
    obstacles: tuple[str, ...]
    allowed: frozenset[str]
    refusal: str
    pack: str


def draft_title(kind: str, name: str) -> str:
    """Return what a draft is called."""
    return f"{pack_title(name)} pack" if kind == DraftKind.PACK else f"{name} calendar"


def draft_lines() -> list[DraftLine]:
    """Return all drafts, the newest first: one query. Their number is that of decisions, not of complaints."""
    rows = PolicyDraft.objects.select_related("written_by", "published_by", "withdrawn_by").defer("text", "replay")
    return [_line(row) for row in rows.order_by("-written_at")]


def _line(row: PolicyDraft) -> DraftLine:
    settled = ""
    if row.published_at:
        settled = f"by {row.published_by}, {day_in_words(row.published_at)}"
    elif row.withdrawn_at:
        settled = f"by {row.withdrawn_by}, {day_in_words(row.withdrawn_at)}"
    return DraftLine(
        id=row.pk,
        title=draft_title(row.kind, row.name),
        state=row.get_state_display(),
        tone=TONES.get(DraftState(row.state), "pause"),
        author=str(row.written_by),
        written_at=row.written_at,
        effective_on=row.effective_on,
        settled=settled,
    )


def find_draft(draft_id: UUID) -> PolicyDraft | None:
    """Return a draft with the people who wrote and settled it: one query."""
    rows = PolicyDraft.objects.select_related("written_by", "published_by", "withdrawn_by")
    return rows.filter(pk=draft_id).first()


def draft_page(*, actor: Actor, draft: PolicyDraft, at: datetime) -> DraftPage:
    """Return a draft with what it changes while that is open; of a settled one only its words."""
    changes: tuple[Change, ...] = ()
    in_the_way: tuple[str, ...] = ()
    replaces = False
    if draft.is_open:
        try:
            proposal = read_proposal(kind=draft.kind, text=draft.text, effective_on=draft.effective_on)
        except (CalendarFault, PackFault) as fault:  # the rules of reading have become stricter since it was written
            in_the_way = (str(fault),)
        else:
            changes = tuple(_changes(proposal))
            in_the_way = tuple(obstacles_to(draft, proposal, at=at))
            replaces = bool(proposal.replaces)
    return DraftPage(
        line=_line(draft),
        draft=draft,
        changes=changes,
        obstacles=in_the_way,
        allowed=_allowed(actor, draft, is_clear=not in_the_way),
        refusal=OWN_DRAFT if draft.state == DraftState.SUBMITTED and draft.written_by_id == actor.user_id else "",
        pack=draft.name if draft.kind == DraftKind.PACK and (draft.published_at or replaces) else "",
    )


def _allowed(actor: Actor, draft: PolicyDraft, *, is_clear: bool) -> frozenset[str]:
    is_own, is_draft = draft.written_by_id == actor.user_id, draft.state == DraftState.DRAFT
    is_writer = actor.has(*WRITERS)
    acts = {
        "edit": is_writer and is_own and is_draft,
        "submit": is_writer and is_own and is_draft and is_clear,
        "publish": actor.has(*PUBLISHERS) and not is_own and draft.state == DraftState.SUBMITTED and is_clear,
        "withdraw": is_writer and draft.is_open,
        "copy": is_writer,
        "replay": actor.has(*PUBLISHERS) and draft.is_open,
    }
    return frozenset(name for name, is_possible in acts.items() if is_possible)


def _changes(proposal: Proposal) -> Iterator[Change]:
    replaced = {key_of(policy): policy for policy in map(policy_of, proposal.replaces)}
    for policy in proposal.policies:
        before = replaced.get(key_of(policy))
        rows = dict(_rows(before)) if before else {}
        after = dict(_rows(policy))
        differences = tuple(
            (name, rows.get(name, "–"), after.get(name, "–"))
            for name in (after | rows)
            if rows.get(name) != after.get(name)
        )
        yield Change(policy.title, policy.name.replace("_", " "), differences, is_new=before is None)
    if proposal.calendar:
        yield _calendar_change(proposal.calendar)


def _rows(policy: Policy) -> Iterator[tuple[str, str]]:
    yield "Title", policy.title
    yield from rule_rows(policy)
    yield "Clause", policy.clause
    yield "Warnings", "; ".join(_threshold(threshold, policy) for threshold in policy.thresholds)
    for number, action in enumerate(policy.on_miss, 1):
        yield f"On a miss, {number}", f"{action.kind.replace('_', ' ')} to {action.to}: {action.words}"
    if not policy.enabled:
        yield "Switch", "Off until counsel has confirmed its numbers"


def _threshold(threshold: Threshold, policy: Policy) -> str:
    actions = ", ".join(policy.actions[threshold.code]).replace("_", " ") or "nothing"
    if threshold.permille is not None:
        when = "when due" if threshold.permille == 1000 else f"at {threshold.permille / 10:g} %"  # noqa: PLR2004 -- all
    elif threshold.offset_units is not None:
        when = f"{abs(threshold.offset_units)} days {'before' if threshold.offset_units < 0 else 'after'} due"
    else:
        seconds = threshold.offset_seconds or 0
        when = f"{abs(seconds) / 3600:g} hours {'before' if seconds < 0 else 'after'} due"
    return f"{when}: {actions}"


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


def starting_points() -> list[tuple[str, str]]:
    """Return what a draft can start from, as choices: every pack and every calendar: two queries."""
    packs = PolicyVersion.objects.order_by("pack").values_list("pack", flat=True).distinct()
    calendars = CalendarVersion.objects.order_by("calendar").values_list("calendar", flat=True).distinct()
    found = [(DraftKind.PACK, name) for name in packs] + [(DraftKind.CALENDAR, name) for name in calendars]
    return [(f"{kind.value}:{name}", draft_title(kind, name)) for kind, name in found]


def current_text(kind: str, name: str) -> str:
    """Return the text of what is published last: of the draft that it came from, else of its file; "" for neither."""
    drafts = PolicyDraft.objects.filter(kind=kind, name=name, state=DraftState.PUBLISHED)
    if text := drafts.order_by("-effective_on").values_list("text", flat=True).first():
        return text
    known = {path.stem: path for path in (Path(slas.__file__).parent / FOLDERS[DraftKind(kind)]).glob("*.toml")}
    return known[name].read_text(encoding="utf-8") if name in known else ""


def coming_versions(at: datetime) -> dict[str, date]:
    """Return for each pack the first day on which something of it changes: one query."""
    rows = PolicyVersion.objects.filter(effective_from__gt=at.date()).order_by("-effective_from")
    return dict(rows.values_list("pack", "effective_from"))
