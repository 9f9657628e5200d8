"""What has to be so before the web server or a worker takes its first request or task."""

import sys
from typing import Any

import django
from django.apps import apps
from django.db import connections

NO_USE_IN_TRYING_AGAIN = 3
"""The exit status by which gunicorn knows that another worker would fail alike; so it stops."""


def see_that_the_keys_are_here(**_: Any) -> None:
    """End the process with a sentence for each key that the database needs and the keyring lacks.

    A process that started without it would fail one page at a time, and seal the rest under the wrong ring.
    """
    if not apps.ready:
        django.setup()
    from members.privacy.checks import start_faults  # noqa: PLC0415 -- it walks the models, which are loaded by now

    faults = start_faults()
    connections.close_all()  # the web server forks after this, and no two processes may share one
    if faults:
        sys.stderr.writelines(f"Redress: {fault}\n" for fault in faults)
        sys.exit(NO_USE_IN_TRYING_AGAIN)
