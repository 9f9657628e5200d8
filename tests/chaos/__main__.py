"""Prove that the deadline engine forgets nothing, on servers of its own that are killed at random.

    make chaos                           90,000 targets, 40 kills, 3 restarts, 3 flushes: some six minutes
    make chaos SEED=7 TARGETS=20000      other moments, fewer clocks
    make chaos KILLS=100                 three minutes longer
    python -m tests.chaos --targets 600 --kills 3 --restarts 1 --flushes 1 --stop 2 --hang 2 --resend 3

A target is one threshold of one clock that must fire. The last line of the output is JSON; the status is 1 if anything
was lost, doubled, early, unsettled, wrong or misfolded.
"""
# ruff: noqa: PLC0415 -- models cannot be imported before Django is set up

import argparse
import json
import os
import signal
import sys

import django

from config.stack.children import die_with_parent
from config.stack.refusal import Refusal
from config.stack.supervisor import ChildEnded, Stopped, say
from tests.chaos.faults import Fault
from tests.chaos.plan import Wanted
from tests.chaos.world import world

NEEDED = ("targets", "workers")


def main() -> int:
    """Run it and return the exit status."""
    if "MAKELEVEL" in os.environ:
        die_with_parent(signal.SIGTERM, os.getppid())  # a make that is killed with -9 cannot pass it on
    wanted, resend = _read_arguments()
    if resend:
        os.environ["REDRESS_RESEND_SECONDS"] = str(resend)
    try:
        with world(workers=wanted.workers) as struck:
            os.environ.update(struck.variables)
            django.setup()
            from tests.chaos.drill import drill

            result = drill(struck, wanted)
    except Refusal as refusal:
        say(f"Redress: {refusal}.")
    except ChildEnded as report:
        say(str(report))
    except (Stopped, KeyboardInterrupt):
        return 128 + signal.SIGINT
    else:
        sys.stdout.write(json.dumps(result) + "\n")
        return 1 if any(result[fault] for fault in Fault) else 0
    return 1


def _read_arguments() -> tuple[Wanted, int | None]:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual = Wanted()
    for name, meaning in {
        "targets": "how many thresholds must fire, about",
        "kills": "how often a worker is killed, one every three seconds",
        "restarts": "how often PostgreSQL is stopped at once and started",
        "flushes": "how often Valkey forgets everything",
        "stop": "for how many seconds Valkey is away",
        "hang": "for how many seconds it answers nobody",
        "workers": "how many workers carry a timer at once",
        "seed": "the same seed, the same plan",
    }.items():
        default = getattr(usual, name)
        parse, words = _positive if name in NEEDED else _natural, f"{meaning}; usually {default}"
        parser.add_argument(f"--{name}", type=parse, default=default, help=words, metavar="N")
    parser.add_argument("--resend", type=_positive, metavar="N", help="seconds until an open effect is tried again")
    given = vars(parser.parse_args())
    resend = given.pop("resend")
    return Wanted(**given), resend


def _natural(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number; give a whole one, such as 7")
    return int(text)


def _positive(text: str) -> int:
    if (number := _natural(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text} is too few; it takes at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
