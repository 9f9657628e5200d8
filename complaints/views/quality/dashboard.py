"""The first page of quality: how we keep our promises, which causes recur, and whether what we do about them works."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from complaints.capa.enums import CapaState
from complaints.capa.queries import list_capas, pareto_of_causes, with_titles
from complaints.quality.indicators import Indicator, headline_indicators
from complaints.views.quality.filters import Filters
from complaints.views.quality.tables import ageing_chart, pareto_chart
from members.views.staff_page import staff_page

MOST_LISTED = 6


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show headline figures, the Pareto of causes, and the CAPAs that are old or due."""
    filters = Filters.of(request)
    indicators = headline_indicators(actor=request.actor, at=request.at, period=filters.span(request.at))
    causes = pareto_of_causes(actor=request.actor, **filters.narrowing(request.at))
    reader = {"actor": request.actor, "at": request.at}
    lines = [line for line in list_capas(**reader) if line.is_open]
    checks = [line for line in lines if line.state == CapaState.IMPLEMENTED]
    overdue = [line for line in lines if line.is_overdue]
    context = {
        "filters": filters,
        "figures": [*map(_figure, indicators), _capa_figure(len(overdue), len(lines))],
        "causes": causes,
        "pareto": pareto_chart(causes, filters),
        "ageing": ageing_chart(lines),
        "checks": with_titles(checks[:MOST_LISTED], **reader),
        "overdue": with_titles(overdue[:MOST_LISTED], **reader),
        "more_overdue": len(overdue) - MOST_LISTED,
    }
    return staff_page(request, "quality/dashboard.html", context)


def _figure(indicator: Indicator) -> dict[str, Any]:
    """Return one figure as the page shows it: the number, its target and how many missed it, never colour alone."""
    target = _("Target %(percent)d%%") % {"percent": indicator.target}
    if indicator.percent is None:
        return {"label": indicator.label, "value": "–", "words": target, "tag": _("No verdict yet"), "tone": "pause"}
    missed = _("%(missed)s of %(all)s missed") % {
        "missed": f"{indicator.missed:,}",
        "all": f"{indicator.met + indicator.missed:,}",
    }
    reached = {"tag": _("Reached"), "tone": "ok"} if indicator.is_reached else {"tag": _("Not reached"), "tone": "late"}
    return {"label": indicator.label, "value": f"{indicator.percent:g}%", "words": f"{target} · {missed}", **reached}


def _capa_figure(overdue: int, open_ones: int) -> dict[str, Any]:
    return {
        "label": _("CAPAs overdue"),
        "value": str(overdue),
        "words": _("of %(number)d open") % {"number": open_ones},
        "tag": _("Overdue") if overdue else _("On time"),
        "tone": "late" if overdue else "ok",
        "url": reverse("quality:capa_list") + "?show=overdue",
    }
