"""The product as `make run` starts it, for a browser: every part real, in a folder of its own."""

import email
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import uuid4

from config.stack.layout import ROOT
from config.stack.totp import code

STARTS_WITHIN = 120  # s
INHERITED = (
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "REDRESS_KEYRING",
    "REDRESS_KEYRING_FILE",
    "REDRESS_PUBLIC_URL",
    "REDRESS_MAIL_FOLDER",
    "REDRESS_STATIC_ROOT",
    "REDRESS_FILES_FOLDER",
    "REDRESS_AUDIT_ANCHOR",
    "REDRESS_ERASURE_LEDGER",
)


@dataclass(frozen=True)
class Account:
    """A demo account."""

    role: str
    email: str
    password: str
    totp_secret: str | None

    def code(self) -> str:
        """Return the present code: it works once, so each role signs in once (`signed_in`)."""
        return code(self.totp_secret, datetime.now(UTC))


@dataclass(frozen=True)
class RunningStack:
    """A started stack."""

    url: str
    folder: Path
    mail: Path
    accounts: dict[str, Account]
    environment: dict[str, str]

    def messages(self) -> list[EmailMessage]:
        """Return the mail that was caught, oldest first."""
        files = sorted(self.mail.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]

    def wait_for_mail(self, wanted: str, *, within: float = 15) -> EmailMessage:
        """Return the newest message that holds the text."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for message in reversed(self.messages()):
                if wanted in message.as_string() or wanted in message.get_content():
                    return message
            time.sleep(0.2)
        raise AssertionError(
            f"no mail with {wanted!r} within {within} s; there is {[m['subject'] for m in self.messages()]}"
        )

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """Run a management command or, with `shell -c`, a piece of Python against this stack; return what it prints."""
        done = self.try_to(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def try_to(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a management command that may end otherwise than with 0."""
        return subprocess.run(  # noqa: S603
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, input=stdin, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    def hire(self, role: str) -> Account:
        """Return the account of somebody new on the staff, who has no second factor yet."""
        email, password = f"{uuid4().hex[:12]}@staff.example", secrets.token_urlsafe(24)
        self.manage("create_staff", email, f"New {email[:6]}", role, stdin=f"{password}\n")
        return Account(role, email, password, None)


@contextmanager
def running_stack(folder: Path) -> Iterator[RunningStack]:
    """Start the product in a folder, and stop it as Ctrl-C would."""
    own = {name: value for name, value in os.environ.items() if name not in INHERITED}
    log = folder.parent / "stack.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "config.stack", "run", "--folder", str(folder)],
            cwd=ROOT,
            env=own | {"DJANGO_SETTINGS_MODULE": "config.settings.development", "PORT": "8700"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield _started(process, folder, log)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _started(process: subprocess.Popen[bytes], folder: Path, log: Path) -> RunningStack:
    demo, deadline = folder / "demo.json", time.monotonic() + STARTS_WITHIN
    while not demo.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the stack did not start:\n{log.read_text()[-4000:]}")
        time.sleep(0.2)
    facts = json.loads(demo.read_text())
    environment = json.loads((folder / "environment.json").read_text())
    return RunningStack(
        url=facts["url"],
        folder=folder,
        mail=Path(facts["mail"]),
        accounts=accounts_by_role(facts["accounts"]),
        environment=environment,
    )


def accounts_by_role(rows: list[dict]) -> dict[str, Account]:
    """Return the first demo account of each role."""
    accounts = [Account(**{name: row[name] for name in Account.__dataclass_fields__}) for row in rows]
    return {account.role: account for account in reversed(accounts)}
