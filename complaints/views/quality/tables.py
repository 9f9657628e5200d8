"""Charts and files that several pages of quality show."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.capa.queries import AGE_BANDS, CapaLine, CausePareto
from complaints.quality.charts import BarChart, Category, Pareto, bar_chart, pareto
from complaints.views.quality.filters import Filters
from members.spreadsheets import csv_text


def pareto_chart(causes: CausePareto, filters: Filters) -> Pareto | None:
    """Return the Pareto of causes; each bar leads to its complaints."""
    categories = [
        Category(share.label, share.cases, filters.on(reverse("quality:cause", args=[share.code])), rest=share.is_rest)
        for share in causes.shares
    ]
    title = _("Complaints by root cause: %(filters)s") % {"filters": filters.words}
    return pareto(title, categories)


def ageing_chart(lines: Iterable[CapaLine]) -> BarChart | None:
    """Return how old the open CAPAs are; each bar leads to them."""
    ages = [line.age for line in lines if line.is_open]
    address = reverse("quality:capa_list")
    categories = [
        Category(str(words), ages.count(code), f"{address}?age={code}", late=place == len(AGE_BANDS))
        for place, (_most, code, words) in enumerate(AGE_BANDS, 1)
    ]
    return bar_chart(_("Age of open CAPAs"), categories)


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Answer with a CSV file to save."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(csv_text(columns, rows), content_type="text/csv; charset=utf-8", headers=headers)
