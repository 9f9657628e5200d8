"""A store that speaks as much of S3 as sealed files need: put, get, head, delete, list; and refuses when told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "sealed"
WRITTEN = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class Requests(BaseHTTPRequestHandler):
    """One connection. Objects are `server.objects` by name; `server.refuses` is a code to answer instead."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self._may_go_on():
            self.server.objects[self._name] = content
            self._answer(200, headers={"ETag": _tag(content)})

    def do_GET(self) -> None:
        if not self._may_go_on():
            return
        if self._name:
            self._give()
        else:
            self._list({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})

    def do_HEAD(self) -> None:
        if self._may_go_on():
            self._give()

    def do_DELETE(self) -> None:
        if self._may_go_on():
            self.server.objects.pop(self._name, None)
            self._answer(204)

    @property
    def _name(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix(f"/{BUCKET}").lstrip("/")

    def _may_go_on(self) -> bool:
        self.server.asked.append((self.command, self._name))
        if self.server.refuses:
            self._refuse(403, self.server.refuses)
        return not self.server.refuses

    def _give(self) -> None:
        content = self.server.objects.get(self._name)
        if content is None:
            self._refuse(404, "NoSuchKey")
            return
        self._answer(200, content, {"ETag": _tag(content), "Last-Modified": format_datetime(WRITTEN, usegmt=True)})

    def _list(self, query: dict[str, str]) -> None:
        prefix, folders, names = query.get("prefix", ""), set(), []
        for name in sorted(self.server.objects):
            rest = name.removeprefix(prefix)
            if name.startswith(prefix):
                folders |= {rest.partition("/")[0]} if "/" in rest else set()
                names += [] if "/" in rest else [name]
        listed = "".join(
            f"<CommonPrefixes><Prefix>{escape(prefix + each)}/</Prefix></CommonPrefixes>" for each in folders
        )
        listed += "".join(f"<Contents><Key>{escape(name)}</Key><Size>1</Size></Contents>" for name in names)
        page = f"<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>"
        self._answer(200, page.encode(), {"Content-Type": "application/xml"})

    def _refuse(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def _answer(self, status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _tag(content: bytes) -> str:
    return f'"{md5(content, usedforsecurity=False).hexdigest()}"'


@contextmanager
def bucket_server() -> Iterator[ThreadingHTTPServer]:
    """Run it on a port of its own; `address` is what REDRESS_FILES_BUCKET says."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Requests) as server:
        server.daemon_threads, server.objects, server.asked, server.refuses = True, {}, [], ""
        server.address = f"http://127.0.0.1:{server.server_port}/{BUCKET}@eu-central-1"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
