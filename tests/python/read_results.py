"""Open a results file with h5py, xarray (h5netcdf and netcdf4) and check what a reader relies on.

    python read_results.py results.h5

Exits with a message at the first thing that is wrong. Knows nothing of the study: what must be there is read from
the file's own description, /provenance/layout.
"""

import json
import sys

import h5py
import numpy as np
import xarray as xr

FILLS = {"real": np.nan, "count": -1, "flag": -1, "code": -1}
STATISTICS = ["count", "replicates", "mean", "sd", "standard_error", "interval_low", "interval_high", "median",
              "lower_quartile", "upper_quartile", "min", "max", "interval_method"]


def check(condition, message):
    if not condition:
        sys.exit(f"{sys.argv[1]}: {message}")


def text(value):
    """Text of fixed length: an array of characters, which ends at the first zero byte."""
    if isinstance(value, np.ndarray):
        return value.tobytes().split(b"\0", 1)[0].decode()
    return value.decode() if isinstance(value, bytes) else str(value)


def expected_axes(layout):
    """Names and lengths of the axes of the sweep."""
    return [(axis["name"], axis["length"]) for axis in layout["axes"]]


def check_scales(file):
    """Every axis of every dataset has one scale, of the same length and in the same group."""
    def visit(name, item):
        if not isinstance(item, h5py.Dataset):
            return
        check(item.chunks is None and item.compression is None, f"/{name} is not contiguous")
        if text(item.attrs.get("NAME", "")).startswith("This is a netCDF dimension but not a netCDF variable."):
            return
        check("long_name" in item.attrs, f"/{name} has no long_name")
        if item.is_scale:
            return
        for position, axis in enumerate(item.dims):
            check(len(axis) == 1, f"axis {position} of /{name} has {len(axis)} scales")
            check(axis[0].shape == (item.shape[position],), f"scale of axis {position} of /{name} has another length")
            check(axis[0].parent == item.parent, f"scale of axis {position} of /{name} is in another group")

    file.visititems(visit)


def check_h5py(path):
    with h5py.File(path) as file:
        check(text(file.attrs["file_type"]) == "plume-nav-sim results", "file_type")
        check(int(file.attrs["schema_version"]) == 3, "schema_version")
        check(text(file["provenance/seal"][()]).endswith(" end of seal\n"), "no seal")
        check(text(file.attrs["Conventions"]).startswith("CF-"), "Conventions")
        check_scales(file)
        finished = bool(file["provenance/finished"][()])
        check(bool(file["provenance/summary_written"][()]) or not finished, "a finished file has no summary")
        layout = json.loads(text(file["provenance/layout"][()]))
        check(len(text(file["provenance/configuration_hash"][()])) == 64, "configuration_hash")
        axes = expected_axes(layout)
        shape = tuple(length for _, length in axes)
        units = shape + (layout["replicates"],)
        state = file["units/state"][...]
        check(state.shape == units, f"/units/state has shape {state.shape}, not {units}")
        check(np.isin(state, [0, 1, 2]).all(), "an unknown state")
        done = state == 1
        check((file["units/crc32c"][...][done] != 0).any() or not done.any(), "no checksums")
        members = layout["member_axis"]["count"]
        for metric in layout["metrics"]:
            for suffix in STATISTICS:
                name = f"summary/{metric['name']}_{suffix}"
                check(file[name].shape == shape, f"/{name} has shape {file[name].shape}, not {shape}")
            if layout["members"] == "all":
                dataset = file[f"episodes/{metric['name']}"]
                check(dataset.shape == units + (members,), f"{dataset.name} has shape {dataset.shape}")
                fill = dataset.attrs["_FillValue"]
                check(fill.dtype == dataset.dtype, f"_FillValue of {dataset.name} has another type")
                check(np.array_equal(fill, FILLS[metric["kind"]], equal_nan=True), f"_FillValue of {dataset.name}")
                check(text(dataset.attrs["units"]) == metric["unit"], f"units of {dataset.name}")
                quarantined = dataset[...][state == 2]
                missing = np.isnan(quarantined) if metric["kind"] == "real" else quarantined == -1
                check(missing.all(), f"a quarantined unit has values in {dataset.name}")
            else:
                for suffix in ["count", "mean", "sd", "min", "max"]:
                    check(file[f"episodes/{metric['name']}_{suffix}"].shape == units, f"{metric['name']}_{suffix}")
        failed = file["failures/unit"][...]
        failed = failed[failed >= 0]
        check((state != 0).all() or not finished, "a finished file lacks units")
        check((np.diff(failed) > 0).all() or not finished, "failures are not sorted")
        check((state.ravel()[failed] == 2).all() or not finished, "a failure of a good unit")
        return layout


def check_xarray(path, engine, layout):
    axes = expected_axes(layout)
    points = int(np.prod([length for _, length in axes], dtype=np.int64))
    with xr.open_dataset(path, group="units", engine=engine) as units:
        state = units.state.load()
    with xr.open_dataset(path, group="episodes", engine=engine) as episodes:
        check(dict(episodes.sizes) == dict(axes) | {"replicate": layout["replicates"]}
              | ({layout["member_axis"]["name"]: layout["member_axis"]["count"]} if layout["members"] == "all" else {}),
              f"{engine}: /episodes has axes {dict(episodes.sizes)}")
        for axis in layout["axes"]:
            check(axis["name"] in episodes.indexes, f"{engine}: axis {axis['name']} has no labels")
            for coordinate in axis["coordinates"]:
                check(coordinate["name"] in episodes.coords, f"{engine}: {coordinate['name']} is no coordinate")
                found = episodes[coordinate["name"]]
                check(found.dims == (axis["name"],), f"{engine}: {coordinate['name']} lies along {found.dims}")
                if coordinate["kind"] == "text":
                    check(all(isinstance(label, str) for label in found.values.tolist()), f"{engine}: labels are bytes")
            # Choosing by label gives what choosing by position gives.
            if axis["name"] in [coordinate["name"] for coordinate in axis["coordinates"]]:
                last = episodes.isel({axis["name"]: -1})
                index = episodes.indexes[axis["name"]]
                if index.is_unique:
                    check(last.identical(episodes.sel({axis["name"]: index[-1]})), f"{engine}: sel on {axis['name']}")
        if layout["members"] == "all":
            for metric in layout["metrics"]:
                values = episodes[metric["name"]]
                check(values.attrs["units"] == metric["unit"], f"{engine}: units of {metric['name']}")
                check(values.dtype.kind == "f", f"{engine}: {metric['name']} is not masked")
                check(bool(values.where(state == 2).isnull().all()), f"{engine}: {metric['name']} of a failed unit")
                if metric["kind"] == "flag":
                    check(bool((values.isnull() | values.isin([0, 1])).all()), f"{engine}: {metric['name']} is no flag")
    with xr.open_dataset(path, group="summary", engine=engine) as summary:
        check(dict(summary.sizes) == dict(axes), f"{engine}: /summary has axes {dict(summary.sizes)}")
        mean = summary[f"{layout['metrics'][0]['name']}_mean"]
        check(mean.dims == tuple(name for name, _ in axes), f"{engine}: axes of the summary")
    with xr.open_dataset(path, group="points", engine=engine) as table:
        check(dict(table.sizes) == {"point": points}, f"{engine}: /points has axes {dict(table.sizes)}")
        check(table.to_dataframe().shape[0] == points, f"{engine}: /points as a table")
    with xr.open_dataset(path, group="failures", engine=engine) as failures:
        check(failures.unit.dtype == np.int64, f"{engine}: unit numbers are {failures.unit.dtype}")


def check_means(path, layout):
    """Means of the summary are those of the members, computed here."""
    if layout["members"] != "all":
        return
    with h5py.File(path) as file:
        if not file["provenance/summary_written"][()]:
            return
        done = file["units/state"][...] == 1
        for metric in layout["metrics"]:
            values = file[f"episodes/{metric['name']}"][...].astype(float)
            if metric["kind"] != "real":
                values[values < 0] = np.nan
            values[~done] = np.nan
            values = values.reshape(file[f"summary/{metric['name']}_mean"].shape + (-1,))
            count = np.isfinite(values).sum(axis=-1)
            check(np.array_equal(file[f"summary/{metric['name']}_count"][...], count), f"count of {metric['name']}")
            some = count > 0
            mean = np.nansum(values, axis=-1)[some] / count[some]
            found = file[f"summary/{metric['name']}_mean"][...][some]
            # Rounding of a sum is relative to its terms.
            largest = np.nanmax(np.abs(values), initial=0)
            check(np.allclose(found, mean, rtol=1e-12, atol=1e-14 * largest), f"mean of {metric['name']}")


def main():
    path = sys.argv[1]
    layout = check_h5py(path)
    for engine in ["h5netcdf", "netcdf4"]:
        check_xarray(path, engine, layout)
    check_means(path, layout)
    print(f"{path}: {len(layout['metrics'])} metrics on axes {[name for name, _ in expected_axes(layout)]} are readable")


if __name__ == "__main__":
    main()
