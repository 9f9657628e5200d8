"""What somebody sees who asks for a page of which a sealed value does not open."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from members.privacy.keyring import SealBroken


class BrokenSealMiddleware(MiddlewareMixin):
    """Say in words that a value cannot be opened. It is in the audit trail and in the log by then."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for SealBroken alone."""
        if not isinstance(error, SealBroken):
            return None
        return render(request, "seal_broken.html", status=HTTPStatus.INTERNAL_SERVER_ERROR)
