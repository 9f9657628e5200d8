"""Prints every value that is sealed in the database, opened, and the names of staff: `python -m tests.clear.secrets`.

Staff sign letters, which are sealed; that they work here is no secret.
"""
# ruff: noqa: E402 -- models cannot be imported before Django is set up

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import django

django.setup()

from members.accounts.models import User
from members.actors import SYSTEM
from members.privacy.access import phi_access
from members.privacy.sealed_tables import sealed_tables


def texts_of(value: object) -> Iterator[str]:
    """Yield the texts in a value, however deep; of bytes their hexadecimal form, as a dump shows them."""
    match value:
        case str():
            yield value
        case bytes() | memoryview():
            yield bytes(value).hex()
        case dict():
            for each in value.values():
                yield from texts_of(each)
        case list() | tuple():
            for each in value:
                yield from texts_of(each)


def main() -> None:
    """Open everything."""
    found: dict[str, list[str]] = {}
    with phi_access(actor=SYSTEM, purpose="test", at=datetime.now(UTC)):
        for table in sealed_tables():
            for row in table.model._base_manager.all():
                for column in table.columns:
                    texts = texts_of(getattr(row, column.attname))
                    found.setdefault(f"{table.name}.{column.column}", []).extend(texts)
    sealed = {name: sorted(set(texts)) for name, texts in found.items()}
    staff = User.objects.exclude(display_name="").values_list("display_name", flat=True)
    json.dump({"sealed": sealed, "staff": list(staff)}, sys.stdout)


if __name__ == "__main__":
    main()
