"""A backup names the keys that its own rows are under, whatever happens beside it."""

import pytest

from members.backup.snapshot import snapshot
from members.backup.taking import _is_used
from members.models import Member
from members.privacy.keyring import keyring
from members.privacy.sealed_tables import columns_under
from tests.people import member


@pytest.mark.django_db(transaction=True)
def test_keys_are_asked_of_the_snapshot_and_not_of_what_was_rotated_beside_it():
    member()
    primary = keyring().primary
    with snapshot() as cursor:
        assert _is_used(cursor, primary)
        Member.objects.unscoped("as if sealed anew under another key").delete()
        assert not any(columns_under(primary))
        assert _is_used(cursor, primary)
        assert not _is_used(cursor, primary + 1)
