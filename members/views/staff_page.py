"""What the pages of staff have in common."""

from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from members.accounts.places import named_in_settings


def staff_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """Draw a page of the workbench in the house's time zone, with the rooms that this person may enter."""
    common = {"navigation": _navigation(request), "finds_cases": _admits(request, "desk:search")}
    with timezone.override(ZoneInfo(settings.HOUSE_TIME_ZONE)):
        return render(request, template, context | common, status=status)


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the rooms whose URL admits the person, and mark the one that the page lies in."""
    rooms = named_in_settings(settings.STAFF_ROOMS)
    here = request.resolver_match.view_name
    # A page lies in the room whose pages are named most closely: Queue names the whole desk.
    ways = {
        name: max((len(way) for way in (name, *ways) if here.startswith(way)), default=0)
        for name, _label, ways in rooms
    }
    closest = max(ways.values()) or None
    return [
        {"label": label, "url": reverse(name), "current": here == name, "inside": ways[name] == closest}
        for name, label, _ways in rooms
        if _admits(request, name)
    ]


def _admits(request: HttpRequest, name: str) -> bool:
    audience = named_in_settings(settings.URL_AUDIENCES).get(name)
    return audience is not None and audience.admits(request.standing, request.actor)
