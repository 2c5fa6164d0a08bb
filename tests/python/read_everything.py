"""Read every variable of every group of a results file with each reader that Python has, and compare texts and numbers.

    python read_everything.py results.h5 [TEXT]

TEXT has to be in a message of /failures. Exits with a message at the first thing that is wrong.
"""

import sys

import h5py
import netCDF4
import numpy as np
import xarray as xr


def check(condition, message):
    if not condition:
        sys.exit(f"{sys.argv[1]}: {message}")


def fixed(characters):
    """Texts from an array of characters: what is before the first zero byte."""
    rows = characters.reshape(-1, characters.shape[-1])
    texts = [row.tobytes().split(b"\0", 1)[0].decode() for row in rows]
    return np.array(texts, dtype=object).reshape(characters.shape[:-1])


def by_h5py(path):
    """Values of all variables, by path; dimensions without values are none."""
    found = {}

    def visit(name, item):
        if not isinstance(item, h5py.Dataset) or b"but not a netCDF variable" in item.attrs.get("NAME", b""):
            return
        values = item[()]
        if item.dtype == np.dtype("S1"):
            values = fixed(values)
        elif item.dtype.kind == "O":
            values = item.asstr()[()]
        found["/" + name] = np.asarray(values)

    with h5py.File(path) as file:
        file.visititems(visit)
    return found, sorted({name.rsplit("/", 1)[0][1:] for name in found})


def by_xarray(path, engine, groups):
    found = {}
    for group in groups:
        with xr.open_dataset(path, group=group, engine=engine, mask_and_scale=False, decode_times=False) as data:
            data.load()
            found |= {f"/{group}/{name}": variable.values for name, variable in data.variables.items()}
    return found


def by_netcdf4(path):
    found = {}

    def visit(name, group):
        for variable in group.variables.values():
            # As they are: that library takes bytes for characters where it joins them by itself.
            variable.set_auto_chartostring(False)
            values = variable[...]
            found[f"{name}/{variable.name}"] = fixed(values) if values.dtype == np.dtype("S1") else values
        for child, below in group.groups.items():
            visit(f"{name}/{child}", below)

    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        visit("", file)
    return found


def same(a, b):
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        return False
    if a.dtype.kind == "f":
        return np.array_equal(a, b, equal_nan=True)
    return bool((a == b).all())


def main():
    path = sys.argv[1]
    expected, groups = by_h5py(path)
    texts = {name for name, values in expected.items() if values.dtype == object}
    for needed in ["/failures/message", "/points/point_key", "/provenance/configuration_hash", "/provenance/sessions"]:
        check(needed in texts, f"{needed} is no text")
    for reader, found in [
        ("netCDF4", by_netcdf4(path)),
        ("xarray with netcdf4", by_xarray(path, "netcdf4", groups)),
        ("xarray with h5netcdf", by_xarray(path, "h5netcdf", groups)),
    ]:
        check(found.keys() == expected.keys(), f"{reader} finds {sorted(found.keys() ^ expected.keys())} or not")
        for name, values in expected.items():
            check(same(found[name], values), f"{reader} reads {name} as {found[name]!r}, h5py as {values!r}")
            if name in texts:
                check(all(isinstance(one, str) for one in found[name].ravel().tolist()), f"{reader}: {name} is bytes")
    for wanted in sys.argv[2:]:
        messages = expected["/failures/message"].tolist()
        check(any(wanted in message for message in messages), f"{wanted!r} is in no message of {messages}")
    print(f"{path}: {len(expected)} variables, {len(texts)} of them texts")


if __name__ == "__main__":
    main()
