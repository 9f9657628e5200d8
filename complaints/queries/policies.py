"""Drafts of policy packs and calendars as their pages show them: what each changes, and what stands in its way."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

import slas
from complaints.queries.policy_differences import Change, changes_of, differing_lines
from complaints.queries.why_packs import pack_title
from members.actors import Actor
from members.dates import day_in_words
from slas.calendar import CalendarFault
from slas.drafts import PUBLISHERS, WRITERS
from slas.models import CalendarVersion, DraftKind, DraftState, PolicyDraft, PolicyVersion
from slas.pack_words import PackFault
from slas.queries.proposals import obstacles_to, read_proposal

FOLDERS = {DraftKind.PACK: "policy_packs", DraftKind.CALENDAR: "calendars"}
TONES = {DraftState.DRAFT: "new", DraftState.SUBMITTED: "soon", DraftState.PUBLISHED: "ok"}
OWN_DRAFT = "You wrote this draft. A second quality manager or a lead publishes it."


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
class DraftPage:
    """One draft with everything that decides about it. `allowed` are the acts that this person can do now.

    `pack` is the published pack that it changes or has changed, "" for none; `lines` are those of its text that differ
    from the text in force, as unified differences.
    """

    line: DraftLine
    draft: PolicyDraft
    changes: tuple[Change, ...]
    obstacles: tuple[str, ...]
    allowed: frozenset[str]
    refusal: str
    pack: str
    lines: tuple[str, ...]


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
            changes = tuple(changes_of(proposal))
            in_the_way = tuple(obstacles_to(draft, proposal, at=at))
            replaces = bool(proposal.replaces)
    return DraftPage(
        line=_line(draft),
        draft=draft,
        changes=changes,
        obstacles=in_the_way,
        allowed=_allowed(actor, draft, is_clear=not in_the_way),
        refusal=OWN_DRAFT if draft.state == DraftState.SUBMITTED and draft.written_by_id == actor.user_id else "",
        lines=tuple(differing_lines(current_text(draft.kind, draft.name), draft.text)) if draft.is_open else (),
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
    """Return for each pack the first day, where the house is, on which something of it changes: one query."""
    today = at.astimezone(ZoneInfo(settings.HOUSE_TIME_ZONE)).date()
    rows = PolicyVersion.objects.filter(effective_from__gt=today).order_by("-effective_from")
    return dict(rows.values_list("pack", "effective_from"))
