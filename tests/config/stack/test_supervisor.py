"""Real services under a real supervisor, stopped in every way there is."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.stack.layout import ROOT, Layout

TINY = Path(__file__).with_name("tiny.py")
SERVICES = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")


def start(folder, *arguments, before=None):
    variables = {name: value for name, value in os.environ.items() if name not in SERVICES} | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(  # noqa: S603
        [sys.executable, TINY, folder, *arguments],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=before,  # noqa: PLW1509 -- it only sets a signal
    )


@pytest.fixture
def folder(tmp_path):
    """A folder with a blank, whose sockets hence live elsewhere."""
    stack = Layout(tmp_path / "my stack")
    yield stack.run
    stack.remove()


def processes_of(folder):
    """Command lines that name the folder: PostgreSQL, the mail catcher and the program do."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in command and str(TINY).encode() not in command:
            found.append(command.decode())
    return found


def assert_all_gone(folder):
    with Layout(folder).held(patience=20):
        assert processes_of(folder) == []


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_order_to_stop_leaves_nothing(folder, order):
    tiny = start(folder, before=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))  # the suite may run under nohup
    assert tiny.stdout.readline() == "up\n"
    assert len(processes_of(folder)) >= 3
    tiny.send_signal(order)
    output, _ = tiny.communicate(timeout=60)
    assert (output, tiny.returncode) == ("stopped\n", 0)
    assert_all_gone(folder)


def test_nohup_is_respected(folder):
    tiny = start(folder, before=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    assert tiny.stdout.readline() == "up\n"
    tiny.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    assert tiny.poll() is None
    tiny.terminate()
    assert tiny.communicate(timeout=60)[0] == "stopped\n"


def test_a_killed_supervisor_leaves_nothing_and_the_next_one_starts(folder):
    tiny = start(folder)
    assert tiny.stdout.readline() == "up\n"
    tiny.kill()
    tiny.communicate(timeout=60)
    assert_all_gone(folder)

    successor = start(folder)
    assert successor.stdout.readline() == "up\n"
    successor.terminate()
    assert successor.communicate(timeout=60)[0] == "stopped\n"
    assert_all_gone(folder)


def test_a_killed_server_whose_number_is_taken_is_started_again(folder):
    tiny = start(folder)
    assert tiny.stdout.readline() == "up\n"
    mark = folder / "postgres" / "postmaster.pid"
    os.kill(int(mark.read_text().split()[0]), signal.SIGKILL)
    tiny.communicate(timeout=60)
    mark.write_text("1\n" + mark.read_text().partition("\n")[2])

    successor = start(folder)
    assert successor.stdout.readline() == "up\n"
    successor.terminate()
    assert successor.communicate(timeout=60)[0] == "stopped\n"
    assert_all_gone(folder)


def test_a_program_that_ends_stops_the_rest_and_its_last_words_are_told(folder):
    tiny = start(folder, "0.5")
    output, _ = tiny.communicate(timeout=60)
    assert tiny.returncode == 1
    assert "program ended with status 7" in output
    assert "these are its last words" in output
    assert_all_gone(folder)


def test_a_service_that_is_killed_stops_the_rest(folder):
    tiny = start(folder)
    assert tiny.stdout.readline() == "up\n"
    server = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(server, signal.SIGKILL)
    output, _ = tiny.communicate(timeout=60)
    assert tiny.returncode == 1
    assert "postgres was killed by SIGKILL" in output
    assert_all_gone(folder)


def test_an_order_during_the_start_is_obeyed(folder):
    tiny = start(folder)
    while not (folder / "logs").exists() and tiny.poll() is None:
        time.sleep(0.01)
    tiny.terminate()
    output, _ = tiny.communicate(timeout=60)
    assert (output.replace("up\n", ""), tiny.returncode) == ("stopped\n", 0)
    assert_all_gone(folder)
