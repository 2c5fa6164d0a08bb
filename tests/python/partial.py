"""A partial summary is that of the replicates that are done: `partial.py RESULTS SUMMARY.json`."""

import json
import sys

import h5py
import numpy

results, summary = sys.argv[1:]
with open(summary) as file:
    rows = json.load(file)["rows"]
with h5py.File(results) as file:
    done = file["units/state"][...].reshape(len(rows), -1) == 1
    values = file["episodes/path_length_m"][...].reshape(len(rows), done.shape[1], -1)
for row, done, values in zip(rows, done, values):
    assert row["replicates_done"] == done.sum(), row
    found = row["metrics"]["path_length_m"]["mean"]
    if done.any():
        numpy.testing.assert_allclose(found, values[done].mean(), rtol=1e-12)
    else:
        assert found is None, row
print("ok")
