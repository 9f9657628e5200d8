"""Brings database and static files up to date, in one process because each start of Django costs a second.

Runs as a program of its own: `python -m config.stack.prepare [--static] [--demo FILE]`.
"""

import argparse
import hashlib
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrate() -> None:
    """Apply what is missing; mostly that is nothing, and then nothing is done."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=1)


def collect_static_files() -> None:
    """Collect, compress and name the static files by their content, if any has changed since the last time."""
    found = [(name, Path(store.path(name)).stat()) for finder in get_finders() for name, store in finder.list([])]
    state = hashlib.sha256(repr([(n, s.st_mtime_ns, s.st_size) for n, s in found]).encode()).hexdigest()
    collected = Path(settings.STATIC_ROOT, ".collected")
    if not collected.exists() or collected.read_text() != state:
        call_command("collectstatic", interactive=False, clear=True, verbosity=1)
        collected.write_text(state)


def load_demo(accounts: Path) -> None:
    """Fill an empty database with the demonstration's complaints and accounts; one with complaints is left alone."""
    complaints = apps.get_model("complaints", "Complaint").objects.unscoped("is there any complaint yet?")
    if not complaints.exists():
        call_command("load_demo", accounts_file=str(accounts))


def main() -> None:
    """Prepare what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m config.stack.prepare", description=__doc__)
    parser.add_argument("--static", action="store_true", help="collect the static files as well")
    parser.add_argument("--demo", type=Path, metavar="FILE", help="load the demonstration; its accounts go to FILE")
    arguments = parser.parse_args()
    django.setup()
    migrate()
    if arguments.static:
        collect_static_files()
    if arguments.demo:
        load_demo(arguments.demo)


if __name__ == "__main__":
    main()
