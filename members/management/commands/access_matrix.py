"""Prints who may reach which URL, from the very table that the gate reads."""

import csv
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import URLPattern, URLResolver, get_resolver

from members.accounts.audiences import Audience, Standing
from members.accounts.places import named_in_settings
from members.actors import GUEST, STAFF, Actor, ActorKind, Role

EXAMPLES = """examples:
  manage.py access_matrix
  manage.py access_matrix --csv > matrix.csv
A cell says: yes, no, or "fresh" where a factor must have been shown within ten minutes. Which rows a person sees within
a page is for the scopes of the models.
"""
ACTORS: dict[str, tuple[Standing, Actor]] = {
    "anonymous": (Standing.ANONYMOUS, GUEST),
    "password only": (Standing.VERIFYING, GUEST),
    "no factor yet": (Standing.ENROLLING, GUEST),
} | {
    role.value: (Standing.SIGNED_IN, Actor(ActorKind.USER, role.value, None, None, frozenset({role})))
    for role in (Role.MEMBER, *sorted(STAFF))
}


class Command(BaseCommand):
    help = "Print who may reach which URL, by which verb."

    def create_parser(self, *args: Any, **options: Any) -> ArgumentParser:
        parser: ArgumentParser = super().create_parser(*args, **options)
        parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, EXAMPLES
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--csv", action="store_true", help="comma-separated, for a spreadsheet")

    def handle(self, *_: Any, **options: Any) -> None:
        rows = list(matrix())
        if options["csv"]:
            csv.writer(self.stdout, lineterminator="").writerows(rows)
            return
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        self.stderr.write(f"{len(rows) - 1} rows, {len(ACTORS)} kinds of people")


def matrix() -> Iterator[list[str]]:
    """Yield a row of titles, then one for each URL and verb."""
    audiences = named_in_settings(settings.URL_AUDIENCES)
    yield ["url", "verbs", *ACTORS]
    for name, verbs in sorted(_urls(get_resolver())):
        yield [name, verbs, *(_cell(audiences.get(name), *who) for who in ACTORS.values())]


def _cell(audience: Audience | None, standing: Standing, actor: Actor) -> str:
    if audience is None or not audience.admits(standing, actor):
        return "no"
    return "fresh" if audience.proof_within and standing is Standing.SIGNED_IN else "yes"


def _urls(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield each URL's full name and the verbs that its view takes."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _urls(entry, (*spaces, entry.namespace) if entry.namespace else spaces)
        elif isinstance(entry, URLPattern):
            yield ":".join((*spaces, entry.name or f"UNNAMED {entry.pattern}")), _verbs(entry)


def _verbs(entry: URLPattern) -> str:
    """Return what the view takes; `require_http_methods` keeps it in its closure."""
    view: Any = entry.callback
    if view_class := getattr(view, "view_class", None):
        return " ".join(verb.upper() for verb in view_class.http_method_names if hasattr(view_class, verb))
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            if isinstance(cell.cell_contents, list) and {"GET", "POST"} & set(cell.cell_contents):
                return " ".join(cell.cell_contents)
        view = getattr(view, "__wrapped__", None)
    return "any"
