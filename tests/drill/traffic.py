"""People who go on complaining in a browser, with a file each: `python -m tests.drill.traffic JOURNAL URL`.

For each reference that somebody was shown, a line is noted: the reference, the moment, and the address of the person.
So the drill can tell what was lost of that which people believe to be filed.
"""

import argparse
import time
from pathlib import Path
from uuid import uuid4

from complaints.reference import read_reference
from tests.browser.load import Load, Papers, file_complaint
from tests.browser.visitor import Visitor
from tests.intake.papers import pdf

BREATHER = 0.05  # s
KB, MB = 1024, 1024**2
SIZES = (60 * KB, 4 * MB, 10 * MB, 500 * KB, 60 * KB, 60 * KB, 500 * KB, 60 * KB)


def main() -> None:
    """Complain until somebody ends this."""
    parser = argparse.ArgumentParser(prog="python -m tests.drill.traffic", description=__doc__)
    parser.add_argument("journal", type=Path)
    parser.add_argument("url")
    told = parser.parse_args()
    papers, load = [(f"{size}.pdf", pdf(size)) for size in SIZES], Load()
    with told.journal.open("a", buffering=1) as journal:
        while True:
            _complain(told.url, load, papers, journal.write)
            time.sleep(BREATHER)


def _complain(url: str, load: Load, papers: Papers, note) -> None:
    address = f"{uuid4().hex}@example.org"
    with Visitor(url) as visitor:
        sent = file_complaint(visitor, load, papers=papers, email=address)
        reference = read_reference(sent.location.rstrip("/").rpartition("/")[2])
        if reference is None or visitor.get(sent.location).status != 200:
            raise RuntimeError(f"nobody could complain: {load.answers}")
        note(f"{reference} {time.time()} {address}\n")


if __name__ == "__main__":
    main()
