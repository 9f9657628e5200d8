"""Every URL has a name and a row in the table of audiences, and every row a URL."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from config.access import LANDING_PAGES, URL_AUDIENCES


def patterns(resolver: URLResolver, namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """Walk all patterns with their full names; an unnamed one has the name of its path."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from patterns(entry, inner)
        else:
            yield ":".join((*namespaces, entry.name or f"UNNAMED {entry.pattern}")), entry


def test_every_url_has_a_name_and_an_audience():
    """Checklist 1: a new or unnamed URL fails here, and is refused to everybody until it has a row."""
    assert sorted({name for name, _ in patterns(get_resolver())} - set(URL_AUDIENCES)) == []


def test_every_row_of_the_table_belongs_to_a_url():
    assert sorted(set(URL_AUDIENCES) - {name for name, _ in patterns(get_resolver())}) == []


def test_everybody_may_reach_the_page_they_land_on():
    for role, url_name in LANDING_PAGES:
        assert reverse(url_name)
        assert role in URL_AUDIENCES[url_name].roles
