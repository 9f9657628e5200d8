"""Checklist 21: no secret is in the repository, and none has a default."""

import base64
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from config.stack.layout import ROOT

SECRETS = ("REDRESS_SECRET_KEY", "REDRESS_KEYRING_FILE", "DATABASE_URL", "REDIS_URL", "EMAIL_URL")
LOOKS_SECRET = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "32 bytes in base64": re.compile(r"(?<![\w+/-])[A-Za-z0-9+/]{43}=(?![\w+/=])"),
    "64 bytes in base64": re.compile(r"(?<![\w+/-])[A-Za-z0-9+/]{86}==(?![\w+/=])"),
    "a cloud's access key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token": re.compile(r"\b(gh[pousr]_\w{30,}|glpat-[\w-]{20}|xox[abpr]-[\w-]{10,}|sk_live_\w{10,}|pypi-\w{30,})"),
    "a password in an address": re.compile(
        r"\b(postgres(ql)?|rediss?|smtps?(\+tls)?)://[\w.%-]*:(?!password|pw|…)[^@\s/]+@"
    ),
}
MADE_UP = {"tests"}
"""Folders that hold made-up secrets: they open nothing but what the same test has sealed."""
LARGEST = 5_000_000


def found_in(text: str) -> set[str]:
    return {name for name, pattern in LOOKS_SECRET.items() if pattern.search(text)}


def files_of_the_repository() -> Iterator[tuple[str, str]]:
    """Yield path and text of everything that is handed on; where there is no Git, of everything that is no product."""
    listed = subprocess.run(  # noqa: S603 -- Git
        [shutil.which("git") or "git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if name.split("/")[0] not in MADE_UP and path.is_file() and path.stat().st_size < LARGEST:
            yield name, path.read_text(encoding="utf-8", errors="replace")


@pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="this is no clone, so nobody can tell what is in the repository"
)
def test_the_repository_holds_no_secret():
    files = dict(files_of_the_repository())
    assert len(files) > 300
    assert {name: kinds for name, text in files.items() if (kinds := found_in(text))} == {}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("-----BEGIN RSA PRIVATE KEY-----", "a private key"),
        (f'"1": "{base64.b64encode(secrets.token_bytes(32)).decode()}"', "32 bytes in base64"),
        (f"KEY={base64.b64encode(secrets.token_bytes(64)).decode()}", "64 bytes in base64"),
        ("AKIA" + "ABCD" * 4, "a cloud's access key"),
        ("ghp_" + "a1" * 18, "a token"),
        ("postgresql://app:hunter2@db.example/redress", "a password in an address"),
    ],
    ids=LOOKS_SECRET,
)
def test_a_secret_that_is_planted_is_found(text, kind):
    assert kind in found_in(text)


@pytest.mark.parametrize("name", SECRETS)
def test_nothing_starts_without_its_secrets(name):
    environment = {key: value for key, value in os.environ.items() if key != name}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"Redress: {name} is not set. Set it to ")
