"""A virus check that speaks clamd's protocol as clamd does, and finds the EICAR test file."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = "Win.Test.EICAR_HDB-1"


class Conversation(StreamRequestHandler):
    """One connection: one command with its answer, each ended by a zero byte."""

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0") and (sign := self.rfile.read(1)):
            command += sign
        answer = {b"zPING\0": lambda: b"PONG", b"zINSTREAM\0": self.verdict}.get(command, lambda: b"UNKNOWN COMMAND")
        self.wfile.write(answer() + b"\0")

    def verdict(self) -> bytes:
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > self.server.longest:
                return b"INSTREAM size limit exceeded. ERROR"
        self.server.heard.append(content)
        return b"stream: %s FOUND" % SIGNATURE.encode() if EICAR in content else b"stream: OK"


@contextmanager
def virus_check(*, longest: int = 30 * 1024**2) -> Iterator[ThreadingTCPServer]:
    """Run it on a port of its own; `address` is what REDRESS_CLAMD says, `heard` what it was asked about."""
    with ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads, server.longest, server.heard = True, longest, []
        server.address = f"127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
