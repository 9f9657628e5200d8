"""How the tests of quality look at pages and fill in their forms."""

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

LAST_WEEK = timezone.now() - timedelta(days=7)
NAUGHTY = json.loads((Path(__file__).parent / "naughty_strings.json").read_text())


def page(client, name, *args, **query):
    return client.get(reverse(f"quality:{name}", args=args) + ("?" + urlencode(query, doseq=True) if query else ""))


def words_of(response):
    return " ".join(response.content.decode().split())


def in_days(days):
    day = timezone.now().date() + timedelta(days=days)
    return {"month": str(day.month), "day": str(day.day), "year": str(day.year)}


def date_typed(name, days):
    return {f"{name}_{part}": value for part, value in in_days(days).items()}
