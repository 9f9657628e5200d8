"""Components are rendered alone, as pages render them, and read back as HTML."""

from html.parser import HTMLParser

import pytest
from django.template import engines
from django.template.loader import render_to_string


class Reader(HTMLParser):
    """Collects elements as (tag, attributes) and all text, white space joined."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.words = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.extend(data.split())

    @property
    def text(self):
        return " ".join(self.words)

    def all(self, tag, **wanted):
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [attrs for found, attrs in self.elements if found == tag and wanted.items() <= attrs.items()]

    def one(self, tag, **wanted):
        [found] = self.all(tag, **wanted)
        return found


@pytest.fixture
def draw():
    """Render an include: `draw("tag", label="New")`."""

    def render(name, /, **context):
        return Reader(render_to_string(f"ui/{name}.html", context))

    return render


@pytest.fixture
def page():
    """Render template source, as the body of a page would be."""

    def render(source, request=None, **context):
        return Reader(engines["django"].from_string(source).render(context, request))

    return render
