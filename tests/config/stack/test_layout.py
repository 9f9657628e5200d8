"""Where a stack keeps its files and who holds them."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from config.stack.layout import ROOT, AlreadyRunning, Layout, private_folder
from config.stack.refusal import Refusal


def test_sockets_stay_inside_a_short_plain_folder(tmp_path_factory):
    run = tmp_path_factory.getbasetemp().parent / "r"
    assert Layout(run).sockets == run / "sockets"


@pytest.mark.parametrize("name", ["my projects", "a,b", "größe", "x" * 100])
def test_sockets_leave_a_folder_whose_path_is_long_or_not_plain(tmp_path, name):
    sockets = Layout(tmp_path / name).sockets
    assert sockets.parent == Path(tempfile.gettempdir())
    assert sockets.name.startswith(f"redress-{os.geteuid()}-")
    assert sockets == Layout(tmp_path / name).sockets != Layout(tmp_path / f"{name}2").sockets


def test_private_folders_are_closed_to_others(tmp_path):
    folder = tmp_path / "open"
    folder.mkdir(mode=0o777)
    assert private_folder(folder).stat().st_mode & 0o777 == 0o700


def test_a_link_in_the_place_of_a_private_folder_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(Refusal, match="belongs to someone else"):
        private_folder(tmp_path / "link")


def test_the_second_holder_learns_who_is_the_first(tmp_path):
    with Layout(tmp_path).held(), pytest.raises(AlreadyRunning) as other, Layout(tmp_path).held():
        pass
    assert other.value.pid == os.getpid()


def test_a_folder_is_free_only_when_the_last_child_is_gone(tmp_path):
    with Layout(tmp_path).held() as lock:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock])
    with pytest.raises(Refusal, match="earlier run"), Layout(tmp_path).held(patience=0.1):
        pass
    child.communicate(b"\n")
    with Layout(tmp_path).held(patience=0):
        pass


def test_removal_takes_what_lies_outside_too(tmp_path):
    stack = Layout(tmp_path / "with blank")
    for folder in (stack.run, stack.sockets):
        private_folder(folder)
    stack.remove()
    assert not stack.run.exists()
    assert not stack.sockets.exists()


def test_the_root_is_the_project():
    assert (ROOT / "manage.py").is_file()
