"""Secrets of an embedded stack, made on first use and kept for its owner alone."""

import base64
import json
import os
import secrets
from pathlib import Path

from config.stack.layout import private_folder


def secret_key(folder: Path) -> str:
    """Return Django's secret key."""
    return _kept(folder / "secret_key", secrets.token_urlsafe(64)).read_text()


def metrics_token(folder: Path) -> str:
    """Return what a scrape of /metrics has to show."""
    return _kept(folder / "metrics_token", secrets.token_urlsafe(32)).read_text()


def keyring(folder: Path) -> Path:
    """Return the file of encryption keys, in the form that members.privacy reads."""
    sealing, indexing = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
    fresh = {"primary": 1, "keys": {"1": sealing}, "index": indexing}
    return _kept(folder / "keyring.json", json.dumps(fresh), mode=0o400)


def write_private(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Put `text` into a file which only its owner can read; a reader sees the old file or the whole new one."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # a key that is lost after use makes what it sealed unreadable
    partial.replace(path)


def _kept(path: Path, fresh: str, *, mode: int = 0o600) -> Path:
    if not path.exists():
        private_folder(path.parent)
        write_private(path, fresh, mode=mode)
    return path
