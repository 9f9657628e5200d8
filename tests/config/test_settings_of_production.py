"""What production wants to be told, in one sentence each, before it starts."""

import os
import subprocess
import sys

import pytest

from config.stack.layout import ROOT

SAFE = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "DATABASE_URL": "postgresql:///redress?host=%2Frun",
    "REDIS_URL": "unix:///run/valkey.sock",
    "REDRESS_ERASURE_LEDGER": "/mnt/ledger",
}


ASKED = "from django.conf import settings; print(settings.TRUSTED_PROXIES)"


def started_with(asked=ASKED, **variables):
    environment = {name: value for name, value in os.environ.items() if name != "REDRESS_TRUSTED_PROXIES"}
    return subprocess.run(  # noqa: S603 -- our own interpreter and words
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env=environment | SAFE | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "REDRESS_TRUSTED_PROXIES is not set. Set it to the number of proxies"),
        ({"REDRESS_TRUSTED_PROXIES": "0"}, "REDRESS_TRUSTED_PROXIES is below 1"),
        ({"REDRESS_TRUSTED_PROXIES": "one"}, "REDRESS_TRUSTED_PROXIES cannot be used as it is."),
        (
            {"REDRESS_TRUSTED_PROXIES": "1", "REDRESS_ERASURE_LEDGER": ""},
            "REDRESS_ERASURE_LEDGER is not set. Set it to the file in which erasures are written down, away from",
        ),
    ],
)
def test_production_starts_only_when_it_knows_whom_to_believe_and_where_erasures_are_written_down(variables, said):
    """Else all requests come from the proxy's address: one limit for everybody, or for nobody.

    And a ledger in the program's own folder would be gone with the machine, or with the next release.
    """
    done = started_with(**variables)
    assert done.returncode == 1
    assert said in done.stderr


def test_production_believes_as_many_proxies_as_it_is_told_of():
    assert started_with(REDRESS_TRUSTED_PROXIES="2").stdout == "2\n"
