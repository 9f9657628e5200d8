"""How root runs PostgreSQL, which refuses to run as root. A normal user needs nothing of this."""

import ctypes
import os
import pwd
from collections.abc import Callable
from pathlib import Path

from config.stack.children import LIBC

CLONE_NEWUSER = 0x10000000
NOBODY = 65534


def user_namespaces_work() -> bool:
    """Tell whether root may enter a user namespace here; the default seccomp profile of Docker says no."""
    attempt = os.fork()
    if attempt == 0:
        try:
            enter_user_namespace()
        except OSError:
            os._exit(1)
        os._exit(0 if os.geteuid() == NOBODY else 1)
    return os.waitpid(attempt, 0)[1] == 0


def enter_user_namespace() -> None:
    """Become "nobody" in one's own eyes while files stay root's: no account is made and no folder opened to others."""
    user, group = os.geteuid(), os.getegid()
    if LIBC.unshare(CLONE_NEWUSER):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")


def become_nobody() -> None:
    """Give up root for the account "nobody"."""
    entry = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def give_to_nobody(folder: Path) -> Path:
    """Return `folder`, made if missing, where "nobody" alone may read and write."""
    entry = pwd.getpwnam("nobody")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return folder


def way_down() -> Callable[[], None] | None:
    """Return what a new process must call before it becomes PostgreSQL; None if it need not change."""
    if os.geteuid() != 0:
        return None
    return enter_user_namespace if user_namespaces_work() else become_nobody
