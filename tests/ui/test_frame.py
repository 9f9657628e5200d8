"""The frame of the pages, and those that must stand alone."""

import json
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template.loader import render_to_string

from config.branding import Brand, branding
from tests.ui.conftest import Reader

STATICS = Path(settings.BUILD_DIR) / "static" / "redress"
MEMBER = '{% extends "base_member.html" %}{% block title %}Your answers{% endblock %}'
STAFF = '{% extends "base_staff.html" %}{% block title %}Due today{% endblock %}'


class Form(forms.Form):
    name = forms.CharField()


@pytest.fixture
def brand():
    return branding(None)["brand"]


def title_of(page):
    return " ".join(page.words[: page.words.index("Skip")])


@pytest.mark.parametrize(
    ("source", "title"),
    [
        (MEMBER, "Your answers – Complaints and appeals – Meridian Health Plan"),
        (STAFF, "Due today – Workbench – Meridian Health Plan"),
    ],
)
def test_a_title_is_the_pages_own_then_the_service(page, brand, source, title):
    assert title_of(page(source, brand=brand)) == title


@pytest.mark.parametrize("context", [{"form": Form({})}, {"has_errors": True}])
def test_a_title_begins_with_error_when_there_is_one(page, brand, context):
    assert title_of(page(MEMBER, brand=brand, **context)).startswith("Error: Your answers")


def test_a_form_that_was_not_sent_is_no_error(page, brand):
    assert title_of(page(MEMBER, brand=brand, form=Form())).startswith("Your answers")


@pytest.mark.parametrize("source", [MEMBER, STAFF])
def test_the_first_link_skips_to_the_content(page, brand, source):
    frame = page(source, brand=brand)
    assert next(attrs for tag, attrs in frame.elements if tag == "a")["href"] == "#main"
    assert frame.one("main")["id"] == "main"


@pytest.mark.parametrize("source", [MEMBER, STAFF])
def test_navigation_marks_where_one_is(page, brand, source):
    navigation = [{"label": "Queue", "url": "/desk/", "current": True}, {"label": "Quality", "url": "/quality/"}]
    frame = page(source, brand=brand, navigation=navigation)
    assert frame.one("a", aria_current="page")["href"] == "/desk/"
    assert frame.one("a", href="/quality/")


def test_one_language_needs_no_menu(page, brand):
    english = {"code": "en", "name": "English", "url": "/en/", "current": True}
    assert page(MEMBER, brand=brand, languages=[english]).all("summary") == []
    spanish = {"code": "es", "name": "Español", "url": "/es/"}
    assert page(MEMBER, brand=brand, languages=[english, spanish]).one("a", lang="es")["href"] == "/es/"


def test_help_is_on_every_member_page(page, brand):
    assert len(page(MEMBER, brand=brand).all("a", href="tel:18005550100")) == 2


@pytest.mark.parametrize(
    ("phone", "link"), [("1-800-555-0100 (TTY 711)", "tel:18005550100"), ("+1 800 555 0100", "tel:18005550100")]
)
def test_a_phone_can_be_pressed(phone, link):
    assert Brand(insurer="x", phone=phone).phone_link == link


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_the_pages_of_what_went_wrong_need_no_context(name):
    page = Reader(render_to_string(f"{name}.html"))
    assert page.one("h1")
    assert page.one("html")["lang"] == "en"


def test_the_scripts_may_do_nothing_but_ask_this_server(page, brand):
    [config] = [meta["content"] for meta in page(MEMBER, brand=brand).all("meta", name="htmx-config")]
    wanted = {"historyCacheSize": 0, "allowEval": False, "includeIndicatorStyles": False, "selfRequestsOnly": True}
    assert wanted.items() <= json.loads(config).items()


@pytest.mark.parametrize("name", ["redress.css", "redress-rtl.css"])
def test_the_style_sheets_refer_to_no_other_file(name):
    sheet = (STATICS / name).read_text()
    assert "url(" not in sheet
    assert "@import" not in sheet
