"""What the Makefile calls; `python -m config.stack --help` lists it."""
# ruff: noqa: PLC0415 -- the supervisor stays in memory as long as the stack and needs little of all this

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from config.stack.children import die_with_parent
from config.stack.layout import ROOT, AlreadyRunning, Layout
from config.stack.refusal import Refusal
from config.stack.supervisor import ChildEnded, Stopped, say

STACK = Layout(ROOT / ".run")
DIRECTLY = ".venv/bin/python -m config.stack exec COMMAND…"


def main() -> int:
    """Carry out one command and return its exit status. What cannot be done is said in a sentence, not a traceback."""
    if "MAKELEVEL" in os.environ:
        die_with_parent(signal.SIGTERM, os.getppid())  # a make that is killed with -9 cannot pass it on
    arguments = _parser().parse_args()
    try:
        return COMMANDS[arguments.command](arguments)
    except Refusal as refusal:
        say(f"Redress: {refusal}.")
    except ChildEnded as report:
        say(str(report))
    except (Stopped, KeyboardInterrupt):
        return 128 + signal.SIGINT
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m config.stack", description="The embedded stack of Redress.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, function in COMMANDS.items():
        command = commands.add_parser(name, help=function.__doc__, description=function.__doc__)
        if name == "exec":
            command.add_argument(
                "--durable", action="store_true", help="let PostgreSQL write to disk, for measurements"
            )
            command.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND", help="default: $REDRESS_COMMAND")
        if name == "run":
            command.add_argument("--folder", type=Path, default=STACK.run, help="where data, mail and logs are kept")
        if name == "test":
            command.add_argument("--pytest", default=os.environ.get("REDRESS_PYTEST", ""), help="arguments for pytest")
    return parser


def _assets(_: argparse.Namespace) -> int:
    """Compile styles and scripts if they changed."""
    from config.stack.frontend import build

    build()
    return 0


def _run(arguments: argparse.Namespace) -> int:
    """Run the product with demo data until Ctrl-C."""
    from config.stack.running import run

    return run(Layout(arguments.folder.absolute()))


def _exec(arguments: argparse.Namespace) -> int:
    """Run one command against a throwaway, migrated stack."""
    from config.stack.throwaway import throwaway

    words = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    command = words or ["/bin/sh", "-c", os.environ.get("REDRESS_COMMAND", "")]
    if command[-1] == "":
        message = 'which command? For instance: make exec CMD="python manage.py check"'
        raise Refusal(message)
    with throwaway(durable=arguments.durable) as stack:
        stack.migrate()
        status = stack.run(command)
    if status not in {0, 2} and "MAKELEVEL" in os.environ:
        say(f"The command's exit status is {status}; make has only 2 for failures, `{DIRECTLY}` passes it on.")
    return status


def _shell(_: argparse.Namespace) -> int:
    """Open Django's shell on the running stack, or on a throwaway one."""
    from config.stack.throwaway import throwaway

    command = [sys.executable, "manage.py", "shell"]
    if STACK.environment.exists():
        return subprocess.call(command, cwd=ROOT, env=json.loads(STACK.environment.read_text()))
    say("Redress is not running, so this is an empty database that is gone when you leave.")
    with throwaway() as stack:
        stack.migrate()
        return stack.run(command)


def _manage(_: argparse.Namespace) -> int:
    """Run one of manage.py's commands on the running stack."""
    words = shlex.split(os.environ.get("REDRESS_COMMAND", ""))
    if not words:
        message = 'which command? For instance: make manage CMD="report_timeliness --help"'
        raise Refusal(message)
    if not STACK.environment.exists():
        message = "it is not running; `make run` starts it"
        raise Refusal(message)
    command = [sys.executable, "manage.py", *words]
    return subprocess.call(command, cwd=ROOT, env=json.loads(STACK.environment.read_text()))


def _test(arguments: argparse.Namespace) -> int:
    """Run everything that CI runs."""
    from config.stack.suite import test

    return test(arguments.pytest)


def _check(_: argparse.Namespace) -> int:
    """Run lint, contracts and types only."""
    from config.stack.suite import check

    return check()


def _mail(_: argparse.Namespace) -> int:
    """List the mail that was caught."""
    from config.stack.mail_catcher import listing

    for line in listing(STACK.mail):
        print(line)  # noqa: T201 -- its output
    return 0


def _totp(_: argparse.Namespace) -> int:
    """Print the present codes of the demo accounts."""
    from config.stack.totp import code

    if not STACK.accounts.exists():
        message = "there are no demo accounts yet; `make run` makes them"
        raise Refusal(message)
    for account in json.loads(STACK.accounts.read_text()):
        if account["totp_secret"]:
            print(code(account["totp_secret"], datetime.now(UTC)), account["email"])  # noqa: T201 -- its output
    return 0


def _clean(_: argparse.Namespace) -> int:
    """Remove the demo data."""
    try:
        with STACK.held():
            STACK.remove()
    except AlreadyRunning as other:
        message = f"it is running as process {other.pid}; stop it first"
        raise Refusal(message) from None
    return 0


COMMANDS = {
    "assets": _assets,
    "run": _run,
    "exec": _exec,
    "shell": _shell,
    "manage": _manage,
    "test": _test,
    "check": _check,
    "mail": _mail,
    "totp": _totp,
    "clean": _clean,
}

if __name__ == "__main__":
    sys.exit(main())
