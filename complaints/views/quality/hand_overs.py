"""Giving a CAPA or an action to somebody else."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from complaints.capa.operations import hand_over_action, hand_over_capa
from complaints.capa.queries import possible_owners
from complaints.forms.quality import HandOverForm
from complaints.views.quality.acts import act_page, action_rows, allowed_capa, changeable_action
from complaints.views.quality.capa_acts import form_page
from slas.queries import database_now


@form_page
def capa(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a CAPA to another owner."""
    head = allowed_capa(request, reference, "hand_over")
    form = HandOverForm(request.POST if request.method == "POST" else None, owners=possible_owners())

    def carry_out(owner_id: UUID) -> HttpResponse:
        hand_over_capa(actor=request.actor, at=database_now(), capa_id=head.id, owner_id=owner_id)
        messages.success(request, _("The CAPA is handed over."))
        return redirect("quality:capa", head.reference)

    rows = [{"key": _("Owner until now"), "value": head.owner}]
    words = {"title": _("Hand the CAPA over"), "button": _("Hand it over"), "rows": rows}
    return act_page(request, "quality/capa_act.html", form, {"head": head} | words, carry_out)


@form_page
def action(request: HttpRequest, reference: str, action_id: UUID) -> HttpResponse:
    """Give an action to somebody else."""
    head, line = changeable_action(request, reference, action_id)
    if line.done_on:
        return redirect("quality:capa", head.reference)
    form = HandOverForm(request.POST if request.method == "POST" else None, owners=possible_owners())

    def carry_out(owner_id: UUID) -> HttpResponse:
        hand_over_action(actor=request.actor, at=database_now(), action_id=line.id, owner_id=owner_id)
        messages.success(request, _("The action is handed over."))
        return redirect("quality:capa", head.reference)

    words = {"title": _("Hand the action over"), "button": _("Hand it over"), "rows": action_rows(line)}
    return act_page(request, "quality/capa_act.html", form, {"head": head} | words, carry_out)
