"""The steps that change the ring: none loses a key that anything needs, and each can be taken twice."""

import json
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event as Signal

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from config.stack.layout import ROOT
from members.actors import SYSTEM
from members.audit.models import Event
from members.models import Member
from members.privacy import ceremonies
from members.privacy.access import phi_access
from members.privacy.ceremonies import StepRefused
from members.privacy.keyring import keyring, live
from members.privacy.models import SealingKey
from members.privacy.ring import KeyringUnusable
from tests.members.privacy.conftest import put_ring
from tests.people import AT, member

pytestmark = pytest.mark.django_db

ACT = {"actor": SYSTEM, "at": AT}
FILL_THE_DISK = """
import resource, sys
sys.argv = ["manage.py", "keys", "add"]
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
exec(open("manage.py").read())
"""


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Take it that every process follows a promotion at once."""
    monkeypatch.setattr(ceremonies, "FOLLOWED_AFTER", timedelta(0))


def keys(*arguments: str, capsys) -> tuple[int, str, str]:
    """Run the command; return exit status, output and what was said beside it."""
    status = 0
    try:
        call_command("keys", *arguments)
    except SystemExit as stop:
        status = stop.code
    except CommandError as refused:
        return refused.returncode, "", str(refused)
    live.forget()
    said = capsys.readouterr()
    return status, said.out, said.err


def events() -> list[tuple[str, dict]]:
    return list(Event.objects.filter(action__startswith="keys.").order_by("pk").values_list("action", "detail"))


def test_a_rotation_from_the_first_step_to_the_last(in_use, capsys):
    """Checklist 19."""
    old = in_use.number
    member()
    assert keys("status", capsys=capsys)[0] == 0
    _, said, _ = keys("add", capsys=capsys)
    new = in_use.ring.with_new_key()[1] - 1
    assert said == f"Key {new} is in the ring. Back the ring up, then: manage.py keys promote {new}\n"
    assert keys("promote", str(new), capsys=capsys)[:2] == (
        0, f"Key {new} seals from now on. Next: manage.py keys reencrypt\n"
    )  # fmt: skip
    assert keys("status", capsys=capsys)[0] == 1
    assert keys("reencrypt", capsys=capsys) == (0, "", f"1 rows were sealed anew under key {new}.\n")
    status, said, _ = keys("destroy", str(old), capsys=capsys)
    assert status == 0
    assert said.startswith(f"Key {old} is out of the ring. Backups of the database from before 20")
    assert f"open only with key {old}: keep it in one backup of the ring, apart, until the last of them is" in said
    status, said, _ = keys("status", "--json", capsys=capsys)
    told = json.loads(said)
    assert (status, told["ring"], told["primary"], told["faults"]) == (0, [new], new, [])
    assert set(told["values"]) == {str(new)}
    assert [event for event in events() if event[0] != "keys.reencrypted"] == [
        ("keys.added", {"key": new}),
        ("keys.promoted", {"key": new}),
        ("keys.destroyed", {"key": old}),
    ]


def test_each_step_can_be_taken_twice(in_use, capsys):
    old = in_use.number
    number, _ = ceremonies.add_key(**ACT)
    assert ceremonies.promote_key(**ACT, number=number)
    assert not ceremonies.promote_key(**ACT, number=number)
    assert ceremonies.destroy_key(**ACT, number=old)
    assert not ceremonies.destroy_key(**ACT, number=old)
    assert [action for action, _ in events()] == ["keys.added", "keys.promoted", "keys.destroyed"]
    assert keys("destroy", str(old), capsys=capsys)[1] == (
        f"Key {old} is not in the ring, and nothing is sealed under it.\n"
    )


def test_a_key_that_anything_is_sealed_under_is_not_destroyed(in_use):
    member()
    number, _ = ceremonies.add_key(**ACT)
    ceremonies.promote_key(**ACT, number=number)
    with pytest.raises(StepRefused) as refused:
        ceremonies.destroy_key(**ACT, number=in_use.number)
    assert str(refused.value) == (
        f"Values are still sealed under key {in_use.number}: 1 in members_member.member_number;"
        " 1 in members_member.name; 1 in members_member.email. Seal them anew first: manage.py keys reencrypt"
    )
    assert in_use.number in in_use.ring.keys


def test_the_primary_key_is_not_destroyed(in_use):
    with pytest.raises(StepRefused, match=f"Key {in_use.number} is the primary key. Promote another first"):
        ceremonies.destroy_key(**ACT, number=in_use.number)


def test_a_key_that_makes_the_indexes_of_an_old_ring_is_not_destroyed(in_use):
    old = in_use.number
    put_ring(in_use.path, replace(in_use.ring, index=old))
    number, _ = ceremonies.add_key(**ACT)
    ceremonies.promote_key(**ACT, number=number)
    with pytest.raises(StepRefused, match=f"Key {old} is also the one that blind indexes are made under"):
        ceremonies.destroy_key(**ACT, number=old)


def test_a_key_that_is_not_in_the_ring_is_not_promoted(in_use, capsys):
    assert keys("promote", "7", capsys=capsys) == (
        2, "", f"The ring has no key 7; it has {in_use.number}. Add one with: manage.py keys add"
    )  # fmt: skip


def test_a_number_is_never_given_twice(in_use):
    """A backup may still hold the destroyed key of that number."""
    first, _ = ceremonies.add_key(**ACT)
    ceremonies.promote_key(**ACT, number=first)
    ceremonies.promote_key(**ACT, number=in_use.number)
    ceremonies.destroy_key(**ACT, number=first)
    assert ceremonies.add_key(**ACT)[0] > first


def test_without_a_ring_one_is_made_unless_the_database_had_one(in_use):
    in_use.path.unlink()
    SealingKey.objects.filter(destroyed_at=None).update(destroyed_at=AT)
    assert ceremonies.add_key(**ACT) == (1, True)
    assert in_use.path.stat().st_mode & 0o777 == 0o400

    in_use.path.unlink()
    SealingKey.objects.create(number=in_use.number)
    with pytest.raises(StepRefused, match="sealed under a ring that is not here"):
        ceremonies.add_key(**ACT)


def test_a_ring_is_wrapped_by_a_kms_and_rotated_under_it(in_use, kms, tmp_path, settings, capsys):
    """openssl holds the key that opens the ring; the product is told by one command how to ask it."""
    person, plain = member(name="Joseph K"), json.loads(in_use.path.read_text())
    (envelope := tmp_path / "envelope").write_bytes(kms[0])
    said = keys("wrap", str(envelope), capsys=capsys)[1]
    assert said == "The ring is wrapped. Only the KMS can open it from now on.\n"
    assert not {plain["index"], *plain["keys"].values()} & set(re.findall(r"[\w+/=]{20,}", in_use.path.read_text()))

    number, _ = ceremonies.add_key(**ACT)
    assert ceremonies.promote_key(**ACT, number=number)
    assert keys("reencrypt", capsys=capsys)[0] == 0
    assert ceremonies.destroy_key(**ACT, number=in_use.number)
    live.forget()
    with phi_access(actor=SYSTEM, purpose="a test", at=AT):
        assert Member.objects.unscoped("a test").get(pk=person.pk).name == "Joseph K"
    settings.KMS_COMMAND = ""
    live.forget()
    assert keys("status", capsys=capsys)[2].startswith("The keys of the ring are wrapped by a KMS.")


def test_a_ring_that_a_kms_opens_is_made_without_any_key_in_clear_on_disk(in_use, kms):
    in_use.path.unlink()
    SealingKey.objects.filter(destroyed_at=None).update(destroyed_at=AT)
    assert ceremonies.wrap_keys(**ACT, envelope=kms[0])
    live.forget()
    assert keyring().numbers == {1}
    assert keyring().index_number is None


def test_an_envelope_that_the_kms_does_not_open_leaves_the_ring_as_it_was(in_use, kms, capsys, tmp_path):
    before = in_use.path.read_text()
    with pytest.raises(KeyringUnusable, match="ended with status 1"):
        ceremonies.wrap_keys(**ACT, envelope=kms[0][:-1] + b"?")
    assert (in_use.path.read_text(), events()) == (before, [])
    (empty := tmp_path / "empty").write_bytes(b"")
    assert keys("wrap", str(empty), capsys=capsys)[0] == 2
    assert keys("wrap", str(tmp_path / "none"), capsys=capsys)[2].endswith(
        "none cannot be read: No such file or directory."
    )


@pytest.mark.parametrize("mode", [0o400, 0o600])
def test_the_file_keeps_its_mode_and_leaves_nothing_beside_it(in_use, mode):
    in_use.path.chmod(mode)
    ceremonies.add_key(**ACT)
    assert in_use.path.stat().st_mode & 0o777 == mode
    assert [file.name for file in in_use.path.parent.iterdir()] == [in_use.path.name]


def test_what_a_killed_run_left_is_removed_and_does_no_harm(in_use):
    left = in_use.path.with_name(f".{in_use.path.name}.partial")
    left.write_text("half a r")
    left.chmod(0o400)
    number, _ = ceremonies.add_key(**ACT)
    assert not left.exists()
    assert number in in_use.ring.keys


def test_a_ring_in_a_variable_is_changed_where_it_is_kept(in_use, settings):
    settings.KEYRING = in_use.path.read_text()
    with pytest.raises(KeyringUnusable, match="only your secret store can change"):
        ceremonies.add_key(**ACT)


@pytest.mark.django_db(transaction=True)
def test_on_a_full_disk_the_ring_stays_as_it_was(in_use):
    before = in_use.path.read_text()
    status, said = ended(run_beside(in_use, [sys.executable, "-c", FILL_THE_DISK]))
    assert (status, in_use.path.read_text()) == (2, before)
    assert "cannot be changed: File too large" in said
    assert "Traceback" not in said
    assert number_of_a_run(in_use) in in_use.ring.keys


@pytest.mark.django_db(transaction=True)
def test_no_key_is_destroyed_while_somebody_may_still_write_what_was_sealed_before(in_use, monkeypatch):
    """An import that began before the promotion has sealed a thousand rows and not committed them yet."""
    monkeypatch.setattr(ceremonies, "PATIENCE", 0.5)
    number, _ = ceremonies.add_key(**ACT)
    began, enough = Signal(), Signal()

    def import_slowly() -> None:
        with transaction.atomic():
            member()
            began.set()
            enough.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as people:
        importing = people.submit(import_slowly)
        began.wait(10)
        ceremonies.promote_key(**ACT, number=number)
        with pytest.raises(StepRefused, match=f"older than the promotion of key {number}"):
            ceremonies.destroy_key(**ACT, number=in_use.number)
        enough.set()
        importing.result()
        with pytest.raises(StepRefused, match=f"Values are still sealed under key {in_use.number}"):
            ceremonies.destroy_key(**ACT, number=in_use.number)


@pytest.mark.django_db(transaction=True)
def test_a_role_that_cannot_see_the_others_destroys_nothing(in_use):
    number, _ = ceremonies.add_key(**ACT)
    ceremonies.promote_key(**ACT, number=number)
    with psycopg.connect(**own_parameters()), connection.cursor() as cursor:
        cursor.execute("CREATE ROLE short_sighted; GRANT ALL ON ALL TABLES IN SCHEMA public TO short_sighted")
        cursor.execute("SET ROLE short_sighted")
        try:
            with pytest.raises(StepRefused, match="Other database roles are at work here"):
                ceremonies.destroy_key(**ACT, number=in_use.number)
        finally:
            cursor.execute("RESET ROLE; DROP OWNED BY short_sighted; DROP ROLE short_sighted")
    assert in_use.number in in_use.ring.keys


def own_parameters() -> dict:
    """Return what leads another session to the test's database."""
    parameters = connection.get_connection_params()
    del parameters["cursor_factory"]
    return parameters


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_add_two_keys(in_use):
    runs = [run_beside(in_use, [sys.executable, "manage.py", "keys", "add"]) for _ in range(3)]
    assert [ended(run)[0] for run in runs] == [0, 0, 0]
    assert len(in_use.ring.keys) == 4


@pytest.mark.django_db(transaction=True)
def test_a_rotation_that_is_killed_again_and_again_comes_to_its_end(in_use):
    """Each run is killed while it writes; the one that is left alone finishes, and everything opens."""
    names = [member(name=f"Person {number}").pk for number in range(1_500)]
    new, _ = ceremonies.add_key(**ACT)
    ceremonies.promote_key(**ACT, number=new)
    for rows in (500, 1_000):
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " IF (SELECT count(*) FROM members_member WHERE substring(name from 1 for 5) = %s) >= %s"
                " THEN PERFORM pg_sleep(60); END IF; RETURN NEW; END $$",
                [b"\x01" + new.to_bytes(4, "big"), rows],
            )
            cursor.execute("DROP TRIGGER IF EXISTS hold_up ON members_member")
            cursor.execute(
                "CREATE TRIGGER hold_up BEFORE UPDATE ON members_member FOR EACH STATEMENT EXECUTE FUNCTION hold_up()"
            )
        run = run_beside(in_use, [sys.executable, "manage.py", "keys", "reencrypt"])
        wait_until_somebody_sleeps()
        run.send_signal(signal.SIGKILL)
        ended(run)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
            cursor.execute("DROP TRIGGER hold_up ON members_member")
            cursor.execute(
                "SELECT count(*) FROM members_member WHERE substring(name from 1 for 5) = %s",
                [b"\x01" + new.to_bytes(4, "big")],
            )
            assert cursor.fetchone() == (rows,)
        assert rows_told_of() == rows
    status, said = ended(run_beside(in_use, [sys.executable, "manage.py", "keys", "reencrypt"]))
    assert "500 rows were sealed anew" in said
    assert (rows_told_of(), status) == (1_500, 0)
    assert ceremonies.destroy_key(**ACT, number=in_use.number)
    assert len(names) == 1_500
    assert keyring(having=new).primary == new


def rows_told_of() -> int:
    told = Event.objects.filter(action="keys.reencrypted", object_type="members_member")
    return sum(event.detail["rows"] for event in told)


def wait_until_somebody_sleeps() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DO $$ BEGIN FOR n IN 1..600 LOOP PERFORM pg_stat_clear_snapshot();"
            " EXIT WHEN EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid <> pg_backend_pid());"
            " PERFORM pg_sleep(0.1); END LOOP; END $$"
        )


def number_of_a_run(in_use) -> int:
    """Add a key in a process of its own; return its number."""
    before = set(in_use.ring.keys)
    assert ended(run_beside(in_use, [sys.executable, "manage.py", "keys", "add"]))[0] == 0
    return (set(in_use.ring.keys) - before).pop()


def run_beside(in_use, command: list[str]) -> subprocess.Popen:
    """Start a command as a process of its own, on the test's database and ring."""
    glue = "&" if "?" in os.environ["DATABASE_URL"] else "?"
    environment = os.environ | {
        "DATABASE_URL": f"{os.environ['DATABASE_URL']}{glue}dbname={connection.settings_dict['NAME']}",
        "REDRESS_KEYRING_FILE": str(in_use.path),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)  # noqa: S603 -- ours


def ended(run: subprocess.Popen) -> tuple[int, str]:
    """Wait for the end; return exit status and what was said beside the output."""
    _, said = run.communicate(timeout=60)
    return run.returncode, said
