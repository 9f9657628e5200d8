"""A key that the database needs and the ring lacks stops the start, with its number, its columns and the cure."""

import os
import secrets
import subprocess
import sys
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError, connection

from config.stack.layout import ROOT
from members.actors import SYSTEM
from members.privacy import ceremonies
from members.privacy.checks import key_faults
from members.privacy.key_records import see_recorded
from members.privacy.keyring import keyring, live
from members.privacy.models import INDEX_KEY, SealingKey
from tests.members.privacy.conftest import put_ring
from tests.people import AT, member

pytestmark = pytest.mark.django_db

STARTS = {
    "web server": ["gunicorn", "config.wsgi:application", "--check-config", "--preload"],
    "web server, as it runs": ["gunicorn", "config.wsgi:application", "--bind", "127.0.0.1:0", "--no-control-socket"],
    "worker": ["celery", "--app", "config.celery", "worker", "--pool", "solo", "--without-mingle", "--without-gossip"],
}


def lose_the_key(in_use) -> None:
    """Put another ring in the place of the one that the database was sealed under."""
    ring, number = in_use.ring.with_new_key()
    put_ring(in_use.path, replace(ring, primary=number).without(in_use.number))
    live.forget()


def the_fault(in_use) -> str:
    return (
        f"Key {in_use.number} is not in the ring, and values are sealed under it, for instance in"
        " members_member.member_number, members_member.name, members_member.email."
        f" Put key {in_use.number} back from a backup of the ring; without it they cannot be read by anybody."
    )


def test_a_ring_that_holds_everything_has_no_fault(in_use):
    member()
    assert in_use.number in SealingKey.objects.values_list("number", flat=True)
    assert key_faults() == []


def test_a_lacking_key_is_named_with_its_columns_and_the_cure(in_use):
    member()
    lose_the_key(in_use)
    assert key_faults() == [the_fault(in_use)]


def test_it_is_named_before_a_migration_too_when_columns_of_a_new_release_are_not_there_yet(in_use):
    member()
    lose_the_key(in_use)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE members_member RENAME COLUMN member_number TO of_before; DROP TABLE intake_draft")
    (fault,) = key_faults()
    assert "for instance in members_member.name, members_member.email" in fault


def test_djangos_check_names_it_where_it_may_ask_the_database(in_use):
    member()
    lose_the_key(in_use)
    with pytest.raises(SystemCheckError, match=f"privacy.E001\\) Key {in_use.number} is not in the ring"):
        call_command("check", databases=["default"])
    call_command("check", stdout=StringIO())


def test_a_key_is_recorded_though_the_transaction_that_sealed_under_it_comes_to_nothing(in_use):
    """It is recorded before the first value, on a connection of its own; so it is there for another process at once."""
    member()
    assert SealingKey.objects.filter(number=in_use.number, check_value=keyring().check_value(in_use.number)).exists()


@pytest.mark.usefixtures("in_use")
def test_a_database_that_is_away_is_told_of_as_django_does(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    with pytest.raises(OperationalError):
        see_recorded(keyring())


@pytest.mark.usefixtures("in_use")
def test_a_key_that_nothing_is_sealed_under_is_lacked_by_nobody():
    SealingKey.objects.create(number=5)
    assert key_faults() == []
    ceremonies.destroy_key(actor=SYSTEM, at=AT, number=5)
    assert SealingKey.objects.get(number=5).destroyed_at == AT


def test_another_key_of_the_same_number_is_refused(in_use):
    member()
    put_ring(in_use.path, replace(in_use.ring, keys={in_use.number: secrets.token_bytes(32)}))
    live.forget()
    (fault,) = key_faults()
    assert fault == (
        f"Key {in_use.number} of the ring is not the key {in_use.number} that this database was sealed with."
        " Put the ring of this database back from its backup."
    )


def test_another_key_of_indexes_is_refused(in_use):
    member()
    assert SealingKey.objects.filter(number=INDEX_KEY).exists()
    put_ring(in_use.path, replace(in_use.ring, index=secrets.token_bytes(32)))
    live.forget()
    (fault,) = key_faults()
    assert fault.startswith("The ring's key of blind indexes is not the one that this database was made with")


def test_the_check_reads_one_row_a_key_however_large_the_database_is(in_use, django_assert_num_queries):
    member()
    SealingKey.objects.exclude(number__in=[INDEX_KEY, in_use.number]).delete()  # those of other tests
    with django_assert_num_queries(1) as asked:
        assert key_faults() == []
    assert "privacy_sealingkey" in asked[0]["sql"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("command", STARTS.values(), ids=STARTS)
def test_nothing_starts_without_the_key(in_use, command):
    member()
    lose_the_key(in_use)
    glue = "&" if "?" in os.environ["DATABASE_URL"] else "?"
    name = connection.settings_dict["NAME"]
    done = subprocess.run(  # noqa: S603 -- our own programs
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": f"{os.environ['DATABASE_URL']}{glue}dbname={name}",
            "REDRESS_KEYRING_FILE": str(in_use.path),
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert f"Redress: {the_fault(in_use)}" in done.stderr + done.stdout


def test_manage_py_says_in_one_sentence_that_there_is_no_ring(in_use):
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", "from members.privacy.keyring import keyring; keyring()"],
        cwd=ROOT,
        env=os.environ | {"REDRESS_KEYRING_FILE": str(in_use.path) + ".none"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Redress: The keyring")
