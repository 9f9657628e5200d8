"""The top bar of the workbench: areas, the rooms of the one somebody is in, and nothing that refuses them."""

import pytest
from django.urls import reverse

from config.rooms import STAFF_AREAS
from members.actors import STAFF, Role
from members.rooms import Room, room_of
from tests.people import sign_in, staff
from tests.ui.conftest import Reader

pytestmark = pytest.mark.django_db
ROOMS = [room for area in STAFF_AREAS for room in area.rooms]


class Bar(Reader):
    """Reads the links of each navigation, by the navigation's name."""

    def __init__(self, page):
        self.links, self.nav, self.link = {}, None, None
        super().__init__(page)

    def handle_starttag(self, tag, attrs):
        super().handle_starttag(tag, attrs)
        if tag == "nav":
            self.nav = self.links.setdefault(dict(attrs).get("aria-label"), {})
        elif tag == "a" and self.nav is not None:
            self.link = dict(attrs)

    def handle_endtag(self, tag):
        if tag == "nav":
            self.nav = None
        elif tag == "a":
            self.link = None

    def handle_data(self, data):
        super().handle_data(data)
        if self.link and data.strip():
            self.nav[data] = self.link.get("aria-current", "")


def bar(client, url_name):
    response = client.get(reverse(url_name))
    assert response.status_code == 200
    return Bar(response.content.decode()).links


def test_the_bar_names_areas_and_below_it_the_rooms_of_this_one(client):
    sign_in(client, staff(Role.LEAD))
    links = bar(client, "quality:capa_list")
    assert links["Main"] == {"Cases": "", "Quality": "true", "Oversight": "", "Members": ""}
    assert links["Quality"] == {"Overview": "", "Causes": "", "CAPA": "page", "Dates": "", "Policies": ""}


def test_an_area_with_one_room_for_somebody_goes_by_that_rooms_name(client):
    sign_in(client, staff(Role.AGENT))
    assert bar(client, "desk:queue")["Main"] == {"Cases": "page", "CAPA": "", "Representatives": ""}
    links = bar(client, "quality:capa_list")
    assert links["Main"] == {"Cases": "", "CAPA": "page", "Representatives": ""}
    assert "Quality" not in links


@pytest.mark.parametrize("role", sorted(STAFF))
def test_whatever_the_bar_leads_to_lets_its_reader_in_and_fits_one_line(client, role):
    sign_in(client, staff(role))
    shown = [room for room in ROOMS if client.get(reverse(room.url_name)).status_code == 200]
    seen = set()
    for room in shown:
        links = bar(client, room.url_name)
        seen |= set(links["Main"]) | {label for name in links if name != "Main" for label in links[name]}
        assert len(links["Main"]) <= 5
    assert {str(room.label) for room in shown} <= seen
    assert not {str(room.label) for room in ROOMS if room not in shown} & seen


@pytest.mark.parametrize(
    ("page", "room"),
    [
        ("desk:case", "desk:queue"),
        ("desk:opening", "desk:openings"),
        ("quality:cause", "quality:causes"),
        ("people:person", "people:list"),
        ("people:review", "people:review"),
        ("accounts:security", None),
    ],
)
def test_a_page_lies_in_the_room_that_names_it_most_closely(page, room):
    found = room_of(page, ROOMS)
    assert (found.url_name if found else None) == room


def test_where_there_are_no_rooms_a_page_lies_in_none():
    assert room_of("desk:case", ()) is None
    assert room_of("desk:case", (Room("quality:causes", "Causes"),)) is None
