"""The acts on a CAPA: opening it, planning, carrying out, judging its effect. A page and a form each."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints.capa.dates import house_date
from complaints.capa.operations import (
    add_action,
    approve_plan,
    complete_action,
    open_capa,
    verify_effectiveness,
)
from complaints.capa.queries import (
    CaseLine,
    cases_with_references,
    effect_so_far,
    possible_owners,
)
from complaints.forms.quality import ActionForm, CapaForm, CompletionForm, PlanForm, VerdictForm
from complaints.views.quality.acts import act_page, action_rows, allowed_capa, changeable_action
from members.views.staff_page import staff_page
from slas.queries import database_now

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """Open a CAPA for the complaints that the address names; without any, say where to choose them."""
    cases = cases_with_references(actor=request.actor, references=request.GET.getlist("complaints"))
    if not cases:
        return staff_page(request, "quality/capa_new_empty.html", {})
    form = CapaForm(
        request.POST if request.method == "POST" else None,
        initial=_suggested(cases, request.GET.get("cause", "")),
        complaints=[(case.id, case.reference) for case in cases],
        hints={str(case.id): _facts(case) for case in cases},
        owners=possible_owners(),
    )

    def carry_out(key: UUID, **words: Any) -> HttpResponse:
        capa = open_capa(actor=request.actor, at=database_now(), opening_key=key, **words)
        messages.success(request, _("%(reference)s is open. Plan its actions next.") % {"reference": capa.reference})
        return redirect("quality:capa", capa.reference)

    return act_page(request, "quality/capa_new.html", form, {"cases": cases}, carry_out)


@form_page
def plan_action(request: HttpRequest, reference: str) -> HttpResponse:
    """Add an action to a CAPA."""
    head = allowed_capa(request, reference, "add_action")
    form = ActionForm(request.POST if request.method == "POST" else None, owners=possible_owners())

    def carry_out(**words: Any) -> HttpResponse:
        add_action(actor=request.actor, at=database_now(), capa_id=head.id, **words)
        messages.success(request, _("The action is planned."))
        return redirect("quality:capa", head.reference)

    context = {"head": head, "title": _("Add an action"), "button": _("Add this action")}
    return act_page(request, "quality/capa_act.html", form, context, carry_out)


@form_page
def approve(request: HttpRequest, reference: str) -> HttpResponse:
    """Approve a plan, with the criterion and the day by which its effect is judged."""
    head = allowed_capa(request, reference, "approve_plan")
    form = PlanForm(request.POST if request.method == "POST" else None)

    def carry_out(**words: Any) -> HttpResponse:
        approve_plan(actor=request.actor, at=database_now(), capa_id=head.id, **words)
        messages.success(request, _("The plan is approved, and its criterion is fixed."))
        return redirect("quality:capa", head.reference)

    context = {"head": head, "title": _("Approve the plan"), "button": _("Approve this plan")}
    return act_page(request, "quality/capa_act.html", form, context, carry_out)


@form_page
def complete(request: HttpRequest, reference: str, action_id: UUID) -> HttpResponse:
    """Say that an action is done."""
    head, action = changeable_action(request, reference, action_id)
    if action.done_on:
        return redirect("quality:capa", head.reference)
    form = CompletionForm(request.POST if request.method == "POST" else None)

    def carry_out() -> HttpResponse:
        complete_action(actor=request.actor, at=database_now(), action_id=action.id)
        messages.success(request, _("The action is done."))
        return redirect("quality:capa", head.reference)

    words = {"title": _("Is this action done?"), "button": _("Yes, it is done"), "rows": action_rows(action)}
    return act_page(request, "quality/capa_act.html", form, {"head": head} | words, carry_out)


@form_page
def verify(request: HttpRequest, reference: str) -> HttpResponse:
    """Judge whether a CAPA had its effect, with the figures before the eyes."""
    head = allowed_capa(request, reference, "verify_effective")
    form = VerdictForm(request.POST if request.method == "POST" else None)

    def carry_out(**words: Any) -> HttpResponse:
        verify_effectiveness(actor=request.actor, at=database_now(), capa_id=head.id, **words)
        messages.success(request, _("The verdict is recorded."))
        return redirect("quality:capa", head.reference)

    context = {
        "head": head,
        "title": _("Did it work?"),
        "button": _("Record this verdict"),
        "criterion": head.criterion,
        "is_early": head.check_on and house_date(request.at) < head.check_on,
        "effect": effect_so_far(actor=request.actor, capa_id=head.id, at=request.at),
    }
    return act_page(request, "quality/capa_act.html", form, context, carry_out)


def _suggested(cases: list[CaseLine], cause: str) -> dict[str, Any]:
    return {"key": uuid4(), "complaint_ids": [str(case.id) for case in cases], "cause": cause}


def _facts(case: CaseLine) -> str:
    return " · ".join(filter(None, [case.topic, case.outcome, ", ".join(case.cause_labels)]))
