"""The gate: who is here, whether the session still lasts, and whether this URL is for them. No row, no entry."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from members.accounts import sessions
from members.accounts.audiences import Audience, Standing
from members.accounts.devices import device_of
from members.accounts.models import User
from members.accounts.places import landing_path, named_in_settings, network_of, own_path, with_query
from members.actors import GUEST
from members.acts import act

log = logging.getLogger(__name__)

UNATTENDED = "X-Unattended"
"""The header of requests that a page makes by itself, nobody having pressed anything: they keep no session alive."""
LOOKED_AT = frozenset({HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY})
"""How a page answers, besides with success, to what somebody has typed on it."""
DOOR, PROVE = "accounts", "accounts:prove"
# Where those are sent who may not reach a URL yet; none of the three is a dead end.
NEXT_STEP = {
    Standing.ANONYMOUS: "accounts:sign_in",
    Standing.VERIFYING: "accounts:verify",
    Standing.ENROLLING: "accounts:enrol",
}


class GateMiddleware:
    """Sets `request.at`, `request.standing` and `request.actor`; refuses every URL whose audience does not admit them.

    `request.session_left` says how long the session goes on, None where there is none. What keeps it alive is a view's
    answer to somebody, and nothing before it: no form that another site sent, no report of a browser's own.

    `request.is_new_network` says that a session of staff has moved to where nobody has shown a factor for it. All that
    it opens there is the page that asks for one; on pages for anyone it is nobody's, and nothing keeps it alive.

    Until the second factor is shown the actor is GUEST, whoever's password was typed. Roles are read from the database
    each time, so that a change acts on the next request. Belongs after AuthenticationMiddleware, and before
    CsrfViewMiddleware, so that a form sent after the session ended leads to sign-in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Read the table of audiences."""
        self.get_response = get_response
        self.audiences: Mapping[str, Audience] = named_in_settings(settings.URL_AUDIENCES)
        self.give_back: Callable[[HttpRequest, str], HttpResponse | None] = named_in_settings(
            settings.SENT_THROUGH_VIEW
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Identify the actor, and keep what they are shown out of every cache."""
        request.at = timezone.now()
        request.session_ended = request.session_left = None
        request.is_sign_of_life = request.is_new_network = False
        self._identify(request)
        response = self.get_response(request)
        is_answered = response.status_code < HTTPStatus.BAD_REQUEST or response.status_code in LOOKED_AT
        if request.is_sign_of_life and is_answered:
            try:
                sessions.keep_alive(request.session, at=request.at)
            except SessionInterrupted:
                response = signed_out(request)
        if request.session_ended:
            # Not the cookies: a page that gives typed words back sets the token to send them with.
            response["Clear-Site-Data"] = '"cache", "storage"'
        if request.session_ended or not request.session.is_empty() or _is_of_the_door(request):
            response["Cache-Control"] = "no-store"
        return response

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Let the request through to its view, or answer in its stead."""
        name = request.resolver_match.view_name
        audience = self.audiences.get(name)
        if audience is None:
            log.error("The URL %s has no audience in settings.URL_AUDIENCES: refused", name)
            raise Http404
        if audience.admits(request.standing, request.actor):
            if request.standing is not Standing.ANONYMOUS:
                request.is_sign_of_life = (
                    audience.attended and UNATTENDED not in request.headers and not request.is_new_network
                )
                request.session_left = sessions.time_left(
                    request.session, request.user, at=request.at, alive=request.is_sign_of_life
                )
            if _lacks_proof(request, audience):
                request.is_sign_of_life = False  # nothing has looked yet at where the form comes from
                return self._through(request, _to_prove(request, audience))
            if request.is_new_network and Standing.ANONYMOUS in audience.standings:
                request.actor = GUEST
            return None
        if request.standing is not Standing.SIGNED_IN:
            way_in = with_query(NEXT_STEP[request.standing], next=_way_back(request), ended=request.session_ended)
            return self._through(request, way_in)
        if request.standing not in audience.standings:
            return _sent_to(request, landing_path(request.actor))
        with act(actor=request.actor, at=request.at) as this:
            this.record("access.refused", object_type="url", detail={"url": name})
        raise PermissionDenied

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Treat somebody as signed out whose session or account is gone since the gate has looked."""
        if request.standing is Standing.ANONYMOUS or isinstance(exception, Http404 | PermissionDenied):
            return None
        if not isinstance(exception, SessionInterrupted) and User.objects.filter(pk=request.user.pk).exists():
            return None
        _leave(request)
        return self._through(request, _to_sign_in(request))

    def _through(self, request: HttpRequest, way_in: str) -> HttpResponse:
        """Send somebody through another door first; what was typed comes back on the page that says so."""
        if request.method == "POST" and not request.htmx and (page := self.give_back(request, way_in)):
            return page
        return _sent_to(request, way_in)

    def _identify(self, request: HttpRequest) -> None:
        request.standing, request.actor = Standing.ANONYMOUS, GUEST
        user = request.user
        if not user.is_authenticated:
            return
        if limit := sessions.over_by(request.session, user, at=request.at, device=device_of(request)):
            with act(actor=user.at_the_door(), at=request.at) as this:
                this.record("session.ended", object_type="user", object_id=user.pk, detail={"reason": limit})
            logout(request)
            request.session_ended = limit
            return
        request.standing = sessions.standing_of(request.session, user)
        request.is_new_network = user.is_staff_account and not sessions.proven_from(
            request.session, network_of(request)
        )
        if request.standing is Standing.SIGNED_IN:
            request.actor = user.as_actor(at=request.at)


def _lacks_proof(request: HttpRequest, audience: Audience) -> bool:
    """Tell whether the page wants to see a factor again, from somebody who is in the house already.

    Of staff every page of the house wants it on a network that is new to the session: a stolen session moves.
    """
    if request.standing is not Standing.SIGNED_IN:
        return False
    if audience.proof_within and not sessions.proven_within(request.session, audience.proof_within, at=request.at):
        return True
    is_inside = Standing.ANONYMOUS not in audience.standings and request.resolver_match.view_name != PROVE
    return is_inside and request.is_new_network


def _is_of_the_door(request: HttpRequest) -> bool:
    """Tell whether the page has a password, a token or what comes of them, for somebody without a session too."""
    match = request.resolver_match
    return match is not None and match.namespace == DOOR


def _to_prove(request: HttpRequest, audience: Audience) -> str:
    """Return the way to the page that asks again; whoever wants a file comes back to the page that offers it."""
    if not audience.is_file:
        return with_query(PROVE, next=_way_back(request))
    return with_query(PROVE, next=_came_from(request), file="yes")


def _way_back(request: HttpRequest) -> str | None:
    """Return the page to come back to: this one, or the one that a fragment was wanted for or a form was sent from."""
    if request.htmx:
        return own_path(request.htmx.current_url_abs_path)
    return request.get_full_path() if request.method in {"GET", "HEAD"} else _came_from(request)


def _came_from(request: HttpRequest) -> str | None:
    """Return the page of ours that the browser names as the one before."""
    page = urlsplit(request.headers.get("Referer", ""))
    return own_path(urlunsplit(("", "", page.path, page.query, ""))) if page.netloc == request.get_host() else None


def signed_out(request: HttpRequest) -> HttpResponse:
    """Forget the session that was ended during its request, and show the way in."""
    _leave(request)
    return _sent_to(request, _to_sign_in(request))


def _leave(request: HttpRequest) -> None:
    logout(request)
    request.is_sign_of_life = False
    request.standing, request.actor = Standing.ANONYMOUS, GUEST


def _to_sign_in(request: HttpRequest) -> str:
    return with_query(NEXT_STEP[Standing.ANONYMOUS], next=_way_back(request))


def _sent_to(request: HttpRequest, path: str) -> HttpResponse:
    """Return a redirection of the whole page, also when htmx asked for a part of one."""
    return HttpResponseClientRedirect(path) if request.htmx else HttpResponseRedirect(path)
