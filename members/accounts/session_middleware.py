"""Saves the session of a request where others have had a hand in it meanwhile: another tab, its owner elsewhere."""

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from members.accounts.middleware import signed_out


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's own, but that no answer is lost or false because the session's key has turned beside its request."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session and set its cookie; an answer whose session was ended meanwhile becomes the way in."""
        if _is_unknown(request):
            # No reason to take the cookie: the browser may have the next key already, from the answer to another tab.
            patch_vary_headers(response, ("Cookie",))
            return response
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            if not request.session.save_changes():
                return super().process_response(request, signed_out(request))
            # Without the cookie: the browser has the new key from whoever turned it.
            patch_vary_headers(response, ("Cookie",))
            return response


def _is_unknown(request: HttpRequest) -> bool:
    """Tell whether the browser named a key that opens nothing, and nothing was ended or begun in its stead."""
    is_named = settings.SESSION_COOKIE_NAME in request.COOKIES
    return is_named and request.session.is_empty() and not request.session.modified
