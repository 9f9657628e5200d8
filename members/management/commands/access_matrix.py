"""Prints who may reach which URL, from the very table that the gate reads."""

import csv
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from textwrap import fill
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import URLPattern, URLResolver, get_resolver

from members.accounts.audiences import Audience, Standing
from members.accounts.places import named_in_settings
from members.actors import GUEST, STAFF, Actor, ActorKind, Mandate, Role, Scope

EXAMPLES = """examples:
  manage.py access_matrix
  manage.py access_matrix --csv > matrix.csv
"""
LEGEND = (
    'One row for each URL and verb of its view. "yes": the gate lets this person through to the view; "fresh": it'
    ' does once a factor was shown within ten minutes; "no": it sends to sign-in or answers 403. Which complaints are '
    "seen there, and what may be done to them, is for the models' scopes and complaints/permissions.py."
)
SOMEBODY = UUID(int=0)
ACTORS: dict[str, tuple[Standing, Actor]] = {
    "anonymous": (Standing.ANONYMOUS, GUEST),
    "password only": (Standing.VERIFYING, GUEST),
    "no factor yet": (Standing.ENROLLING, GUEST),
} | {
    role.value: (Standing.SIGNED_IN, Actor(ActorKind.USER, role.value, SOMEBODY, None, frozenset({role})))
    for role in sorted(STAFF)
}
MANDATES = (Mandate(SOMEBODY, frozenset(Scope)),)
MEMBERS: dict[str, tuple[UUID | None, tuple[Mandate, ...]]] = {
    "member": (SOMEBODY, ()),
    "representative": (None, MANDATES),
    "member acting for another": (SOMEBODY, MANDATES),
}
ACTORS |= {
    title: (Standing.SIGNED_IN, Actor(ActorKind.USER, title, SOMEBODY, member_id, frozenset({Role.MEMBER}), mandates))
    for title, (member_id, mandates) in MEMBERS.items()
}


class Command(BaseCommand):
    help = "Print who may reach which URL, by which verb."

    def create_parser(self, *args: Any, **options: Any) -> ArgumentParser:
        parser: ArgumentParser = super().create_parser(*args, **options)
        parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, EXAMPLES + fill(LEGEND, 110)
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
        self.stdout.write(f"\n{len(rows) - 1} rows, {len(ACTORS)} kinds of people.\n{fill(LEGEND, 110)}")


def matrix() -> Iterator[list[str]]:
    """Yield a row of titles, then one for each URL and verb."""
    audiences = named_in_settings(settings.URL_AUDIENCES)
    yield ["url", "verb", *ACTORS]
    for name, verb in sorted((name, verb) for name, verbs in _urls(get_resolver()) for verb in verbs.split()):
        yield [name, verb, *(_cell(audiences.get(name), *who) for who in ACTORS.values())]


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
