"""The pages of acts: a form, one operation, and back to where it shows."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from complaints.capa.lifecycle import CapaRefused
from complaints.forms.quality import ActForm
from complaints.permissions import ActionForbidden
from complaints.views.staff_page import staff_page


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
        except ActionForbidden:
            raise PermissionDenied from None
        except CapaRefused as refused:
            refusal = form.mark_refused(str(refused), refused.field)
    status = HTTPStatus.CONFLICT if refusal else HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    words = {"form": form, "refusal": refusal, "has_errors": bool(refusal)}
    return staff_page(request, template, context | words, status=status)
