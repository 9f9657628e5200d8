"""The pages of acts: a form, one operation, and back to where it shows."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from complaints.capa.lifecycle import CapaRefused
from complaints.capa.queries import ActionLine, CapaHead, find_action, find_capa
from complaints.forms.quality import ActForm
from complaints.permissions import ActionForbidden
from members.dates import day_in_words
from members.views.staff_page import staff_page
from slas.drafts import DraftForbidden, DraftRefused


def act_page(
    request: HttpRequest, template: str, form: ActForm, context: dict[str, Any], carry_out: Callable[..., HttpResponse]
) -> HttpResponse:
    """Carry out what a right form asks for, by its cleaned fields; else draw it with all that was typed.

    What the operation refuses stands beside the answer at fault, or else on top.
    """
    refusal = ""
    if form.is_bound and form.is_valid():
        try:
            return carry_out(**form.cleaned_data)
        except (ActionForbidden, DraftForbidden):
            raise PermissionDenied from None
        except (CapaRefused, DraftRefused) as refused:
            refusal = form.mark_refused(str(refused), refused.field)
    status = HTTPStatus.CONFLICT if refusal else HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    words = {"form": form, "refusal": refusal, "has_errors": bool(refusal)}
    return staff_page(request, template, context | words, status=status)


def allowed_capa(request: HttpRequest, reference: str, act: str) -> CapaHead:
    """Return the CAPA, if the reader may see it and do the act. Raises Http404, PermissionDenied."""
    head = find_capa(actor=request.actor, reference=reference, at=request.at)
    if head is None:
        raise Http404
    if act not in head.allowed:
        raise PermissionDenied
    return head


def changeable_action(request: HttpRequest, reference: str, action_id: UUID) -> tuple[CapaHead, ActionLine]:
    """Return a CAPA and its action, if the reader answers for it or it is done. Raises Http404, PermissionDenied."""
    head = find_capa(actor=request.actor, reference=reference, at=request.at)
    action = find_action(actor=request.actor, reference=reference, action_id=action_id, at=request.at)
    if head is None or action is None:
        raise Http404
    if not (action.may_change or action.done_on):
        raise PermissionDenied
    return head, action


def action_rows(action: ActionLine) -> list[dict[str, str]]:
    """Return what an action is, as rows of a summary list."""
    return [
        {"key": _("Action"), "value": action.description},
        {"key": _("Kind of action"), "value": action.kind},
        {"key": _("Who does it?"), "value": action.owner},
        {"key": _("Done by"), "value": day_in_words(action.due_on)},
    ]
