"""One process of the stack. It cannot outlive its supervisor, even one that was killed with -9."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.stack.layout import ROOT

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number: signal.Signals, parent: int) -> None:
    """Ask the kernel to send this process the signal when process `parent` ends, however that happens.

    Linux ties this to the *thread* that forked, hence a supervisor has one thread only.
    """
    if hasattr(LIBC, "prctl"):
        LIBC.prctl(PR_SET_PDEATHSIG, int(number))
    if os.getppid() != parent:  # it ended between fork and prctl
        os._exit(1)


@dataclass
class Child:
    """A program to run with its output in a log. `become` changes the new process before the program starts."""

    name: str
    command: Sequence[str | Path]
    log: Path
    environment: dict[str, str]
    inherit: Sequence[int] = ()
    folder: Path = ROOT
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGTERM
    grace: float = 15.0  # s from the stop signal to SIGKILL
    is_service: bool = False  # others write to it, so it stops after them
    become: Callable[[], None] | None = None
    process: subprocess.Popen[bytes] = field(init=False)
    asked_at: float = field(init=False, default=0.0)

    def start(self) -> None:
        """Start the program in a session of its own, so that a terminal's Ctrl-C reaches the supervisor alone."""
        supervisor = os.getpid()

        def before_exec() -> None:
            if self.become:
                self.become()  # first: a change of identity clears what follows
            die_with_parent(self.orphan_signal, supervisor)

        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".previous.log"))
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(part) for part in self.command],
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=self.inherit,
                preexec_fn=before_exec,  # noqa: PLW1509 -- safe: the supervisor has one thread
            )

    @property
    def exit_status(self) -> int | None:
        """None while it runs."""
        return self.process.poll()

    def ask_to_stop(self) -> None:
        """Send the stop signal."""
        self.asked_at = time.monotonic()
        if self.exit_status is None:
            self.process.send_signal(self.stop_signal)

    def wait_until_gone(self) -> None:
        """Wait for the end of a child that was asked to stop; kill it, and whatever it left, when its grace is over."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.1, self.grace - (time.monotonic() - self.asked_at)))
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self, lines: int = 25) -> str:
        """Return the end of the log."""
        with self.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 16_384))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
