"""What somebody sees who asks for a page of which a sealed value does not open, or may not be shown."""

import logging
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin

from members.privacy.access import AuditUnavailable
from members.privacy.keyring import SealBroken

log = logging.getLogger(__name__)


class BrokenSealMiddleware(MiddlewareMixin):
    """Say in words that a value cannot be opened, which was recorded by then, or that nothing can be recorded."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for SealBroken and AuditUnavailable."""
        if isinstance(error, SealBroken):
            return render(request, "seal_broken.html", status=HTTPStatus.INTERNAL_SERVER_ERROR)
        if isinstance(error, AuditUnavailable):
            log.error("%s: %s", request.resolver_match.view_name, error, exc_info=error)
            words = render_to_string("audit_unavailable.html")  # without the request: it would ask the database again
            return HttpResponse(words, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "60"})
        return None
