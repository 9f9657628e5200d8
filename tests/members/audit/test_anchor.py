"""Checkpoints are written down outside of the database: each once, in order, whole, and never over anything else."""

import os
import resource
import socket
import threading

import pytest
from django.db import connection

from members.audit.anchor import AnchorRefused, anchor_all, last_line
from members.audit.models import Anchored, Checkpoint
from members.audit.sealer import seal_all
from members.audit.statement import Statement, check_signature, parse_line
from members.privacy.signing import audit_signer
from tests.members.audit.conftest import EMPTY, tamper, written
from tests.people import AT


def numbers(anchor):
    return [Statement.parse(parse_line(line)[0]).number for line in anchor.read_text().splitlines()]


def catch_up(anchor):
    anchor_all([str(anchor)], at=AT)


def seal(number=1):
    for _ in range(number):
        written(1)
        seal_all(signer=audit_signer(), at=AT)


def test_each_checkpoint_becomes_one_line_that_proves_itself(trail, anchor):
    trail(1)
    trail(1)
    catch_up(anchor)
    lines = anchor.read_text().splitlines()
    assert lines == [row.line for row in Checkpoint.objects.order_by("number")]
    for line in lines:
        text, signature = parse_line(line)
        check_signature(text, signature, Statement.parse(text).public_key)


def test_only_its_owner_can_read_or_write_the_file(trail, anchor):
    trail(1)
    assert anchor.stat().st_mode & 0o777 == 0o600


def test_what_was_missed_is_made_up_for_in_order(trail, anchor):
    trail(1)
    seal(3)
    catch_up(anchor)
    assert numbers(anchor) == [1, 2, 3, 4]
    assert Anchored.objects.get().number == 4


def test_a_line_that_was_cut_short_stands_again_whole(trail, anchor, caplog):
    trail(1)
    trail(1)
    whole = anchor.read_text()
    anchor.write_text(whole[:-40])
    catch_up(anchor)
    assert anchor.read_text() == whole[:-40] + "\n" + whole.splitlines()[1] + "\n"
    assert "had been cut short" in caplog.text


def test_a_full_disk_is_said_and_made_up_for(trail, anchor, caplog):
    trail(1)
    seal(2)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (anchor.stat().st_size + 100, hard))
    try:
        catch_up(anchor)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "is not up to date" in caplog.text
    assert Anchored.objects.get().number == 1
    catch_up(anchor)
    assert Anchored.objects.get().number == 3
    assert numbers_of_whole_lines(anchor) == [1, 2, 3]


def numbers_of_whole_lines(anchor):
    lines = [line for line in anchor.read_text().splitlines() if line.endswith("==")]
    return [Statement.parse(parse_line(line)[0]).number for line in lines]


def test_a_chain_that_ends_before_the_anchor_adds_nothing_to_it(trail, anchor, caplog):
    trail(1)
    trail(1)
    before = anchor.read_text()
    tamper("DELETE FROM audit_leaf WHERE batch = 2")
    tamper("DELETE FROM audit_checkpoint WHERE number = 2")
    catch_up(anchor)
    assert "it knows checkpoint 2, which the database has not" in caplog.text
    seal(1)
    catch_up(anchor)
    assert "checkpoint 2 there is another than in the database" in caplog.text
    assert anchor.read_text() == before


def test_a_file_of_something_else_is_left_alone(trail, anchor, caplog):
    trail(0)
    anchor.write_text("dear diary\n")
    seal()
    catch_up(anchor)
    assert "its last lines are no checkpoints" in caplog.text
    assert anchor.read_text() == "dear diary\n"
    with pytest.raises(AnchorRefused):
        last_line(anchor)


def test_the_newest_line_is_found_in_a_long_file_and_none_in_a_missing_one(trail, anchor):
    assert last_line(anchor) is None
    trail(1)
    first = anchor.read_text()
    anchor.write_text(first * 500)
    assert last_line(anchor) == first.strip()


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_write_each_checkpoint_once(anchor):
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
    seal(20)
    start = threading.Barrier(4)

    def add():
        start.wait()
        try:
            catch_up(anchor)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(anchor) == list(range(1, 21))


@pytest.fixture
def log_server():
    """Listen as a log server does, on a port of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(5)
        yield listening


def test_a_log_server_is_told_of_each_new_checkpoint(trail, log_server):
    trail(0)
    place = f"syslog:127.0.0.1:{log_server.getsockname()[1]}"
    seal(2)
    anchor_all([place], at=AT)
    seal(1)
    anchor_all([place], at=AT)
    told = [log_server.recv(4096).decode() for _ in range(3)]
    assert told == [f"<85>redress-audit: {row.line}" for row in Checkpoint.objects.order_by("number")]
    assert Anchored.objects.get().place == place


def test_a_socket_of_the_machine_s_own_log_is_told_as_well(trail, tmp_path):
    trail(0)
    path = os.path.relpath(tmp_path / "log")  # a socket's path is short
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(path)
        seal()
        anchor_all([f"syslog:{tmp_path / 'log'}"], at=AT)
        assert listening.recv(4096).startswith(b"<85>redress-audit: {")


def test_one_place_that_fails_keeps_no_other_from_its_lines(trail, anchor, tmp_path, caplog):
    trail(0)
    seal()
    anchor_all([f"syslog:{tmp_path / 'nobody'}", str(tmp_path), str(anchor)], at=AT)
    assert numbers(anchor) == [1]
    assert caplog.text.count("is not up to date") == 2
