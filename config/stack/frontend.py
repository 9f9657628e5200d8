"""Builds styles and scripts through npm, when they have changed since the last time."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from config.stack.bootstrap import install_packages
from config.stack.layout import ROOT
from config.stack.refusal import Refusal
from config.stack.supervisor import say

OLDEST_NODE = 20
NODE_WHEEL = "config/stack/node.txt"
BUILD = ROOT / ".build"


def build() -> None:
    """Install the locked packages and compile the assets, each only if its sources changed. Raises Refusal."""
    packages = _digest([ROOT / "package-lock.json"])
    sources = _digest([ROOT / "package.json", *sorted(path for path in (ROOT / "assets").rglob("*") if path.is_file())])
    installed, compiled = BUILD / "node_modules.digest", BUILD / "assets.digest"
    if not (ROOT / "node_modules").exists() or _text(installed) != packages:
        _npm("ci", "--no-audit", "--no-fund")
        _note(installed, packages)
    if not (BUILD / "static").exists() or _text(compiled) != packages + sources:
        _npm("run", "build")
        _note(compiled, packages + sources)


def _npm(*arguments: str) -> None:
    variables = _with_node()
    say(f"npm {' '.join(arguments)} …")
    npm = shutil.which("npm", path=variables["PATH"])
    if npm is None:
        message = "npm is missing although Node.js is there; install npm, or remove that Node.js from the PATH"
        raise Refusal(message)
    done = subprocess.run(
        [npm, *arguments],
        check=False,
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        message = f"npm {' '.join(arguments)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        raise Refusal(message)


def _with_node() -> dict[str, str]:
    """Return an environment whose PATH leads to a recent Node.js: the machine's, else the virtual environment's."""
    if _node_version(None) >= OLDEST_NODE:
        return dict(os.environ)
    programs = Path(sys.executable).parent
    if not (programs / "node").exists():
        say(f"No Node.js {OLDEST_NODE} or newer here; installing one into the virtual environment …")
        install_packages([NODE_WHEEL])
    return {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def _node_version(path: str | None) -> int:
    node = shutil.which("node", path=path)
    if node is None or shutil.which("npm", path=path) is None:
        return 0
    printed = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout
    found = re.match(r"v(\d+)", printed)
    return int(found[1]) if found else 0


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _note(path: Path, digest: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(digest)
