"""What `make run` tells the person who typed it."""

import json
import os
from pathlib import Path

from config.stack.layout import ROOT, Layout

SIGN_IN = "Sign in with e-mail and password; `make totp` prints the codes that staff are asked for:"
PASSKEY = "The administrator sets up a passkey at the first sign-in; browsers take one at the address above only."
NO_ACCOUNTS = "The database had complaints already, so no demonstration and no demo accounts were added."


def welcome(stack: Layout, *, seconds: float, url: str) -> str:
    """Say where the product is, who may sign in and where mail goes."""
    people = accounts(stack)
    width = max((len(str(person["email"])) for person in people), default=0)
    lands = f"lands in {_short(stack.mail)} (`make mail` lists it)"
    mail = "goes to the server in EMAIL_URL" if os.environ.get("EMAIL_URL") else lands
    return "\n".join(
        [
            f"\nRedress is running at {url}/ (started in {seconds:.1f} s)\n",
            SIGN_IN if people else NO_ACCOUNTS,
            *(f"  {person['email']:<{width}}  {person['password']}  {person['role']}" for person in people),
            *([PASSKEY] if people else []),
            f"\nMail {mail}; logs are in {_short(stack.logs)}.",
            "Ctrl-C stops everything.",
        ]
    )


def whereabouts(stack: Layout, pid: int) -> str:
    """Say where the stack is that runs already."""
    how = f"Ctrl-C in its terminal or `kill {pid}` stops it."
    try:
        return f"Redress is already running at {json.loads(stack.demo.read_text())['url']} (process {pid}). {how}"
    except FileNotFoundError:
        return f"Redress is being started by process {pid}. {how}"


def accounts(stack: Layout) -> list[dict[str, str | None]]:
    """Return the demo accounts; there are none where the database had complaints before."""
    return json.loads(stack.accounts.read_text()) if stack.accounts.exists() else []


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
