"""The queue and its export."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from complaints.queries.queue import QueueRow, SavedView, read_queue, read_whole_view
from complaints.views.download import download
from complaints.views.member_page import house_day
from members.spreadsheets import csv_text
from members.views.staff_page import staff_page

TONES = {SavedView.OVERDUE: "late", SavedView.TODAY: "soon"}
COLUMNS = (
    "Reference", "Due", "Time left", "Complainant", "Topic", "State", "Language", "Owner", "Priority", "Received"
)  # fmt: skip


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show one page of a saved view."""
    view = _chosen(request)
    found = read_queue(actor=request.actor, view=view, page=request.GET.get("page"), at=request.at)
    context = {"view": view, "page": found.page, "views": _views(view, found.counts), "at": request.at}
    return staff_page(request, "staff/queue.html", context)


@require_safe
def queue_csv(request: HttpRequest) -> HttpResponse:
    """Hand out a whole saved view."""
    view = _chosen(request)
    rows = read_whole_view(actor=request.actor, view=view, at=request.at)
    name = f"queue-{view}-{house_day(request.at)}.csv"
    return download(csv_text(COLUMNS, map(_cells, rows)), "text/csv; charset=utf-8", name)


def _views(current: SavedView, counts: dict[SavedView, int]) -> list[dict[str, object]]:
    address = reverse("desk:queue")
    return [
        {
            "label": view.label,
            "url": f"{address}?view={view}",
            "count": f"{counts[view]:,}" if counts[view] else "",
            "current": view == current,
            "tone": TONES.get(view, ""),
        }
        for view in SavedView
    ]


def _chosen(request: HttpRequest) -> SavedView:
    chosen = request.GET.get("view", "")
    return SavedView(chosen) if chosen in SavedView.values else SavedView.OPEN


def _cells(row: QueueRow) -> tuple[object, ...]:
    return (
        row.reference,
        _minute(row.due_at),
        row.time_left.words if row.time_left else "",
        row.name,
        row.topic,
        row.state,
        row.language,
        row.owner,
        row.priority.label,
        _minute(row.received_at),
    )


def _minute(moment: datetime) -> str:
    """Return a time where the insurer is, in a form that sorts."""
    return f"{moment.astimezone(ZoneInfo(settings.HOUSE_TIME_ZONE)):%Y-%m-%d %H:%M}"
