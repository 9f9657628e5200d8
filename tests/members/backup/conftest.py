"""Two databases beside the one of the tests: one with something in it, and one to restore into."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg.sql import SQL, Identifier

from config.stack.layout import ROOT


@dataclass
class House:
    """A database with its files and its anchor."""

    name: str
    folder: Path
    told_last: dict = field(default_factory=dict)
    """What its last restore printed."""

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def anchor(self) -> Path:
        return self.folder / "anchor"

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger"

    @property
    def url(self) -> str:
        return re.sub(r"^(\w+://[^/]*/)[^?]*", rf"\g<1>{self.name}", os.environ["DATABASE_URL"])

    def run(self, *command, **variables) -> subprocess.CompletedProcess[str]:
        """Run a program of ours in this house."""
        own = {"DATABASE_URL": self.url, "REDRESS_FILES_FOLDER": self.files, "REDRESS_AUDIT_ANCHOR": self.anchor}
        own |= {"REDRESS_ERASURE_LEDGER": self.ledger}
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.development", **own}
        environment |= {"REDRESS_KEYRING_FILE": str(settings.KEYRING_FILE), **variables}
        return subprocess.run(  # noqa: S603 -- our own
            [sys.executable, *map(str, command)],
            cwd=ROOT,
            env={name: str(value) for name, value in environment.items()},
            capture_output=True,
            text=True,
            check=False,
        )

    def manage(self, *words, **variables) -> subprocess.CompletedProcess[str]:
        return self.run("manage.py", *words, **variables)

    def ask(self, statement: str) -> list[tuple]:
        with self.connected() as asking:
            return asking.execute(statement).fetchall()

    def connected(self) -> psycopg.Connection:
        return psycopg.connect(**(connection.get_connection_params() | PLAIN | {"dbname": self.name}))

    def backup(self, place: Path) -> Path:
        done = self.manage("backup", place, "--json")
        assert done.returncode == 0, done.stderr
        return Path(json.loads(done.stdout)["file"])

    def told(self, backup: Path) -> dict:
        done = self.manage("backup", backup, "--verify", "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def restore(self, backup: Path, *words) -> None:
        done = self.manage("restore", backup, "--json", "--continue-anchor", *words)
        assert done.returncode == 0, done.stderr + done.stdout
        self.told_last = json.loads(done.stdout)

    def erase_what_is_due(self) -> list[str]:
        done = self.run("-m", "tests.members.backup.erasing")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def emptied(self) -> "House":
        with server() as asking:
            asking.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(self.name)))
            asking.execute(SQL("CREATE DATABASE {}").format(Identifier(self.name)))
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.ledger.touch()
        return self


PLAIN = {"cursor_factory": psycopg.Cursor}


def server() -> psycopg.Connection:
    """Return a connection beside the one of the tests."""
    given = connection.get_connection_params() | PLAIN | {"dbname": "postgres"}
    return psycopg.connect(**given, autocommit=True)


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory):  # noqa: ARG001 -- the database must be there
    """A house in which somebody complained; `words` are what is secret in it."""
    made = House(f"{connection.settings_dict['NAME']}_house", tmp_path_factory.mktemp("house"))
    with django_db_blocker.unblock():
        connection.close()  # or it could not be copied
        with server() as asking:
            copy = Identifier(str(connection.settings_dict["NAME"]))
            asking.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(made.name)))
            asking.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(made.name), copy))
    yield made
    _drop(made)


@pytest.fixture(scope="module")
def words(house):
    done = house.run("-m", "tests.members.backup.scene")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def backup(house, words, tmp_path_factory):  # noqa: ARG001 -- it is to be in there
    return house.backup(tmp_path_factory.mktemp("backups"))


@pytest.fixture(scope="module")
def ruin(house, tmp_path_factory):
    """A house of which nothing is left but the server."""
    made = House(f"{house.name}_again", tmp_path_factory.mktemp("ruin")).emptied()
    yield made
    _drop(made)


def _drop(house: House) -> None:
    with server() as asking:
        asking.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(house.name)))
