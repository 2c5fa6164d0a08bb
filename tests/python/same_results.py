"""Two files hold the same in every group but their provenance, value by value: `same_results.py ONE OTHER`."""

import sys

import h5py
import numpy

one_path, other_path = sys.argv[1:]
APART = ("provenance", "tables")


def datasets(file):
    found = {}

    def visit(name, node):
        if isinstance(node, h5py.Dataset) and not name.startswith(APART):
            found[name] = node

    file.visititems(visit)
    return found


with h5py.File(one_path) as one, h5py.File(other_path) as other:
    ours, theirs = datasets(one), datasets(other)
    assert ours.keys() == theirs.keys(), ours.keys() ^ theirs.keys()
    assert len(ours) > 3
    for name in ours:
        assert ours[name].dtype == theirs[name].dtype and ours[name].shape == theirs[name].shape, name
        numpy.testing.assert_array_equal(ours[name][...], theirs[name][...], err_msg=name)
print("ok")
