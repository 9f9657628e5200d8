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
from members.rooms import Area, Room, room_of


def staff_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """Draw a page of the workbench in the house's time zone, with the rooms that this person may enter."""
    common = {**_navigation(request), "finds_cases": _admits(request, "desk:search")}
    with timezone.override(ZoneInfo(settings.HOUSE_TIME_ZONE)):
        return render(request, template, context | common, status=status)


def _navigation(request: HttpRequest) -> dict[str, Any]:
    """Return the areas that this person may enter, and the rooms of the one that the page lies in."""
    here = request.resolver_match.view_name
    areas = [Area(area.label, _open_to(request, area)) for area in named_in_settings(settings.STAFF_AREAS)]
    areas = [area for area in areas if area.rooms]
    room = room_of(here, [room for area in areas for room in area.rooms])
    inside = next((area for area in areas if room in area.rooms), None)
    rooms = inside.rooms if inside and len(inside.rooms) > 1 else ()
    return {
        "navigation": [_link(here, area.rooms[0], area.name, inside=area is inside) for area in areas],
        "area": inside.label if inside else "",
        "rooms": [_link(here, each, each.label, inside=each is room) for each in rooms],
    }


def _open_to(request: HttpRequest, area: Area) -> tuple[Room, ...]:
    return tuple(room for room in area.rooms if _admits(request, room.url_name))


def _link(here: str, room: Room, label: Any, *, inside: bool) -> dict[str, Any]:
    return {"label": label, "url": reverse(room.url_name), "current": here == room.url_name, "inside": inside}


def _admits(request: HttpRequest, name: str) -> bool:
    audience = named_in_settings(settings.URL_AUDIENCES).get(name)
    return audience is not None and audience.admits(request.standing, request.actor)
