"""Puts a word in clear into every place that is searched: a search that does not find it proves nothing."""

import smtplib
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.browser.stack import RunningStack
from tests.clear.canaries import PLANTED

SEND = f"from config.celery import app; app.send_task('planted', args=['{PLANTED}'])"
"""The worker knows no such task: it says so in its log, and quotes the message."""


def plant(stack: RunningStack, *folders: Path) -> None:
    """Put it into the database and its log, the worker's log, a message of Celery, mail, and files in these folders."""
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as database:
        database.execute(f"CREATE TABLE planted AS SELECT '{PLANTED}' AS word")
        database.execute(f"DO $$ BEGIN RAISE WARNING '{PLANTED}'; END $$")
        database.execute("CHECKPOINT")
    stack.manage("shell", "-c", SEND)
    server = urlsplit(stack.environment["EMAIL_URL"])
    with smtplib.SMTP(server.hostname, server.port) as mail:
        mail.sendmail("a@example.org", ["b@example.org"], f"Subject: look\n\n{PLANTED}")
    for folder in folders:
        (folder / "planted").write_text(PLANTED)
