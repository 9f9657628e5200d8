"""A blind index finds equal values and tells nothing else."""

import pytest

from members.privacy.blind_index import blind_index


@pytest.mark.parametrize("typed", ["dana@example.org", " Dana@Example.ORG\n", "ｄａｎａ@example.org"])
def test_values_that_differ_in_case_width_or_outer_space_share_an_index(typed):
    assert blind_index("a.b.c", typed) == blind_index("a.b.c", "DANA@EXAMPLE.ORG")


def test_different_values_have_different_indexes():
    assert blind_index("a.b.c", "dana@example.org") != blind_index("a.b.c", "dаna@example.org")  # a Cyrillic a


def test_columns_cannot_be_joined_by_their_indexes():
    assert blind_index("a.b.c", "dana@example.org") != blind_index("a.b.d", "dana@example.org")


def test_an_index_has_16_bytes():
    assert len(blind_index("a.b.c", "")) == 16
