"""Nothing that is sealed stands anywhere in clear: neither where a stack keeps things nor in what it sends."""

import json
import subprocess
import sys

import pytest

from config.stack.layout import ROOT


@pytest.fixture(scope="module")
def told():
    command = [sys.executable, "-m", "tests.clear"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 -- our own
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_a_dump_and_the_media_folder_hold_no_seeded_name_narrative_or_address(told):
    assert told["secrets"] > 1000
    assert told["control"]
    assert (told["dump"]["found"], told["files"]["found"]) == ({}, {})
    assert min(told["dump"]["bytes"], told["files"]["bytes"]) > 10_000


@pytest.mark.parametrize("place", ["logs", "valkey", "mail"])
def test_logs_valkey_messages_of_celery_and_mail_tell_nothing(place, told):
    assert told[place]["found"] == {}
    assert told[place]["bytes"] > 1000


def test_a_backup_holds_nothing_in_clear(told):
    assert told["backup"]["found"] == {}
    assert told["backup"]["bytes"] > 1_000_000
