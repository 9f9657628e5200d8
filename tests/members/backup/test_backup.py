"""A backup is whole or not at all, tells nothing, and says what is wrong with it before anything is written."""

import json
import re
import secrets
import signal
from base64 import b64encode

import pytest
from psycopg.sql import SQL, Identifier

from members.backup.stream import MAGIC
from members.house_lock import SHARED
from tests.members.backup.conftest import server

KILLED = """
import os, django; django.setup()
from pathlib import Path
from django.utils import timezone
from members.backup.taking import take_backup
take_backup(Path({folder!r}), at=timezone.now(), anchors=[], progress=lambda n: n > 100 and os.kill(os.getpid(), 9))
"""
WATCHED = """
import json, subprocess, sys, django; django.setup()
from pathlib import Path
from django.utils import timezone
from members.backup.restoring import restore_backup
path, read, seen = Path({backup!r}), [], []
def watch(size):
    read.append(size)
    if sum(read) > path.stat().st_size and not seen:
        command = [sys.executable, "-m", "celery", "--app", "config.celery", "worker", "--timer", "--pool", "solo"]
        seen.append(subprocess.run(command, capture_output=True, text=True, timeout=30))
restore_backup(path, at=timezone.now(), anchors=[], replace=False, progress=watch)
print(json.dumps([seen[0].returncode, seen[0].stderr]))
"""
ALONE = """
import django; django.setup()
from members.backup.refusals import BackupRefused
from members.backup.under_way import alone
try:
    with alone():
        print("alone", end="")
except BackupRefused as refused:
    print(str(refused).partition(" Stop")[0], end="")
"""
FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
sys.argv = ["manage.py", "backup", {folder!r}]
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""


@pytest.fixture
def plain_owner(ruin):
    """The URL by which somebody who is no superuser owns the house of which nothing is left."""
    role, house = Identifier(f"{ruin.name}_owner"), Identifier(ruin.name)
    with server() as asking:
        asking.execute(SQL("DROP ROLE IF EXISTS {}").format(role))
        [(user,)] = asking.execute("SELECT current_user").fetchall()
        asking.execute(SQL("CREATE ROLE {} LOGIN NOSUPERUSER").format(role))
        asking.execute(SQL("ALTER DATABASE {} OWNER TO {}").format(house, role))
    yield re.sub(rf"(user=){user}\b|(//){user}\b", rf"\1\2{ruin.name}_owner", ruin.url)
    ruin.emptied()
    with server() as asking:
        asking.execute(SQL("DROP ROLE {}").format(role))


def test_a_backup_holds_no_name_no_address_no_narrative_and_no_file_in_clear(words, backup):
    content = backup.read_bytes()
    assert content.startswith(MAGIC)
    for word in words:
        for form in (word.encode(), word.encode().hex().encode(), b64encode(word.encode()).rstrip(b"=")[:-1]):
            assert form not in content
    assert backup.stat().st_mode & 0o077 == 0


def test_a_backup_says_what_it_holds(house, backup):
    told = house.told(backup)
    assert told["parts"]["files"]["count"] == 2
    [(complaints,)] = house.ask("SELECT count(*) FROM complaints_complaint")
    assert told["parts"]["table complaints_complaint"]["count"] == complaints == 2
    assert told["checkpoint"] == told["parts"]["anchor"]["count"] == 1
    assert ["complaints", "0001_initial"] in told["migrations"]
    assert not [table for table in told["columns"] if "session" in table]


def test_one_that_is_killed_leaves_nothing_that_looks_like_a_backup(house, words, tmp_path):  # noqa: ARG001
    done = house.run("-c", KILLED.format(folder=str(tmp_path)))
    assert done.returncode == -signal.SIGKILL
    assert not list(tmp_path.glob("*.backup"))
    assert len(list(tmp_path.iterdir())) == 1

    made = house.backup(tmp_path)
    assert list(tmp_path.iterdir()) == [made]


def test_a_full_disk_is_told_in_a_sentence_and_nothing_is_left(house, words, tmp_path):  # noqa: ARG001
    done = house.run("-c", FULL.format(folder=str(tmp_path)))
    assert (done.returncode, "no room" in done.stderr, "Traceback" in done.stderr) == (2, True, False), done.stderr
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(house, backup):
    content = backup.read_bytes()
    done = house.manage("backup", backup)
    assert (done.returncode, "overwrites nothing" in done.stderr) == (2, True)
    assert backup.read_bytes() == content


@pytest.mark.parametrize("harm", ["altered", "cut", "nothing", "longer"])
def test_one_that_is_not_whole_is_refused_before_anything_is_written(harm, backup, ruin, tmp_path):
    content, half = backup.read_bytes(), backup.stat().st_size // 2
    broken = tmp_path / "broken.backup"
    forms = {
        "altered": content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :],
        "cut": content[:half],
        "nothing": b"",
        "longer": content + b"x",
    }
    broken.write_bytes(forms[harm])

    assert ruin.manage("backup", broken, "--verify").returncode == 1
    done = ruin.manage("restore", broken)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert ruin.ask("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == [(0,)]


def test_a_key_that_the_ring_lacks_is_named_before_anything_is_written(backup, ruin):
    key = b64encode(secrets.token_bytes(32)).decode()
    ring = json.dumps({"primary": 77, "keys": {"77": key}, "index": key})
    done = ruin.manage("restore", backup, REDRESS_KEYRING=ring)
    assert done.returncode == 2
    assert "sealed under key" in done.stderr
    assert ruin.ask("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == [(0,)]


def test_another_ring_with_the_same_number_opens_nothing(backup, ruin):
    number = str(int.from_bytes(backup.read_bytes()[len(MAGIC) :][:4], "big"))
    key = b64encode(secrets.token_bytes(32)).decode()
    ring = json.dumps({"primary": int(number), "keys": {number: key}, "index": key})
    done = ruin.manage("restore", backup, REDRESS_KEYRING=ring)
    assert (done.returncode, "another ring" in done.stderr) == (1, True)


def test_a_restore_is_refused_while_somebody_else_is_at_work(backup, ruin):
    with ruin.connected():
        done = ruin.manage("restore", backup, "--replace")
    assert (done.returncode, "Stop web server" in done.stderr) == (2, True)


def test_an_owner_who_is_no_superuser_sees_programs_of_another_role_at_work(backup, ruin, plain_owner):
    with ruin.connected():
        done = ruin.manage("restore", backup, "--replace", DATABASE_URL=plain_owner)
    assert (done.returncode, "1 others are connected" in done.stderr) == (2, True), done.stderr


def test_a_worker_that_starts_while_a_restore_is_under_way_is_turned_away(backup, ruin):
    done = ruin.run("-c", WATCHED.format(backup=str(backup)))
    assert done.returncode == 0, done.stderr
    ended, said = json.loads(done.stdout)
    assert ended != 0
    assert "A backup is being restored into this database. Start again when that has ended." in said
    assert ruin.manage("migrate", "--check").returncode == 0
    ruin.emptied()


def test_a_program_at_work_keeps_a_restore_away_whatever_the_list_of_connections_says(house):
    with house.connected() as at_work:
        at_work.execute(SHARED)
        done = house.run("-c", ALONE)
    assert (done.returncode, done.stdout) == (0, "A program is at work in this database.")
