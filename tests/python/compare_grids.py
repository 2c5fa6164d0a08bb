"""Compare mean and largest concentrations of agents that stand still with SciPy's interpolation of the same file.

    python compare_grids.py results.h5 movie.nc variable dt_s steps

The sweep's axes are plume.start.at_s, agents.start.x_m and agents.start.y_m in this order.
"""

import sys

import h5py
import netCDF4
import numpy as np
from scipy.interpolate import RegularGridInterpolator


def main():
    results, movie, variable, dt_s, steps = sys.argv[1:6]
    with netCDF4.Dataset(movie) as file:
        time, y, x = (np.asarray(file[name][:], dtype="f8") for name in ("time", "y", "x"))
        values = np.clip(np.asarray(file[variable][:], dtype="f8"), 0, None)
    sample = RegularGridInterpolator((time - time[0], y, x), values)
    with h5py.File(results) as file:
        mean, largest = (file[f"episodes/{name}"][...] for name in ("mean_concentration", "max_concentration"))
        starts, xs, ys = (axis[0][...] for axis in list(file["episodes/mean_concentration"].dims)[:3])
    worst = 0.0
    for place in np.ndindex(len(starts), len(xs), len(ys)):
        times = starts[place[0]] + float(dt_s) * np.arange(int(steps))
        points = np.column_stack([times, np.full_like(times, ys[place[2]]), np.full_like(times, xs[place[1]])])
        expected = sample(points)
        for found, wanted in ((mean[place], expected.mean()), (largest[place], expected.max())):
            worst = max(worst, np.max(np.abs(found - wanted)) / max(abs(wanted), 1e-300) if wanted else np.max(np.abs(found)))
    print(f"{mean.size} means and maxima, largest relative difference {worst:.2e}")
    if not worst < 1e-6 or not np.any(mean > 0):
        sys.exit("the difference is too large, or nothing was smelled")


main()
