"""Lose everything and get it back, on a stack of its own: how long it takes (RTO) and how much is gone (RPO).

    make drill                              the demonstration: about a minute
    make drill COMPLAINTS=100000            history is imported first, which takes some minutes
    python -m tests.drill --before 5 --after 5

Complaints with files come in all the time. A backup is taken, work goes on, then PostgreSQL, workers and Valkey are
killed, and database and files deleted. RTO is from an empty server to the next complaint taken, RPO from the backup to
the loss, both in seconds; in production, RPO is how often backups are taken. The last line of the output is JSON; the
status is 1 if a row, a file or an event differs, or either took longer than 15 minutes.
"""

import argparse
import json
import os
import signal
import sys

from config.stack.children import die_with_parent
from config.stack.refusal import Refusal
from config.stack.supervisor import ChildEnded, Stopped, say
from tests.drill.drill import drill, is_passed
from tests.drill.world import world


def main() -> int:
    """Run it and return the exit status."""
    if "MAKELEVEL" in os.environ:
        die_with_parent(signal.SIGTERM, os.getppid())  # a make that is killed with -9 cannot pass it on
    wanted = _read_arguments()
    try:
        with world() as lost:
            result = drill(lost, **wanted)
    except Refusal as refusal:
        say(f"Redress: {refusal}.")
    except (ChildEnded, RuntimeError, TimeoutError) as report:
        say(str(report))
    except (Stopped, KeyboardInterrupt):
        return 128 + signal.SIGINT
    else:
        sys.stdout.write(json.dumps(result) + "\n")
        return 0 if is_passed(result) else 1
    return 1


def _read_arguments() -> dict[str, int]:
    parser = argparse.ArgumentParser(
        prog="python -m tests.drill", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default, meaning in (
        ("complaints", 0, "how many there are at least before it begins"),
        ("before", 40, "how many come in before the backup"),
        ("after", 40, "how many come in between backup and loss"),
    ):
        parser.add_argument(f"--{name}", type=_natural, default=default, help=f"{meaning}; usually {default}")
    return vars(parser.parse_args())


def _natural(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number; give a whole one, such as 7")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
