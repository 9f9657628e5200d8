"""What the pages of members and guests have in common."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from members.actors import Role


def member_page(
    request: HttpRequest, template: str | list[str], context: dict[str, Any], *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """Draw a page in the house's time zone, with its navigation; no cache keeps it, for others may use this browser."""
    frame = {"navigation": _navigation(request), "is_member": request.actor.has(Role.MEMBER)}
    with timezone.override(ZoneInfo(settings.HOUSE_TIME_ZONE)):
        response = render(request, template, context | frame, status=status)
    response["Cache-Control"] = "no-store"
    return response


def house_day(at: datetime) -> date:
    """Return the day it is in the house's time zone."""
    return at.astimezone(ZoneInfo(settings.HOUSE_TIME_ZONE)).date()


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    if request.actor.has(Role.MEMBER):
        pages = [("member:cases", _("My complaints"))]
    else:
        pages = [("public:status", _("Check a complaint"))]
    pages = [("intake:start", _("Make a complaint")), *pages, ("public:complaints", _("How it works"))]
    here = request.resolver_match.view_name
    return [{"label": label, "url": reverse(name), "current": name == here} for name, label in pages]
