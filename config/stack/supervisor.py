"""Starts children, waits until they are ready, notices when one ends, and stops all of them in order."""

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from config.stack.children import Child

ORDERS_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GLANCE = 0.05  # s between two looks at children that are starting
WATCH = 0.25  # s between two looks at children that run


class Stopped(Exception):
    """Somebody asked for the end by Ctrl-C, SIGTERM or SIGHUP."""


class ChildEnded(Exception):
    """A child ended that should run on, or failed where it should succeed."""

    def __init__(self, child: Child, *, after: float) -> None:
        status, words = child.exit_status, child.last_words()
        why = f"was not ready after {after:.0f} s" if status is None else _ending(status)
        super().__init__(
            f"{child.name} {why}. " + (f"The end of {child.log}:\n{words}" if words else "Its log is empty.")
        )


def _ending(status: int) -> str:
    return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"


class Supervisor:
    """The children of one stack. Signals only set a flag, which every wait looks at: nothing is interrupted halfway."""

    def __init__(self, *, logs: Path, lock: int) -> None:
        """Take orders to stop from now on. `lock` is the descriptor of Layout.held()."""
        self.logs = logs
        self.lock = lock
        self.children: list[Child] = []
        self.order: signal.Signals | None = None
        for number in ORDERS_TO_STOP:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup means it
                signal.signal(number, self._order)
        self.hangup = select.poll()
        for descriptor in (0, 1, 2):
            if os.isatty(descriptor):
                self.hangup.register(descriptor, 0)

    def _order(self, number: int, _frame: FrameType | None) -> None:
        self.order = signal.Signals(number)

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: dict[str, str],
        inherit: Sequence[int] = (),
        **how: Any,
    ) -> Child:
        """Start a child and return at once; `how` are further fields of Child."""
        log = self.logs / f"{name}.log"
        child = Child(name, command, log, environment, inherit=(self.lock, *inherit), **how)
        child.start()
        self.children.append(child)
        return child

    def wait_until_ready(self, child: Child, is_ready: Callable[[], bool], *, within: float = 60.0) -> None:
        """Return when `is_ready` says so. Raises ChildEnded if the child ends first or takes too long."""
        began = time.monotonic()
        while not is_ready():
            self._pause(GLANCE)
            if child.exit_status is not None or time.monotonic() - began > within:
                raise ChildEnded(child, after=within)

    def run_to_end(self, name: str, command: Sequence[str | Path], *, environment: dict[str, str]) -> None:
        """Run a child that does one thing. Raises ChildEnded unless it succeeds."""
        child = self.start(name, command, environment=environment)
        while child.exit_status is None:
            self._pause(GLANCE)
        self.children.remove(child)
        if child.exit_status != 0:
            raise ChildEnded(child, after=0)

    def watch(self) -> None:
        """Return never: raises ChildEnded when any child ends, Stopped when ordered."""
        while True:
            self.check()
            self._pause(WATCH)

    def check(self) -> None:
        """Raise ChildEnded if any child has ended."""
        for child in self.children:
            if child.exit_status is not None:
                raise ChildEnded(child, after=0)

    def stop(self) -> None:
        """Stop programs first and all at once, then the services, which they may still need for their last words."""
        for number in ORDERS_TO_STOP:
            signal.signal(number, signal.SIG_IGN)
        services = [child for child in self.children if child.is_service]
        for together in ([child for child in self.children if not child.is_service], services):
            for child in together:
                child.ask_to_stop()
            for child in together:
                child.wait_until_gone()
        self.children.clear()

    def _pause(self, seconds: float) -> None:
        """Sleep; a closed terminal counts as SIGHUP, for make keeps that signal to itself."""
        if self.hangup.poll(seconds * 1000):
            self.order = signal.SIGHUP
        if self.order:
            raise Stopped


def say(line: str = "") -> None:
    """Tell the person at the terminal; standard output belongs to the command of `make exec`."""
    with suppress(OSError):  # the terminal may be closed
        print(line, file=sys.stderr, flush=True)  # noqa: T201 -- this is its voice
