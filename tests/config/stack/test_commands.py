"""The commands behind the Makefile, as a person meets them."""
# ruff: noqa: S603, S607 -- it calls our own commands

import json
import os
import subprocess
import sys

import psycopg
import pytest

from config.stack import __main__ as commands
from config.stack import bootstrap, running
from config.stack.layout import ROOT, Layout


def call(*arguments, stdin="", **variables):
    return subprocess.run(
        [sys.executable, "-m", "config.stack", *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "MAKELEVEL"} | variables,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_make_alone_lists_every_target_in_a_line():
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    targets = [line.split()[1] for line in listed.splitlines()]
    phony = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith(".PHONY"))
    assert targets == phony.split()[1:]


def test_exec_without_a_command_says_how():
    done = call("exec", REDRESS_COMMAND="")
    assert done.returncode == 1
    assert done.stderr == 'Redress: which command? For instance: make exec CMD="python manage.py check".\n'


def test_exec_leaves_the_streams_and_the_status_alone():
    command = 'cat; printf "%s" "$0 \'quoted\'"; test -n "$DATABASE_URL"; echo to the terminal >&2; exit 3'
    done = call("exec", stdin="typed\n", REDRESS_COMMAND=command)
    assert done.stdout == "typed\n/bin/sh 'quoted'"
    assert done.stderr == "to the terminal\n"
    assert done.returncode == 3


def test_exec_works_on_a_migrated_database_that_is_gone_afterwards():
    script = (
        "import django; django.setup();"
        "from django.db import connection as c; print('complaints_complaint' in c.introspection.table_names());"
        "print(c.settings_dict['NAME'])"
    )
    done = call("exec", "--", sys.executable, "-c", script)
    assert (done.returncode, done.stderr) == (0, "")
    migrated, name = done.stdout.splitlines()
    assert migrated == "True"
    with psycopg.connect(os.environ["DATABASE_URL"]) as server:
        assert server.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name]).fetchone() == (0,)


def test_a_second_run_says_where_the_first_one_is(tmp_path, capsys):
    stack = Layout(tmp_path)
    with stack.held():
        assert running.run(stack) == 0
        assert f"is being started by process {os.getpid()}" in capsys.readouterr().err
        stack.demo.write_text(json.dumps({"url": "http://127.0.0.1:8003"}))
        assert running.run(stack) == 0
        assert f"already running at http://127.0.0.1:8003 (process {os.getpid()})" in capsys.readouterr().err


def test_a_full_disk_is_said_before_anything_is_installed(monkeypatch):
    monkeypatch.setattr(bootstrap, "NEEDED_SPACE", 1 << 60)
    with pytest.raises(SystemExit, match=r"MB are free where .* MB are needed; free some"):
        bootstrap.check_space()


def test_an_old_python_is_named_with_the_cure(monkeypatch):
    monkeypatch.setattr(bootstrap, "OLDEST", (9, 0))
    with pytest.raises(SystemExit, match=r"Python .* is needed and .* is 3\.\d+\.\d+; .*make PYTHON="):
        bootstrap.check_interpreter()


def test_manage_without_a_command_says_how():
    done = call("manage", REDRESS_COMMAND="")
    assert done.returncode == 1
    assert done.stderr == 'Redress: which command? For instance: make manage CMD="report_timeliness --help".\n'


def test_manage_without_a_running_stack_says_how_to_start_one(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(commands, "STACK", Layout(tmp_path))
    monkeypatch.setenv("REDRESS_COMMAND", "check")
    monkeypatch.setattr(sys, "argv", ["config.stack", "manage"])
    monkeypatch.delenv("MAKELEVEL", raising=False)
    assert commands.main() == 1
    assert capsys.readouterr().err == "Redress: it is not running; `make run` starts it.\n"
