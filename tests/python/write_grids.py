"""Write one movie of concentrations in many spellings, by the libraries that users have.

    python write_grids.py folder

Prints the files' names. All hold the same values at the same positions and times.
"""

import sys
from pathlib import Path

import h5py
import netCDF4
import numpy as np
import xarray as xr

FRAMES, ROWS, COLUMNS = 12, 9, 17
T, Y, X = 0.25 * np.arange(FRAMES), np.linspace(-2, 2, ROWS), np.linspace(0, 8, COLUMNS)
# Multiples of 1/8 up to 100: exact in single precision and as packed shorts.
C = np.random.default_rng(20261121).integers(0, 800, (FRAMES, ROWS, COLUMNS)) / 8
UNITS = {"time": "seconds since 2000-01-01 00:00:00", "y": "m", "x": "m"}


def write_netcdf(path, format="NETCDF4", unlimited=False, dtype="f4", flip=False, scale=None, length=("m", 1.0), **how):
    with netCDF4.Dataset(path, "w", format=format) as file:
        file.createDimension("time", None if unlimited else FRAMES)
        file.createDimension("y", ROWS)
        file.createDimension("x", COLUMNS)
        unit, factor = length
        for name, values in (("time", T), ("y", (Y[::-1] if flip else Y) * factor), ("x", X * factor)):
            axis = file.createVariable(name, "f8", (name,))
            axis.units = UNITS[name] if name == "time" else unit
            axis[:] = values
        movie = file.createVariable("concentration", dtype, ("time", "y", "x"), **how)
        movie.units = "kg m-3"
        if scale:
            movie.scale_factor, movie.add_offset = scale
        movie[:] = C[:, ::-1] if flip else C


def write_h5py(path, **how):
    with h5py.File(path, "w", **how) as file:
        movie = file.create_dataset("run/concentration", data=C.astype("f4"), chunks=(5, ROWS, COLUMNS), compression="gzip",
                                    shuffle=True, fletcher32=True, maxshape=(None, ROWS, COLUMNS))
        movie.attrs["units"] = "kg m-3"
        for place, (name, values) in enumerate((("time", T), ("y", Y), ("x", X))):
            axis = file.create_dataset(f"run/{name}", data=values)
            axis.attrs["units"] = UNITS[name]
            axis.make_scale(name)
            movie.dims[place].attach_scale(axis)


def main():
    folder = Path(sys.argv[1])
    chunks = dict(zlib=True, shuffle=True, fletcher32=True, chunksizes=(5, 4, 17))
    write_netcdf(folder / "classic.nc", "NETCDF3_CLASSIC")
    write_netcdf(folder / "records.nc", "NETCDF3_64BIT_OFFSET", unlimited=True)
    write_netcdf(folder / "cdf5.nc", "NETCDF3_64BIT_DATA", unlimited=True, dtype="f8")
    write_netcdf(folder / "netcdf4.nc")
    write_netcdf(folder / "model.nc", "NETCDF4_CLASSIC", unlimited=True)
    write_netcdf(folder / "compressed.nc", unlimited=True, **chunks)
    write_netcdf(folder / "double.nc", dtype="f8", zlib=True)
    write_netcdf(folder / "packed.nc", dtype="i2", scale=(0.125, 50.0), zlib=True)
    write_netcdf(folder / "packed_classic.nc", "NETCDF3_CLASSIC", dtype="i2", scale=(0.125, 50.0))
    write_netcdf(folder / "descending.nc", flip=True)
    write_netcdf(folder / "centimetres.nc", length=("cm", 100.0))
    write_netcdf(folder / "big_endian.nc", dtype="f4", endian="big")
    write_h5py(folder / "h5py.h5")
    write_h5py(folder / "latest.h5", libver="latest")
    write_h5py(folder / "tracked.h5", track_order=True)
    data = xr.Dataset({"concentration": (("time", "y", "x"), C.astype("f4"), {"units": "kg m-3"})},
                      {"time": ("time", T, {"units": UNITS["time"]}), "y": ("y", Y, {"units": "m"}),
                       "x": ("x", X, {"units": "m"})})
    for engine in ("netcdf4", "h5netcdf", "scipy"):
        data.to_netcdf(folder / f"xarray_{engine}.nc", engine=engine)
    print("\n".join(sorted(path.name for path in folder.iterdir() if path.suffix in (".nc", ".h5"))))


main()
