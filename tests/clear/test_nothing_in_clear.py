"""Nothing that people type stands anywhere in clear: neither where the product keeps things nor in what it sends."""

import json
import subprocess
import sys

import pytest
from django.urls import get_resolver, resolve

from config.access import URL_AUDIENCES
from config.stack.layout import ROOT
from members.management.commands.access_matrix import _urls
from tests.clear.untyped import left_out

CRASHES = 3


@pytest.fixture(scope="module")
def told():
    command = [sys.executable, "-m", "tests.clear"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 -- our own
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def is_clear(place: dict) -> bool:
    """Tell whether nothing was found where a planted word was."""
    assert place["found"] == {}
    assert "wqyplanted" in place["planted"]
    return True


def test_a_dump_and_the_media_folder_hold_no_seeded_name_narrative_or_address(told):
    assert told["secrets"] > 1000
    assert told["control"]
    assert told["canaries"] > 100
    assert all(is_clear(told["places"][name]) for name in ("dump", "database files", "files"))
    assert told["places"]["database files"]["bytes"] > 10_000_000


def test_every_form_is_typed_into_or_stands_on_the_list_with_a_reason(told):
    forms = {name for name, verbs in _urls(get_resolver()) if "POST" in verbs.split()}
    assert forms <= set(URL_AUDIENCES)
    typed, untyped = {resolve(path).view_name for path in told["forms"]}, set(left_out())
    assert (forms - typed - untyped, untyped - forms, untyped & typed) == (set(), set(), set())


@pytest.mark.parametrize("place", ["logs", "valkey", "mail"])
def test_logs_valkey_messages_of_celery_and_mail_tell_nothing(place, told):
    assert is_clear(told["places"][place])


def test_the_logs_hold_crashes_of_web_server_and_worker(told):
    assert told["tracebacks"] >= CRASHES


def test_messages_of_celery_are_unpacked(told):
    assert "base64" in told["places"]["valkey"]["planted"]


@pytest.mark.parametrize("place", ["run folder", "temporary files"])
def test_nothing_is_left_lying_about(place, told):
    assert is_clear(told["places"][place])


def test_a_backup_holds_nothing_in_clear(told):
    assert is_clear(told["places"]["backup"])
    assert told["places"]["backup"]["bytes"] > 1_000_000
