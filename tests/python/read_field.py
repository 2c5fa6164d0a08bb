"""Open a field file with xarray (h5netcdf and netcdf4) and check what a reader relies on.

    python read_field.py field.nc EXPECTATIONS

EXPECTATIONS is JSON: {"variables": {name: unit}, "sizes": {axis: length}, "close": [[variable, time, y, x, value, tolerance]],
"attributes": {name: value}, "contains": {name: part}, "times": [s], "gaussian": {...}, "blob": {...}}. Exits with a message at the first thing that is wrong.
"""

import json
import sys

import numpy as np
import xarray as xr


def check(condition, message):
    if not condition:
        sys.exit(f"{sys.argv[1]}: {message}")


def check_labels(field, engine, expected):
    check(dict(field.sizes) == expected["sizes"], f"{engine}: axes {dict(field.sizes)}")
    check("T" == field.time.attrs["axis"] and field.time.attrs["units"] == "s", f"{engine}: time {field.time.attrs}")
    for axis in "yx":
        check(field[axis].attrs["axis"] == axis.upper(), f"{engine}: axis of {axis}")
        check(field[axis].attrs["units"] == "m", f"{engine}: unit of {axis}")
        check(bool((np.diff(field[axis]) > 0).all()), f"{engine}: {axis} does not ascend")
        step = np.diff(field[axis])
        check(len(step) == 0 or np.allclose(step, step[0], rtol=1e-9), f"{engine}: {axis} is uneven")
    for name, unit in expected["variables"].items():
        variable = field[name]
        check(variable.dims == ("time", "y", "x"), f"{engine}: axes of {name} are {variable.dims}")
        check(variable.dtype == np.float32, f"{engine}: {name} is {variable.dtype}")
        check(variable.attrs["units"] == unit, f"{engine}: unit of {name} is {variable.attrs['units']}")
        check(len(variable.attrs["long_name"]) > 3, f"{engine}: long_name of {name}")
        low, high = variable.attrs["actual_range"]
        check(low == variable.min() and high == variable.max(), f"{engine}: actual_range of {name}")
        if name.endswith("_wind"):
            check(variable.attrs["standard_name"] == name, f"{engine}: standard_name of {name}")
    check(set(field.data_vars) == set(expected["variables"]), f"{engine}: variables {set(field.data_vars)}")
    if "height_m" in expected:
        check(float(field.height) == expected["height_m"], f"{engine}: height {float(field.height)}")
        check("height" in field[next(iter(expected["variables"]))].coords, f"{engine}: height is no coordinate")
    check(field.attrs["Conventions"] == "CF-1.11", f"{engine}: Conventions {field.attrs['Conventions']}")
    check(field.attrs["source"].startswith("plume-nav-sim "), f"{engine}: source {field.attrs['source']}")
    if "times" in expected:
        check(np.allclose(field.time, expected["times"], atol=2e-3), f"{engine}: times {field.time.values}")
    for name, value in expected.get("attributes", {}).items():
        check(field.attrs[name] == value, f"{engine}: attribute {name} is {field.attrs[name]!r}, not {value!r}")
    for name, part in expected.get("contains", {}).items():
        check(part in field.attrs[name], f"{engine}: attribute {name} has no {part!r}")


def gaussian_plume(field, g):
    """The steady plume with constant diffusivity, reflected at the ground, from its formula."""
    x = field.x.values[None, :] - g["x"]
    y = field.y.values[:, None] - g["y"]
    reached = np.maximum(x, 0) + g["origin"]
    vy, vz = 2 * g["dy"] * reached / g["u"], 2 * g["dz"] * reached / g["u"]
    lift = np.exp(-(g["z"] - g["h"]) ** 2 / (2 * vz)) + np.exp(-(g["z"] + g["h"]) ** 2 / (2 * vz))
    c = g["q"] / (2 * np.pi * g["u"] * np.sqrt(vy * vz)) * np.exp(-(y ** 2) / (2 * vy)) * lift
    return np.where(x > 0, c, 0)


def check_values(field, engine, expected):
    for name, time, y, x, value, tolerance in expected.get("close", []):
        found = float(field[name].isel(time=time, y=y, x=x))
        check(abs(found - value) <= tolerance, f"{engine}: {name}[{time}, {y}, {x}] is {found}, expected {value}")
    if "gaussian" in expected:
        c = gaussian_plume(field, expected["gaussian"])
        for time in [0, -1]:
            found = field.concentration.isel(time=time).values
            worst = np.abs(found - c).max() / c.max()
            check(worst < 1e-6, f"{engine}: the plume differs from the formula by {worst} of its largest value")
    if "blob" in expected:
        check_blob(field, engine, expected["blob"])


def check_blob(field, engine, blob):
    """A round Gaussian cloud: log c is a parabola of x and y. Weighted by c², so that the noise of the video counts little."""
    for time in [0, field.sizes["time"] // 2, -1]:
        c = field.concentration.isel(time=time).values.astype(float)
        x, y = np.meshgrid(field.x, field.y)
        use = c > 0.2
        terms = np.stack([np.ones(use.sum()), x[use], y[use], x[use] ** 2, y[use] ** 2], axis=1)
        weight = c[use][:, None]
        a = np.linalg.lstsq(terms * weight, np.log(c[use]) * weight[:, 0], rcond=None)[0]
        found = {"x": -a[1] / (2 * a[3]), "y": -a[2] / (2 * a[4]), "sigma_x": (-2 * a[3]) ** -0.5, "sigma_y": (-2 * a[4]) ** -0.5}
        for what, value in found.items():
            wanted, tolerance = blob[what]
            check(abs(value - wanted) < tolerance, f"{engine}: frame {time}: {what} is {value}, expected {wanted}")


def main():
    path, expected = sys.argv[1], json.loads(sys.argv[2])
    for engine in ["h5netcdf", "netcdf4"]:
        with xr.open_dataset(path, engine=engine) as field:
            check_labels(field, engine, expected)
            check_values(field, engine, expected)
    print(f"{path}: {expected['sizes']} is readable")


if __name__ == "__main__":
    main()
