"""The mail catcher, as the program that it is."""

import signal
import smtplib
import subprocess
import sys

import pytest

from config.stack.layout import ROOT
from config.stack.mail_catcher import listing
from config.stack.ports import LOOPBACK, listen, port_of


@pytest.fixture
def catcher(tmp_path):
    with listen() as listening:
        command = [sys.executable, "-m", "config.stack.mail_catcher", "--fd", str(listening.fileno()), "--folder"]
        process = subprocess.Popen([*command, tmp_path / "mail"], cwd=ROOT, pass_fds=[listening.fileno()])  # noqa: S603
        port = port_of(listening)
    yield port, tmp_path / "mail"
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_mail_is_kept_as_it_was_received(catcher):
    port, folder = catcher
    head = "From: desk@example.org\r\nTo: <maria@example.org>\r\nSubject: =?utf-8?q?=C3=87a_va=3F?=\r\n"
    message = f"{head}\r\nSeñora\r\n.\r\nFrom here on\r\n".encode()
    with smtplib.SMTP(LOOPBACK, port, timeout=10) as connection:
        connection.sendmail("desk@example.org", ["maria@example.org", "copy@example.org"], message)
    (file,) = folder.iterdir()
    route = b"Return-Path: <desk@example.org>\r\nDelivered-To: maria@example.org\r\nDelivered-To: copy@example.org\r\n"
    assert file.read_bytes() == route + message
    assert list(listing(folder)) == [f"{file.name}  maria@example.org  Ça va?"]


def test_names_sort_by_arrival(catcher):
    port, folder = catcher
    with smtplib.SMTP(LOOPBACK, port, timeout=10) as connection:
        for number in range(12):
            connection.sendmail("a@example.org", ["b@example.org"], f"Subject: {number}\r\nTo: b@example.org\r\n\r\n")
    assert [line.split("  ")[-1] for line in listing(folder)] == [str(number) for number in range(12)]


def test_no_mail_is_an_empty_list(tmp_path):
    assert list(listing(tmp_path / "mail")) == []
