"""What went wrong outside stands in the log by its code, and no word of anybody's stands beside it."""

import logging
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from aiosmtpd.controller import Controller
from botocore.exceptions import ClientError
from django.conf import settings

from config.log_lines import OneLineFormatter

WORDS = "Migraine since the third of June"


class Refusing:
    """A mail server that quotes back whom it refuses."""

    async def handle_MAIL(self, *_: object) -> str:  # noqa: N802 -- aiosmtpd's name
        return f"552 {WORDS}"


class Unknown:
    """A mail server that knows no reader."""

    async def handle_RCPT(self, *_: object) -> str:  # noqa: N802 -- the same
        return f"550 {WORDS}"


def told(error: BaseException) -> str:
    """Return what the log tells of an error."""
    record = logging.LogRecord("members", logging.ERROR, "", 1, "failed", None, (type(error), error, None))
    said = OneLineFormatter("%(message)s").format(record)
    assert "Migraine" not in said
    return said


def raised(act: Callable[[], object]) -> BaseException:
    """Return what an act raises."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- its log line is what is looked at
        act()
    return caught.value


def connect(**given: object) -> Callable[[], object]:
    """Return an act that asks for a connection to the database of the tests, but for what is given."""
    own = settings.DATABASES["default"]
    asked = {"host": own["HOST"], "user": own["USER"], "dbname": own["NAME"]} | given
    return lambda: psycopg.connect(**asked)


def answered(answer: bytes, *, port: list[int]) -> Thread:
    """Start what answers once as a server of PostgreSQL, and note its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    port.append(listening.getsockname()[1])

    def answer_once() -> None:
        with listening, listening.accept()[0] as connection:
            connection.recv(1024)  # who asks
            connection.sendall(b"R\0\0\0\x08\0\0\0\x03")  # the password, please
            connection.recv(1024)
            connection.sendall(answer)

    thread = Thread(target=answer_once)
    thread.start()
    return thread


def refusal(code: str, text: str) -> bytes:
    """Return a refusal as PostgreSQL sends it."""
    fields = f"SFATAL\0C{code}\0M{text}\0\0".encode()
    return b"E" + (len(fields) + 4).to_bytes(4) + fields


def test_a_full_disk_is_told():
    with Path("/dev/full").open("wb", buffering=0) as full:
        assert told(raised(lambda: full.write(WORDS.encode()))).endswith("builtins.OSError ENOSPC")


def test_a_name_that_resolves_to_nothing_is_told():
    assert "socket.gaierror EAI_" in told(raised(lambda: socket.getaddrinfo("nowhere.invalid", 1)))


def test_a_server_that_does_not_speak_tls_is_told_by_openssls_reason_and_no_number_of_the_system():
    answer = ssl.MemoryBIO()
    answer.write(f"HTTP/1.1 400 {WORDS}".encode())
    connection = ssl.create_default_context().wrap_bio(answer, ssl.MemoryBIO(), server_hostname="store.example")
    assert told(raised(connection.do_handshake)).endswith("ssl.SSLError WRONG_VERSION_NUMBER")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"host": "127.0.0.1", "port": 1}, "Connection refused"),
        ({"host": "/nowhere"}, "No such file or directory"),
        ({"host": "nowhere.invalid"}, "failed to resolve host"),
        ({"dbname": WORDS}, "FATAL:  database, does not exist"),
        ({"user": WORDS}, "FATAL:  role, does not exist"),
    ],
)
def test_why_a_database_is_not_reached_is_told(given, said):
    assert told(raised(connect(**given))).endswith(f"psycopg.OperationalError {said}")


def test_a_wrong_password_is_told_apart_from_a_server_that_is_away():
    thread = answered(refusal("28P01", f'password authentication failed for user "{WORDS}"'), port=(port := []))
    error = raised(connect(host="127.0.0.1", port=port[0], password=WORDS, sslmode="disable", gssencmode="disable"))
    thread.join()
    assert told(error).endswith("psycopg.OperationalError password authentication failed")


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket", "SlowDown", "404"])
def test_what_a_bucket_refuses_is_told_by_its_code(code):
    error = ClientError({"Error": {"Code": code, "Message": WORDS}}, "PutObject")
    assert told(error).endswith(f"botocore.exceptions.ClientError {code}")


def test_a_code_that_is_a_sentence_is_not_told():
    assert told(ClientError({"Error": {"Code": WORDS}}, "PutObject")).endswith("ClientError")


@pytest.mark.parametrize(
    ("server", "said"), [(Refusing, "SMTPSenderRefused 552"), (Unknown, "SMTPRecipientsRefused 550")]
)
def test_what_a_mail_server_refuses_is_told_by_its_code(server, said):
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    controller = Controller(server(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with smtplib.SMTP("127.0.0.1", port) as mail:
            error = raised(lambda: mail.sendmail("a@example.org", ["b@example.org"], WORDS))
    finally:
        controller.stop()
    assert told(error).endswith(said)


def test_each_error_of_a_group_is_told():
    group = ExceptionGroup(WORDS, [ValueError(WORDS), OSError(28, WORDS), ExceptionGroup(WORDS, [KeyError(WORDS)])])
    said = told(group)
    assert all(name in said for name in ("ExceptionGroup", "ValueError", "OSError ENOSPC", "KeyError"))
    assert all(line.startswith("  | ") for line in said.splitlines()[1:])
