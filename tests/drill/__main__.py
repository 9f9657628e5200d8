"""Lose everything and get it back, on a stack of its own: how long it takes (RTO) and how much is gone (RPO).

    make drill                              the demonstration: about a minute
    make drill COMPLAINTS=100000            history is imported first, which takes some minutes
    python -m tests.drill --before 5 --after 5

People fill in the form, with files of up to 10 MB, all the time. A backup is taken and work goes on; one complaint
that was in it is erased, as two people have confirmed. Then web server, workers, PostgreSQL and Valkey are killed, and
database and files deleted. What came back is held against the backup row by row and file by file.

RTO is from an empty server until the status page and the queue answer over HTTP and the next complaint is taken. RPO
is the age of the oldest complaint of which somebody was shown the reference, and which is gone; with a backup each ten
minutes it is those and what one takes. Both are in seconds. Putting back the keyring, and the roles of a production
database, is not in them. The last line of the output is JSON; the status is 1 if a row, a file or an event differs, if
something erased is back, or if either took longer than 15 minutes.
"""

import argparse
import json
import os
import signal
import sys
from typing import Any

from config.stack.children import die_with_parent
from config.stack.refusal import Refusal
from config.stack.supervisor import ChildEnded, Stopped, say
from tests.drill.drill import drill, is_passed
from tests.drill.world import world

COUNTED_WHEN = ("in_the_backup", "at_the_loss", "restored")


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
        say_counts(result)
        sys.stdout.write(json.dumps(result) + "\n")
        return 0 if is_passed(result) else 1
    return 1


def say_counts(result: dict[str, Any]) -> None:
    """Show what there was and what there is."""
    say(f"{'':24}" + "".join(f"{when.replace('_', ' '):>16}" for when in COUNTED_WHEN))
    for name in result["restored"]:
        say(f"{name:24}" + "".join(f"{result[when].get(name, ''):>16}" for when in COUNTED_WHEN))


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
