"""Read recorded rows with h5py, xarray and netCDF4, and compare a unit with its traces.

    python read_rows.py results.rows.h5 unit.csv unit.nc UNIT STEPS EVENTS

STEPS and EVENTS are the numbers of rows that there have to be. Exits with a message at the first thing that is wrong.
"""

import csv
import sys

import h5py
import netCDF4
import numpy as np
import xarray as xr

path, trace_csv, trace_nc, unit, steps, events = sys.argv[1:]


def check(condition, message):
    if not condition:
        sys.exit(f"{path}: {message}")


with h5py.File(path) as file:
    check(file.attrs["Conventions"] == b"CF-1.11" or file.attrs["Conventions"] == "CF-1.11", "Conventions")
    for name, count in [("steps", int(steps)), ("events", int(events))]:
        group = file[name]
        check(group["time_s"].shape == (count,), f"{name} has {group['time_s'].shape} rows, expected {count}")
        check(group["row_size"][...].sum() == count, f"row_size of {name}")
        check(group["time_s"].chunks is not None and group["time_s"].shuffle, f"{name} isn't chunked and shuffled")

for engine in ["h5netcdf", "netcdf4"]:
    table = xr.open_dataset(path, group="steps", engine=engine)
    check(set(table.sizes) == {"trajectory", "row"}, f"{engine}: {dict(table.sizes)}")
    check(table.x_m.dims == ("row",) and table.row_size.dims == ("trajectory",), f"{engine}: dimensions")
    check(table.x_m.dtype == np.float32 and table.time_s.dtype == np.float64, f"{engine}: types")
    check(table.row_size.attrs["sample_dimension"] == "row", f"{engine}: sample_dimension")
    check(table.trajectory.attrs["cf_role"] == "trajectory_id", f"{engine}: cf_role")
    check(table.attrs["featureType"] == "trajectory", f"{engine}: featureType")
    check(table.surge_cast_state.attrs["flag_meanings"] == "cast surge", f"{engine}: meanings")
    check(set(np.unique(table.wind_speed_m_s)) == {0.4, 0.9}, f"{engine}: swept values")
    # Each trajectory is one agent in one unit, in the order of time.
    ends = np.cumsum(table.row_size.values)
    for end, size, agent in zip(ends, table.row_size.values, table.member.values):
        check((table.agent.values[end - size : end] == agent).all(), f"{engine}: rows of agent {agent}")
    starts = ends - table.row_size.values
    forward = np.diff(table.time_s.values) > 0
    forward[starts[1:] - 1] = True
    check(forward.all(), f"{engine}: times")
    check(len(xr.open_dataset(path, group="events", engine=engine).event) == int(events), f"{engine}: events")

with netCDF4.Dataset(path) as file:
    check(file["steps"].variables["x_m"].dimensions == ("row",), "netCDF4: dimensions")

# One unit by three ways. Traces in CSV come in the order of time, and say codes in words.
table = xr.open_dataset(path, group="steps", engine="h5netcdf", mask_and_scale=False)
alone = xr.open_dataset(trace_nc, group="steps", engine="h5netcdf", mask_and_scale=False)
mine = np.repeat(table.unit.values == int(unit), table.row_size.values)
for name in ["agent", "time_s", "x_m", "y_m", "concentration", "detected", "surge_cast_state"]:
    check(table[name].values[mine].tobytes() == alone[name].values.tobytes(), f"{name} of the trace differs")
with open(trace_csv, newline="") as file:
    records = sorted(csv.DictReader(file), key=lambda record: (int(record["agent"]), float(record["time_s"])))
check(len(records) == mine.sum(), f"{len(records)} records, expected {mine.sum()}")
x = np.array([float(record["x_m"]) for record in records], np.float32)
check((x == alone.x_m.values).all(), "x_m of the CSV file differs")
words = {"": 255, "no": 0, "yes": 1}
check([words[record["detected"]] for record in records] == alone.detected.values.tolist(), "codes of the CSV file")
print("the same")
