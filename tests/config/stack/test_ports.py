"""Bound sockets."""

import socket

import pytest

from config.stack.ports import LOOPBACK, chosen, listen, port_of
from config.stack.refusal import Refusal


def test_a_taken_port_is_passed_over():
    with listen() as first, listen(port_of(first)) as second:
        assert port_of(second) > port_of(first)


def test_the_socket_listens_on_the_loopback_interface_already():
    with listen() as listening, socket.create_connection((LOOPBACK, port_of(listening)), timeout=1) as connection:
        assert connection.getpeername()[0] == "127.0.0.1"


def test_a_port_used_on_every_interface_is_taken():
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))  # noqa: S104 -- for a moment, to be in the way
        other.listen()
        taken = port_of(other)
        with listen(taken) as listening:
            assert port_of(listening) != taken


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "8000.5", ""])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(Refusal, match=f"PORT={text} is no port; choose one from 1024 to 65535"):
        chosen(text)


def test_no_free_port_is_said():
    with listen(65_535), pytest.raises(Refusal, match="PORT="):
        listen(65_535)
