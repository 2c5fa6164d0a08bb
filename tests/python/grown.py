"""A grown file has the units of the old one, value by value: `grown.py OLD NEW`, replicates on the last axis but one."""

import sys

import h5py
import numpy
import xarray

old_path, new_path = sys.argv[1:]
with h5py.File(old_path) as old, h5py.File(new_path) as new:
    replicates = old["units/state"].shape[-1]
    assert new["units/state"].shape[-1] > replicates
    compared = 0
    for name, dataset in old["episodes"].items():
        if "coordinates" in dataset.attrs or dataset.ndim < 3:
            continue
        ours = dataset[...]
        theirs = new["episodes"][name][...][:, :replicates]
        numpy.testing.assert_array_equal(ours, theirs, err_msg=name)
        compared += 1
    assert compared >= 2, compared
    assert (new["units/state"][...] == 1).all()
    numpy.testing.assert_array_equal(old["units/seed"][...], new["units/seed"][...][:, :replicates])

grown = xarray.open_dataset(new_path, group="episodes", engine="h5netcdf")
assert grown.sizes["replicate"] > replicates, grown.sizes
print("ok")
