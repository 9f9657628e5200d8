"""What a draft would have done to past clocks: asked for here, reckoned in the worker, shown when it is there."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from complaints.capa.dates import house_date
from complaints.forms.policies import WhatIfForm
from complaints.permissions import may
from complaints.quality.charts import BarChart, Category, bar_chart
from complaints.quality.week_chart import WeekChart, week_chart
from complaints.quality.what_if import COLUMNS, references, rows_of
from complaints.queries.policies import draft_title, find_draft
from complaints.views.quality.acts import act_page
from complaints.views.quality.tables import csv_file
from members.dates import day_in_words
from slas.models import PolicyDraft
from slas.operations import ask_replay
from slas.queries import database_now
from slas.replay_figures import LATE_EITHER_WAY, NEWLY_IN_TIME, NEWLY_LATE, ReplayLine

LINES_A_PAGE = 50
A_YEAR = timedelta(days=365)
GROUP_WORDS = {NEWLY_LATE: "Newly late", NEWLY_IN_TIME: "Newly in time", LATE_EITHER_WAY: "Late either way"}
SHIFTS = (
    (None, -15, "15+ earlier"),
    (-14, -8, "8–14 earlier"),
    (-7, -4, "4–7 earlier"),
    (-3, -1, "1–3 earlier"),
    (0, 0, "Same day"),
    (1, 3, "1–3 later"),
    (4, 7, "4–7 later"),
    (8, 14, "8–14 later"),
    (15, None, "15+ later"),
)


@require_http_methods(["GET", "HEAD", "POST"])
def what_if(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show what a draft would have done; by POST, have it reckoned for a period."""
    draft = find_draft(draft_id)
    if draft is None:
        raise Http404
    if request.method == "POST" and not may(request.actor, "publish_policy"):
        raise PermissionDenied
    lines = _lines(draft, request.GET.get("show", NEWLY_LATE))
    period = {"since": draft.replay_since, "until": draft.replay_until}
    if draft.replay_asked_at is None:
        period["since"] = house_date(request.at) - A_YEAR
    form = WhatIfForm(request.POST if request.method == "POST" else None, initial=period)

    def carry_out(since: date | None, until: date | None) -> HttpResponse:
        ask_replay(actor=request.actor, at=database_now(), draft_id=draft.pk, since=since, until=until)
        return redirect(request.path)

    context = {
        "draft": draft,
        "title": draft_title(draft.kind, draft.name),
        "may_ask": draft.is_open and may(request.actor, "publish_policy"),
        "is_reckoning": draft.replay is None and draft.replay_asked_at is not None and draft.is_open,
        **_result(draft, lines, request),
    }
    return act_page(request, "quality/policies_what_if.html", form, context, carry_out)


@require_safe
def what_if_csv(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Hand out every clock that a what-if has kept."""
    draft = find_draft(draft_id)
    if draft is None:
        raise Http404
    return csv_file("what-if", COLUMNS, rows_of(actor=request.actor, lines=_all_lines(draft)))


def _result(draft: PolicyDraft, lines: list[ReplayLine], request: HttpRequest) -> dict[str, Any]:
    told = draft.replay
    if told is None:
        return {"told": None}
    page = Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page"))
    show = request.GET.get("show") if request.GET.get("show") in GROUP_WORDS else NEWLY_LATE
    known = references(actor=request.actor, lines=page.object_list)
    totals = {NEWLY_LATE: told["newly_late"], NEWLY_IN_TIME: told["newly_in_time"]}
    totals[LATE_EITHER_WAY] = told["late_after"] - told["newly_late"]
    return {
        "told": told,
        "at": datetime.fromisoformat(told["at"]),
        "weeks": _week_chart(told),
        "shifts": _shift_chart(told),
        "months": list(told["by_month"].items()),
        "obligations": list(told["by_obligation"].items()),
        "page": page,
        "rows": [_row(line, known.get(line.matter_id, "")) for line in page.object_list],
        "list_title": GROUP_WORDS[show],
        "kept": len(lines),
        "kept_of": totals[show],
        "views": [
            {
                "label": words,
                "url": f"?show={group}#list",
                "count": totals[group],
                "current": group == show,
                "tone": "late" if group == NEWLY_LATE else "",
            }
            for group, words in GROUP_WORDS.items()
        ],
    }


def _row(line: ReplayLine, reference: str) -> dict[str, Any]:
    """Return one line with its moments as moments, and the address of its case where there is one."""
    moments = {
        name: datetime.fromisoformat(text) if (text := getattr(line, name)) else None
        for name in ("started_at", "due_before", "due_after", "ended_at")
    }
    is_case = reference and line.matter_kind == "complaint"
    return moments | {
        "reference": reference,
        "url": reverse("desk:case", args=[reference]) if is_case else "",
        "obligation": line.obligation,
        "before": line.before,
        "after": line.after,
    }


def _lines(draft: PolicyDraft, group: str) -> list[ReplayLine]:
    kept = (draft.replay or {}).get("lines", {})
    return [ReplayLine(**line) for line in kept.get(group if group in GROUP_WORDS else NEWLY_LATE, ())]


def _all_lines(draft: PolicyDraft) -> Iterable[ReplayLine]:
    for group in GROUP_WORDS:
        yield from _lines(draft, group)


def _week_chart(told: dict[str, Any]) -> WeekChart | None:
    weeks = [(date.fromisoformat(week["week"]), week["due_before"], week["due_after"]) for week in told["by_week"]]
    if not weeks:
        return None
    span = f"{day_in_words(weeks[0][0])} to {day_in_words(weeks[-1][0])}"
    return week_chart(f"What falls due in each week, {span}", weeks)


def _shift_chart(told: dict[str, Any]) -> BarChart | None:
    """Return by how many days due dates move, in a few steps from the first to the last that holds any."""
    counts = {int(days): count for days, count in told["shift_days"].items()}
    categories = [
        Category(words, sum(count for days, count in counts.items() if _within(days, least, most)))
        for least, most, words in SHIFTS
    ]
    filled = [place for place, category in enumerate(categories) if category.count]
    return bar_chart("By how many days due dates move", categories[filled[0] : filled[-1] + 1] if filled else [])


def _within(days: int, least: int | None, most: int | None) -> bool:
    return (least is None or days >= least) and (most is None or days <= most)
