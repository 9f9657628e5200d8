"""Which causes recur, the complaints behind each, and recording the cause of one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from complaints.capa.causes import CAUSES
from complaints.capa.operations import record_root_cause
from complaints.capa.queries import (
    CauseShare,
    case_lines,
    cases_of_cause,
    cases_without_cause,
    pareto_of_causes,
    read_causes,
)
from complaints.forms.quality import RootCauseForm
from complaints.permissions import may
from complaints.views.quality.acts import act_page
from complaints.views.quality.filters import Filters
from complaints.views.quality.tables import csv_file, pareto_chart
from members.views.staff_page import staff_page
from slas.queries import database_now

CASES_A_PAGE = 50


@require_safe
def causes(request: HttpRequest) -> HttpResponse:
    """Show the Pareto of causes with all its numbers; each cause leads to its complaints."""
    filters = Filters.of(request)
    found = pareto_of_causes(actor=request.actor, **filters.narrowing(request.at))
    rows = [(share, filters.on(reverse("quality:cause", args=[share.code]))) for share in found.shares]
    context = {"filters": filters, "causes": found, "rows": rows, "pareto": pareto_chart(found, filters)}
    context["unrecorded"] = cases_without_cause(actor=request.actor).count()
    return staff_page(request, "quality/causes.html", context)


@require_safe
def causes_csv(request: HttpRequest) -> HttpResponse:
    """Hand out the numbers of the Pareto."""
    found = pareto_of_causes(actor=request.actor, **Filters.of(request).narrowing(request.at))
    columns = [_("Code"), _("Root cause"), _("Group"), _("Complaints"), _("Share %"), _("Running share %")]
    return csv_file("root-causes", columns, map(_cells, found.shares))


@require_safe
def cause(request: HttpRequest, code: str) -> HttpResponse:
    """List the complaints of one cause, to choose those that a CAPA answers."""
    if code not in CAUSES:
        raise Http404
    filters = Filters.of(request)
    rows = cases_of_cause(actor=request.actor, cause=code, **filters.narrowing(request.at))
    page = Paginator(rows, CASES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "cause": CAUSES[code],
        "filters": filters,
        "page": page,
        "cases": [(case, case.labels_besides(code)) for case in case_lines(page.object_list)],
        "all_chosen": request.GET.get("chosen") == "all",
        "may_open": may(request.actor, "open_capa"),
    }
    return staff_page(request, "quality/cause.html", context)


@require_safe
def to_record(request: HttpRequest) -> HttpResponse:
    """List the decided complaints whose root cause nobody has recorded yet."""
    page = Paginator(cases_without_cause(actor=request.actor), CASES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "cases": case_lines(page.object_list),
        "may_record": may(request.actor, "record_root_cause"),
    }
    return staff_page(request, "quality/to_record.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what a complaint says and what was decided, and record its root cause."""
    page = read_causes(actor=request.actor, at=request.at, reference=reference)
    if page is None:
        raise Http404
    form = RootCauseForm(request.POST if request.method == "POST" else None)

    def carry_out(cause: str, explanation: str) -> HttpResponse:
        record_root_cause(
            actor=request.actor, at=database_now(), complaint_id=page.case.id, cause=cause, explanation=explanation
        )
        messages.success(
            request, _("The root cause of %(reference)s is recorded.") % {"reference": page.case.reference}
        )
        return HttpResponseRedirect(request.path)

    return act_page(request, "quality/record_cause.html", form, {"page": page}, carry_out)


def _cells(share: CauseShare) -> tuple[str | int, ...]:
    shares = (f"{percent:.1f}" for percent in (share.percent, share.cumulative_percent))
    return (share.code, share.label, share.group, share.cases, *shares)
