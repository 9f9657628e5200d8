"""The act of sending what the law asks for on its way."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from complaints.correspondence.models import Notice
from complaints.operations import send_notice
from complaints.views.desk.act import ActView, Told


class SendNotice(ActView):
    """Record that a letter was posted, or that a notice or a file was passed on."""

    act, title, label = "send_notice", "Notice sent", "It was sent"
    done = "It is recorded as sent."
    explanation = "Press once it is in the post or with the body it is for: from now on it counts as sent."

    def get(self, request: HttpRequest, reference: str, notice_id: UUID) -> HttpResponse:  # noqa: ARG002 -- in kwargs
        """Ask."""
        return super().get(request, reference)

    def post(self, request: HttpRequest, reference: str, notice_id: UUID) -> HttpResponse:  # noqa: ARG002 -- the same
        """Record it."""
        return super().post(request, reference)

    def perform(self, form: Any, told: Told) -> None:  # noqa: ARG002 -- there is nothing to type
        """Record the proof."""
        try:
            send_notice(**told, notice_id=self.kwargs["notice_id"])
        except Notice.DoesNotExist:
            raise Http404 from None
