"""Lines of history for tests: made up, in the shape of the Connecticut file."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

TODAY = date(2026, 6, 1)
FIRST = date(2023, 1, 2)


def facts(number: int = 1, **changed: Any) -> dict[str, Any]:
    """Return what a source tells of one complaint; the number makes its key and its dates."""
    opened = FIRST + timedelta(days=number % 300)
    return {
        "file_no": f"T-{number:05}",
        "opened": opened.isoformat(),
        "closed": (opened + timedelta(days=number % 60)).isoformat(),
        "companies": ["Made Up Mutual"],
        "coverages": [["Group", "Health Only"]],
        "reasons": [["Claim Handling", "Claim Delay"]],
        "dispositions": ["Claim Settled"],
        "conclusions": ["Claim Paid"],
        "recoveries": [["Made Up Mutual", 12.5]],
        "source_rows": 1,
    } | changed


def line(number: int = 1, **changed: Any) -> bytes:
    """Return the facts as one line of a file."""
    return json.dumps(facts(number, **changed), ensure_ascii=False).encode() + b"\n"


def lines(numbers: Iterable[int]) -> bytes:
    """Return a file."""
    return b"".join(line(number) for number in numbers)
