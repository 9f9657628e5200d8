"""A backup of an earlier release comes back whole, in the state of this release, or not at all."""

UNDONE = """
import django; django.setup()
from pathlib import Path
from django.utils import timezone
from members.backup.restoring import restore_backup
from members.backup.signals import restored
def refuse(**_):
    raise OSError("the ledger went away")
restored.connect(refuse)
try:
    restore_backup(Path({backup!r}), at=timezone.now(), anchors=[], replace=False)
except OSError as error:
    print(error, end="")
"""
BEFORE = ("correspondence", "0010_address_when_asked")


def test_who_cannot_do_its_part_undoes_the_restore_of_an_older_backup_too(house, words, ruin, tmp_path):  # noqa: ARG001
    """Else what was erased would stay in place, committed before anybody could erase it again."""
    assert house.manage("migrate", *BEFORE, "-v0").returncode == 0
    older = house.backup(tmp_path)
    done = ruin.run("-c", UNDONE.format(backup=str(older)))
    assert (done.returncode, done.stdout) == (0, "the ledger went away"), done.stderr
    assert ruin.ask("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == [(0,)]
    assert not [path for path in ruin.files.rglob("*") if path.is_file()]
