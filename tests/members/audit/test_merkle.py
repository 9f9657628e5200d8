"""The tree is that of RFC 9162: known roots, and a path for every leaf of every size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.audit.merkle import EMPTY, PathBroken, Tree, leaf_hash, node_hash, path_of, root_by_path

# The eight entries and their root that RFC 9162's first implementation tests itself with.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
leaves = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


def tree(hashes):
    made = Tree()
    for each in hashes:
        made.add(each)
    return made


def defined_root(hashes):
    """Say it as RFC 9162, 2.1.1 does."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(defined_root(hashes[:split]), defined_root(hashes[split:]))


def test_the_root_of_known_entries_is_the_known_one():
    assert tree(map(leaf_hash, ENTRIES)).root().hex() == ROOT
    assert Tree().root() == EMPTY


@given(leaves)
def test_the_root_is_the_one_that_the_standard_defines(hashes):
    assert tree(hashes).root() == defined_root(hashes)


@given(leaves, st.data())
def test_every_leaf_has_a_path_to_the_root_and_no_other_leaf_has_it(hashes, data):
    position = data.draw(st.integers(0, len(hashes) - 1))
    path, root = path_of(hashes, position), tree(hashes).root()
    assert root_by_path(hashes[position], path, position=position, size=len(hashes)) == root
    assert root_by_path(b"?" * 32, path, position=position, size=len(hashes)) != root


@pytest.mark.parametrize(
    ("position", "size", "path"), [(3, 3, 2), (-1, 3, 2), (0, 3, 1), (0, 3, 3), (0, 1, 1), (0, 0, 0)]
)
def test_a_path_of_the_wrong_length_or_place_is_refused(position, size, path):
    with pytest.raises(PathBroken):
        root_by_path(bytes(32), [bytes(32)] * path, position=position, size=size)
