"""What browsers report that our content security policy refused: counted by day, and by nothing that names anybody.

The addresses in a report may hold references, tokens and words. So a page is kept as the name of its URL, what was
refused as a kind, and neither is logged otherwise.
"""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from members.accounts.places import client_address
from members.accounts.throttle import Counter, valkey

log = logging.getLogger(__name__)
REPORTS = Counter("csp_reports", limit=60, window=timedelta(minutes=1))
MOST_BYTES = 16 * 1024
KEPT_FOR = timedelta(days=2)
DIRECTIVES = frozenset(
    f"{name}-src{part}"
    for name in ("default", "script", "style", "img", "font", "connect", "manifest", "media", "frame", "worker")
    for part in ("", "-elem", "-attr")
) | {"form-action", "frame-ancestors", "base-uri", "object-src", "child-src"}
KINDS = frozenset({"inline", "eval", "wasm-eval", "data", "blob", "self"})
Violation = tuple[str, str, str]
"""Directive, kind of what was refused, name of the page's URL."""


@csrf_exempt
@require_POST
def collect(request: HttpRequest) -> HttpResponse:
    """Count what a browser reports, in the older form or in that of the Reporting API."""
    if len(request.headers.get("Content-Length", "")) > len(str(MOST_BYTES)) or len(request.body) > MOST_BYTES:
        return HttpResponse("A report has 16 kB at most.\n", "text/plain", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        found = list(_violations(json.loads(request.body)))
    except (ValueError, RecursionError):
        return HttpResponse("A report is a JSON text.\n", "text/plain", HTTPStatus.BAD_REQUEST)
    if not REPORTS.take_or_alarm(client_address(request)):
        return HttpResponse("Wait a minute.\n", "text/plain", HTTPStatus.TOO_MANY_REQUESTS)
    for violation in found:
        _count(violation, at=request.at)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def reports_of(at: datetime) -> dict[Violation, int]:
    """Return how often each was reported on the day of this moment. Raises RedisError."""
    tally = valkey().hgetall(_key(at)).items()
    return {tuple(name.decode().split("|")): int(count) for name, count in tally}


def _violations(read: Any) -> Iterator[Violation]:
    for entry in read[:20] if isinstance(read, list) else [read]:
        body = (entry.get("body") or entry.get("csp-report")) if isinstance(entry, dict) else None
        if isinstance(body, dict):
            directive = _text(body, "effectiveDirective", "effective-directive", "violated-directive").partition(" ")[0]
            page = urlsplit(_text(body, "documentURL", "document-uri"))
            refused = _text(body, "blockedURL", "blocked-uri")
            known = directive if directive in DIRECTIVES else "other"
            yield known, _kind(refused, page.netloc), _url_name(page.path)


def _text(body: dict[str, Any], *names: str) -> str:
    return next((body[name] for name in names if isinstance(body.get(name), str)), "")


def _kind(refused: str, own_host: str) -> str:
    if own_host and urlsplit(refused).netloc == own_host:
        return "self"
    word = refused.partition(":")[0]
    return word if word in KINDS else "elsewhere"


def _url_name(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return "unknown"


def _count(violation: Violation, *, at: datetime) -> None:
    """Add one; without Valkey a report is lost, which no page waits for."""
    try:
        with valkey().pipeline() as both:
            both.hincrby(_key(at), "|".join(violation), 1)
            both.expire(_key(at), KEPT_FOR)
            times, _expires = both.execute()
    except RedisError:
        return
    if times == 1:
        log.warning("The content security policy refused %s (%s) on %s", *violation)


def _key(at: datetime) -> str:
    return f"csp_reports:{at:%Y-%m-%d}"
