"""A real SMTP server that delivers to nobody: every message becomes a file, just as it was received.

Runs as a program of its own: `python -m config.stack.mail_catcher --fd N --folder PATH`.
"""

import argparse
import asyncio
import email.policy
import itertools
import os
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email.parser import BytesParser
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MESSAGE = 64 * 1024 * 1024


class Folder:
    """Stores each message as `<moment>-<number>.eml`; names sort by arrival and a file is complete once it is there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.numbers = itertools.count(1)
        path.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 -- aiosmtpd's
        """Keep one message; "250" goes out only when it is on disk under its final name."""
        self.keep(envelope)
        return "250 Kept, not delivered"

    def keep(self, envelope: Envelope) -> Path:
        """Write the message, with the envelope's addresses in the headers that a delivering server would add."""
        route = [f"Return-Path: <{envelope.mail_from}>", *(f"Delivered-To: {address}" for address in envelope.rcpt_tos)]
        content = envelope.content or b""
        original = content if isinstance(content, bytes) else content.encode()
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}Z-{os.getpid()}-{next(self.numbers)}"
        partial, final = self.path / f".{name}.part", self.path / f"{name}.eml"
        with partial.open("wb") as file:
            file.write("".join(f"{line}\r\n" for line in route).encode() + original)
        partial.rename(final)
        return final


async def serve(listening: socket.socket, folder: Path) -> None:
    """Accept mail on the bound socket until SIGTERM or SIGINT."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    handler = Folder(folder)
    server = await loop.create_server(
        lambda: SMTP(handler, data_size_limit=LARGEST_MESSAGE, enable_SMTPUTF8=True, hostname="localhost", loop=loop),
        sock=listening,
    )
    await stop.wait()
    server.close()


def listing(folder: Path) -> Iterator[str]:
    """Yield a line for each message kept: file, recipients, subject."""
    parser = BytesParser(policy=email.policy.default)
    for path in sorted(folder.glob("*.eml")):
        with path.open("rb") as file:
            message = parser.parse(file, headersonly=True)
        to = ", ".join(address.addr_spec for address in message["to"].addresses) if message["to"] else "nobody"
        yield f"{path.name}  {to}  {message['subject']}"


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m config.stack.mail_catcher", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="number of the inherited listening socket")
    parser.add_argument("--folder", type=Path, required=True, help="where the messages go")
    arguments = parser.parse_args()
    asyncio.run(serve(socket.socket(fileno=arguments.fd), arguments.folder))


if __name__ == "__main__":
    main()
