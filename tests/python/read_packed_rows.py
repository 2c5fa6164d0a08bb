"""Read the rows in a packed file, and hold them against a file of rows made of the original and one made of the packed file.

    python read_packed_rows.py packed.h5 original.rows.h5 packed.rows.h5

Exits with a message at the first thing that differs.
"""

import sys

import h5py
import numpy as np
import xarray as xr


def check(condition, message):
    if not condition:
        sys.exit(f"{sys.argv[1]}: {message}")


def main():
    path, original, again = sys.argv[1:]
    with h5py.File(path) as packed, h5py.File(original) as rows, h5py.File(again) as more:
        check(set(packed["rows"]) == set(rows) == set(more), "other tables")
        for table in rows:
            count = int(packed["rows"][table].attrs["row_count"])
            check(count == int(rows[table].attrs["row_count"]), f"other rows in {table}")
            check(count > 0, f"no rows in {table}")
            for name in [name for name in rows[table] if name in packed["rows"][table] and name != "row"]:
                ours, theirs = packed["rows"][table][name], rows[table][name]
                check(np.array_equal(ours[...], theirs[...], equal_nan=ours.dtype.kind == "f"), f"{table}/{name}")
                check(np.array_equal(theirs[...], more[table][name][...], equal_nan=ours.dtype.kind == "f"), f"{name}")
            sizes = packed["rows"][table]["row_size"][...]
            check(sizes.sum() == count, f"row_size of {table}")
            check(packed["rows"][table]["unit"].compression in ["gzip", None], "compression")
        steps = packed["rows/steps"]
        check(steps["x_m"].compression == "gzip" and steps["x_m"].chunks is not None, "x_m isn't compressed")
        # The order in which a unit made its rows: every number once.
        unit = np.repeat(steps["unit"][...], steps["row_size"][...])
        position = steps["position_in_unit"][...]
        for one in np.unique(unit):
            check(np.array_equal(np.sort(position[unit == one]), np.arange((unit == one).sum())), f"order of unit {one}")
    for engine in ["h5netcdf", "netcdf4"]:
        with xr.open_dataset(path, group="rows/steps", engine=engine) as steps:
            steps.load()
            check(steps.x_m.dims == ("row",) and steps.row_size.dims == ("trajectory",), f"{engine}: dimensions")
    print(f"{path}: rows as in {original}")


if __name__ == "__main__":
    main()
