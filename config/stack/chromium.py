"""Finds the browser of the browser journeys, or installs it where that is possible."""

import os
import shutil
import subprocess
import sys

from config.stack.supervisor import say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VARIABLE = "REDRESS_CHROMIUM"


def find_or_install() -> str | None:
    """Return the path of Chromium. Root on Debian and Ubuntu installs it; others get None if it is missing."""
    return _find() or (_install() and _find()) or None


def _find() -> str | None:
    given = os.environ.get(VARIABLE)
    return shutil.which(given) if given else next(filter(None, map(shutil.which, NAMES)), None)


def _install() -> bool:
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or not apt or os.environ.get(VARIABLE):
        return False
    say("Chromium is missing; installing it with apt-get …")
    return all(
        subprocess.run(
            [apt, "-q", *arguments],
            check=False,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        ).returncode
        == 0
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"])
    )
