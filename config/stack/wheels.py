"""Where the wheels that carry whole servers keep their programs."""

import importlib.util
from pathlib import Path

from config.stack.refusal import Refusal


def folder_of(package: str, *, variable: str) -> Path:
    """Find a wheel without importing it: imports cost memory, and one of them writes into the home folder."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        message = f"{package} is not in this virtual environment; use `make`, or set {variable} to a server of your own"
        raise Refusal(message)
    return Path(found.origin).parent
