"""The list of CAPAs and the page of one."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from complaints.capa.enums import CapaState
from complaints.capa.queries import AGE_BANDS, CapaLine, effect_so_far, list_capas, read_capa, with_titles
from complaints.permissions import may
from complaints.views.quality.tables import ageing_chart, csv_file
from members.views.staff_page import staff_page

CAPAS_A_PAGE = 50
AGES = {code: words for _most, code, words in AGE_BANDS}
VIEWS = ("open", "overdue", *CapaState.values, "all")


@require_safe
def capa_list(request: HttpRequest) -> HttpResponse:
    """List the CAPAs of one view, open ones by what is due first; with their ages."""
    lines = list_capas(actor=request.actor, at=request.at)
    show, age = _narrowed(request)
    page = Paginator(_chosen(lines, show, age), CAPAS_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = with_titles(page.object_list, actor=request.actor, at=request.at)
    context = {
        "views": _views(lines, show),
        "age_words": AGES.get(age, ""),
        "page": page,
        "ageing": ageing_chart(lines),
        "may_open": may(request.actor, "open_capa"),
    }
    return staff_page(request, "quality/capa_list.html", context)


@require_safe
def capa_list_csv(request: HttpRequest) -> HttpResponse:
    """Hand out all CAPAs of one view."""
    chosen = _chosen(list_capas(actor=request.actor, at=request.at), *_narrowed(request))
    lines = with_titles(chosen, actor=request.actor, at=request.at)
    return csv_file("capas", _columns(), map(_cells, lines))


@require_safe
def capa(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one CAPA: problem, plan, criterion, effect, verdict and its story, with the acts that are possible now."""
    page = read_capa(actor=request.actor, reference=reference, at=request.at)
    if page is None:
        raise Http404
    effect = effect_so_far(actor=request.actor, capa_id=page.head.id, at=request.at)
    return staff_page(request, "quality/capa.html", {"page": page, "head": page.head, "effect": effect})


def _narrowed(request: HttpRequest) -> tuple[str, str]:
    """Return the view and the age that are asked for, "" for every age."""
    show, age = request.GET.get("show", ""), request.GET.get("age", "")
    return show if show in VIEWS else "open", age if age in AGES else ""


def _chosen(lines: list[CapaLine], show: str, age: str) -> list[CapaLine]:
    return [line for line in lines if _belongs(line, show) and (not age or line.age == age)]


def _belongs(line: CapaLine, view: str) -> bool:
    """Tell whether a view shows the line: a view is a state, or one of three wider ones."""
    match view:
        case "open":
            return line.is_open
        case "overdue":
            return line.is_overdue
        case "all":
            return True
    return line.state == view


def _views(lines: list[CapaLine], show: str) -> list[dict[str, Any]]:
    words = {"open": _("Open"), "overdue": _("Overdue"), "all": _("All")} | dict(CapaState.choices)
    address = reverse("quality:capa_list")
    return [
        {
            "label": words[name],
            "url": f"{address}?show={name}",
            "count": sum(_belongs(line, name) for line in lines),
            "current": name == show,
            "tone": "late" if name == "overdue" else "",
        }
        for name in VIEWS
    ]


def _columns() -> list[str]:
    return [
        _("Reference"),
        _("Title"),
        _("Root cause"),
        _("State"),
        _("Owner"),
        _("Opened"),
        _("Age in days"),
        _("Complaints"),
        _("Actions"),
        _("Actions done"),
        _("Actions overdue"),
        _("Next due"),
        _("Due at"),
    ]


def _cells(line: CapaLine) -> list[Any]:
    return [
        line.reference,
        line.title,
        line.cause_label,
        line.state_label,
        line.owner,
        line.opened_on,
        line.age_days,
        line.complaints,
        line.actions,
        line.actions_done,
        line.actions_overdue,
        line.due_what,
        line.due and line.due.due_at and line.due.due_at.isoformat(),
    ]
