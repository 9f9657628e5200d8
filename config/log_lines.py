"""Log lines that nobody can forge: what a record says stays on its line, and what follows it is set off.

A name, a header or an exception's text may hold line ends, terminal escapes or marks that turn the reading direction
(checklist 25). Log servers take each line for a record of its own.
"""

import logging
from types import TracebackType
from typing import TypeAlias

from config.log_paths import without_tokens

CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F)]
TURNS = range(0x2066, 0x206A)
WRITTEN_OUT = {code: ascii(chr(code))[1:-1] for code in (*CONTROLS, *TURNS)}
MARGIN = "  | "

Raised: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def on_one_line(text: str) -> str:
    r"""Return the text with control characters written out, as \n is."""
    return text.translate(WRITTEN_OUT)


class OneLineFormatter(logging.Formatter):
    """Formats a record as one line; the lines of a traceback begin with a margin that no record begins with."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's own name
        """Return the record's line."""
        return on_one_line(without_tokens(super().formatMessage(record)))

    def formatException(self, ei: Raised) -> str:  # noqa: N802 -- the same
        """Return the traceback, set off."""
        return _set_off(without_tokens(super().formatException(ei)))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 -- the same
        """Return the stack, set off."""
        return _set_off(super().formatStack(stack_info))


def _set_off(text: str) -> str:
    return "\n".join(MARGIN + on_one_line(line) for line in text.split("\n"))
