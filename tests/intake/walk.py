"""Walks through the complaint form with real requests, as a browser would."""

import re
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.test import Client
from django.urls import reverse

HOUSE = ZoneInfo(settings.HOUSE_TIME_ZONE)
ANSWERS: dict[str, dict[str, Any]] = {
    "who": {
        "relationship": "self",
        "name": "Joseph K",
        "email": "joseph@example.org",
        "phone": "",
        "postal_address": "",
        "member_number": "",
        "language": "en",
    },
    "urgent": {"harm_if_waiting": "no"},
    "topic": {
        "topic": "bill",
        "happened_on_month": "3",
        "happened_on_day": "1",
        "happened_on_year": "2020",
    },
    "what-happened": {"narrative": "You paid the claim, and then I got the bill."},
    "files": {},
    "outcome": {"desired_outcome": "Pay it."},
}
DRAFT = re.compile(r'name="draft" value="([^"]*)"')


def url(name: str) -> str:
    """Return the address of a step."""
    return reverse("intake:step", args=[name])


def page_draft(client: Client, name: str) -> str:
    """Open a page and return the draft that it was made for."""
    return DRAFT.search(client.get(url(name)).content.decode())[1]


def answer(client: Client, step: str, /, *, query: str = "", **changed: Any) -> Any:
    """Open a step as a person does, fill it in and send it."""
    draft = page_draft(client, step)
    return client.post(url(step) + query, ANSWERS[step] | {"draft": draft} | changed)


def answer_all(client: Client, **changed: dict[str, Any]) -> None:
    """Fill in every step; `changed` holds other answers by the step's name with underscores."""
    for name in ANSWERS:
        response = answer(client, name, **changed.get(name.replace("-", "_"), {}))
        assert response.status_code == 302, response.content.decode()


def send(client: Client, *, draft: str | None = None) -> Any:
    """Press Send on the page of checks."""
    return client.post(url("check"), {"draft": draft or page_draft(client, "check")})


def file_complaint(client: Client, **changed: dict[str, Any]) -> str:
    """File a whole complaint and return its reference."""
    answer_all(client, **changed)
    return send(client)["Location"].rstrip("/").rpartition("/")[2]


def typed(name: str) -> dict[str, list[str]]:
    """Return the answers of a step as a draft keeps them."""
    return {field: [value] for field, value in ANSWERS[name].items()}
