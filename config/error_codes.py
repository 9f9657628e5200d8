"""What an error tells by a code or a name that no person wrote: which number of the system, which refusal of a server.

The text of an error may quote what somebody typed; these cannot. A server that PostgreSQL's client does not come to
gives no code: of its text, only phrases that stand here are told, and none if that server speaks another language.
"""

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from smtplib import SMTPRecipientsRefused, SMTPResponseException

import psycopg

ONE_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,63}|\d{3}")
RESOLVING = {getattr(socket, name): name for name in dir(socket) if name.startswith("EAI_")}
NOT_CONNECTED = (
    "failed to resolve host",
    "Connection refused",
    "Connection timed out",
    "timeout expired",
    "No route to host",
    "Network is unreachable",
    "No such file or directory",
    "Permission denied",
    "certificate verify failed",
    "does not support SSL",
    "server closed the connection unexpectedly",
    "the connection is closed",
    "the connection is lost",
    "no password supplied",
    "password authentication failed",
    "no pg_hba.conf entry",
    "FATAL:  role",
    "FATAL:  database",
    "does not exist",
    "too many clients",
    "remaining connection slots",
    "the database system is",
    "starting up",
    "shutting down",
    "in recovery mode",
)


def codes_of(error: BaseException) -> Iterator[str]:
    """Yield the codes and names by which an error of the system or of a server says what it is."""
    match error:
        case psycopg.Error():
            yield from _of_postgresql(error)
        case SMTPResponseException():
            yield str(error.smtp_code)
        case SMTPRecipientsRefused():
            yield from sorted({str(code) for code, _text in error.recipients.values()})
        case BaseException(response={"Error": {"Code": str(code)}}) if ONE_WORD.fullmatch(code):  # botocore's
            yield code
        case ssl.SSLError():  # its number is OpenSSL's, not the system's
            yield error.reason or ""
        case socket.gaierror(errno=int(number)):
            yield RESOLVING.get(number, str(number))
        case OSError(errno=int(number)):
            yield errno.errorcode.get(number, str(number))


def _of_postgresql(error: psycopg.Error) -> Iterator[str]:
    if error.sqlstate:
        diag = error.diag
        yield from (fact or "" for fact in (error.sqlstate, diag.table_name, diag.column_name, diag.constraint_name))
    elif isinstance(error, psycopg.OperationalError):
        text = str(error)
        yield ", ".join(phrase for phrase in NOT_CONNECTED if phrase in text)
