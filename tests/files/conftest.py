"""What tests of files share."""

import pytest

from tests.complaints.conftest import desk, policies  # noqa: F401
from tests.files.clamav import virus_check
from tests.intake import walk

BEFORE = ("who", "urgent", "topic", "what-happened")


@pytest.fixture
def store(settings, tmp_path):
    """Return the folder of a store that nothing else uses."""
    settings.FILES_FOLDER = tmp_path / "files"
    return settings.FILES_FOLDER


@pytest.fixture
def checked(settings):
    """Let files be checked for viruses."""
    with virus_check() as server:
        settings.CLAMD = server.address
        yield server


@pytest.fixture
def form(client, db):  # noqa: ARG001
    """The step of files, reached as a guest; call it with what to post."""
    for step in BEFORE:
        walk.answer(client, step)

    def post(*files, **fields):
        return walk.answer(client, "files", **({"files": files} if files else {}), **fields)

    return post
