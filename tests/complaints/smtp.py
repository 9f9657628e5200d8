"""A mail server that answers every recipient with one code."""

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread


@contextmanager
def answering(code: int) -> Iterator[int]:
    """Run the server on a port of its own, which is returned."""

    class Conversation(StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            for line in self.rfile:
                reply = code if line[:4].upper() == b"RCPT" else 250
                self.wfile.write(b"%d said\r\n" % reply)

    with ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
