"""Run benchmarks against the database of the environment, and print one line of JSON for each.

Without arguments all of them; else those whose module's name begins with one of the arguments, or of the words of ONLY.
The exit status is 1 if one misses its target, 2 if there is none of that name.
"""

import os
import pkgutil
import sys
import time
from importlib import import_module

import django
from django.apps import apps

NO_BENCHMARKS = {"__main__", "figure", "listener"}


def main(wanted: list[str]) -> int:
    """Measure, print, and return the exit status."""
    names = sorted({module.name for module in pkgutil.iter_modules([os.path.dirname(__file__)])} - NO_BENCHMARKS)  # noqa: PTH120
    chosen = [name for name in names if not wanted or name.startswith(tuple(wanted))]
    if not chosen:
        sys.stderr.write(f"there is no such benchmark; there are {', '.join(names)}\n")
        return 2
    missed = 0
    for name in chosen:
        began = time.monotonic()
        sys.stderr.write(f"{name} … ")
        sys.stderr.flush()
        figure = import_module(f"tests.benchmarks.{name}").measure()
        sys.stderr.write(f"{time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}\n")
        sys.stdout.write(figure.as_json() + "\n")
        sys.stdout.flush()
        missed += not figure.ok
    return 1 if missed else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    if not apps.ready:
        django.setup()
    sys.exit(main([*sys.argv[1:], *os.environ.get("ONLY", "").replace(",", " ").split()]))
