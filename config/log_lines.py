"""Log lines that nobody can forge and that quote nobody: a record stays on its line, and a traceback is set off.

A name, a header or an exception's text may hold line ends, terminal escapes or marks that turn the reading direction
(checklist 25). Log servers take each line for a record of its own. And the text of an exception may hold the very value
that it is about, so only those of our own classes are told.
"""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import TypeAlias

from config.error_codes import codes_of
from config.log_paths import without_tokens

CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F)]
TURNS = range(0x2066, 0x206A)
WRITTEN_OUT = {code: ascii(chr(code))[1:-1] for code in (*CONTROLS, *TURNS)}
MARGIN = "  | "
OURS = frozenset({"complaints", "config", "members", "slas"})

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
        """Return the traceback and those of its causes, set off."""
        return _set_off(without_tokens("".join(_told(ei[1]))))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 -- the same
        """Return the stack, set off."""
        return _set_off(super().formatStack(stack_info))


class NamesForErrors(logging.Filter):
    """Puts an error's name in the place of its text where Celery tells that a task has failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, the text taken out."""
        if isinstance(record.args, dict) and "exc" in record.args:
            error = record.exc_info[1] if record.exc_info else None
            record.args = {**record.args, "exc": name_of(error) if error else "see its task"}
        return True


def name_of(error: BaseException) -> str:
    """Return what a log may say of an error: its class, its text if the class is ours, else the codes it has.

    Other texts quote values: "invalid literal for int() …", or the row that was refused.
    """
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if name.split(".", maxsplit=1)[0] in OURS:
        return f"{name}: {error}"
    return " ".join(filter(None, (name, *codes_of(error))))


def _told(error: BaseException | None) -> Iterator[str]:
    """Yield an error's traceback, after those of what it came from, and before those of a group's members."""
    if error is None:
        return
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _told(before)
        yield "\nThen, because of this:\n\n" if error.__cause__ else "\nWhile this was seen to:\n\n"
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__)
    yield name_of(error)
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield "\n\nOne of them:\n\n"
            yield from _told(member)


def _set_off(text: str) -> str:
    return "\n".join(MARGIN + on_one_line(line) for line in text.split("\n"))
