"""What the tests of history share."""

import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import connection

from slas.models import PolicyVersion
from slas.operations import publish_policies
from tests.shared_data import ROOT


@pytest.fixture(autouse=True)
def policies(request):
    """Publish the house policy for tests with a database, unless it is there from the test before."""
    if {"db", "transactional_db"} & set(request.fixturenames) and not PolicyVersion.objects.exists():
        publish_policies()


@pytest.fixture
def imported(capsys, tmp_path):
    """Return a function that imports a file's content and returns exit status and what was said."""

    def run(content: bytes, *arguments: str) -> tuple[int, str]:
        path = tmp_path / "history.jsonl"
        path.write_bytes(content)
        try:
            call_command("import_complaints", str(path), "--source", "connecticut", *arguments, skip_checks=True)
        except SystemExit as stop:
            return int(stop.code or 0), capsys.readouterr().err
        return 0, capsys.readouterr().err

    return run


@pytest.fixture
def importing(transactional_db) -> Iterator[object]:  # noqa: ARG001 -- what other processes see has to be committed
    """Return a function that starts an import of standard input in a process of its own, on the test's database."""
    started = []
    name = connection.settings_dict["NAME"]
    glue = "&" if "?" in os.environ["DATABASE_URL"] else "?"
    environment = os.environ | {
        "DATABASE_URL": f"{os.environ['DATABASE_URL']}{glue}dbname={quote(name)}",
    }

    def start() -> subprocess.Popen:
        command = [sys.executable, "manage.py", "import_complaints", "--source", "connecticut", "-"]
        pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment, **pipes))  # noqa: S603 -- ourselves
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stderr.close()
