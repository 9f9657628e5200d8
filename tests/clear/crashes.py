"""What goes wrong beneath the forms: PostgreSQL refuses rows and knows no table, for the web server and the worker."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Identifier

from tests.browser.stack import RunningStack
from tests.clear.people import Typist

NOTES, FILES = "complaints_note", "complaints_enclosure"
REFUSING = SQL("ALTER TABLE {} ADD CONSTRAINT refused CHECK (false) NOT VALID").format(Identifier(NOTES))
TAKING = SQL("ALTER TABLE {} DROP CONSTRAINT refused").format(Identifier(NOTES))
SEND = "from config.celery import app; app.send_task('complaints.recheck_files')"


def fail(agent: Typist, stack: RunningStack, reference: str) -> None:
    """Let notes be refused by the database, and tables be gone."""
    note = f"/desk/cases/{reference}/note/"
    with _while(stack, REFUSING, TAKING):
        _breaks(agent, note)
    with _while(stack, *_gone(NOTES)):
        _breaks(agent, note)
    with _while(stack, *_gone(FILES)):
        stack.manage("shell", "-c", SEND)


def _breaks(agent: Typist, path: str) -> None:
    answer = agent.fill(path)
    assert answer.status == 500, f"{path}: {answer.status}"
    told = [where for canary, where in agent.canaries.typed.items() if canary in answer.text]
    assert not told, f"the page of what went wrong quotes {told}"


def _gone(table: str) -> tuple[SQL, SQL]:
    """Return what takes a table away and brings it back."""
    away = f"{table}_away"
    rename = SQL("ALTER TABLE {} RENAME TO {}")
    return rename.format(Identifier(table), Identifier(away)), rename.format(Identifier(away), Identifier(table))


@contextmanager
def _while(stack: RunningStack, before: SQL, after: SQL) -> Iterator[None]:
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as database:
        database.execute(before)
        try:
            yield
        finally:
            database.execute(after)
