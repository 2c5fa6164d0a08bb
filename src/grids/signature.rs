//! What a file looks like that is no container, and how it becomes one.

use super::error::GridProblem;
use super::storage::PositionalFile;
use hdf5_reader::Storage;
use std::path::Path;

/// What a file is in words, and what to do with it.
type Look = (&'static str, &'static str);

const IMPORT: &str = "turn it into NetCDF with `plume-nav-sim import`";
const UNPACK: &str = "unpack it first";
const ANY: &str = "give a NetCDF (classic or 4) or HDF5 file";

/// How files begin.
const BEGINNINGS: &[(&[u8], Look)] = &[
    (
        b"GRIB",
        ("a GRIB file", "convert it to NetCDF: `cdo -f nc4 copy in.grib out.nc`"),
    ),
    (b"RIFF", ("a video", IMPORT)),
    (b"\x1a\x45\xdf\xa3", ("a video", IMPORT)),
    (b"\x89PNG", ("an image", IMPORT)),
    (b"\xff\xd8\xff", ("an image", IMPORT)),
    (b"II*\0", ("an image", IMPORT)),
    (b"MM\0*", ("an image", IMPORT)),
    (b"II+\0", ("an image", IMPORT)),
    (b"MM\0+", ("an image", IMPORT)),
    (b"GIF8", ("an image", IMPORT)),
    (b"\x1f\x8b", ("a compressed archive", UNPACK)),
    (b"BZh", ("a compressed archive", UNPACK)),
    (b"\xfd7zXZ", ("a compressed archive", UNPACK)),
    (b"\x28\xb5\x2f\xfd", ("a compressed archive", UNPACK)),
    (
        b"\x0e\x03\x13\x01",
        (
            "an HDF4 file",
            "convert it to HDF5 with `h4toh5convert in.hdf out.h5` of the HDF Group",
        ),
    ),
    (
        b"\x93NUMPY",
        (
            "a NumPy array",
            "turn it into HDF5: `python3 -c 'import numpy, h5py; h5py.File(\"out.h5\", \"w\")[\"movie\"] = \
             numpy.load(\"in.npy\")'`, and give axes = { kind = \"uniform\", … }",
        ),
    ),
    (
        b"MATLAB 5.0 MAT-file",
        (
            "a MATLAB file of version 7 or before",
            "save it as HDF5 in MATLAB: `save('out.mat', 'movie', '-v7.3')`, and give axes = { kind = \"uniform\", order = \
             …, … }",
        ),
    ),
    (b"SIMPLE  =", ("a FITS file", "convert it to HDF5 or NetCDF")),
];

const NUMPY_ARCHIVE: Look = (
    "an archive of NumPy arrays",
    "turn one into HDF5: `python3 -c 'import numpy, h5py; h5py.File(\"out.h5\", \"w\")[\"movie\"] = \
     numpy.load(\"in.npz\")[\"NAME\"]'`, and give axes = { kind = \"uniform\", … }",
);

/// The problem of a file that is neither NetCDF nor HDF5.
pub(super) fn other_format(storage: &PositionalFile) -> GridProblem {
    let (found, remedy) = look(storage);
    GridProblem::Format { found, remedy }
}

fn look(storage: &PositionalFile) -> Look {
    if storage.len() == 0 {
        return (
            "empty",
            "whatever wrote it hasn't finished, or was stopped: write it again",
        );
    }
    let length = usize::try_from(storage.len().min(64)).unwrap_or(0);
    let Ok(start) = storage.read_range(0, length) else {
        return ("unreadable", ANY);
    };
    let start: &[u8] = &start;
    if let Some((_, found)) = BEGINNINGS.iter().find(|(beginning, _)| start.starts_with(beginning)) {
        return *found;
    }
    if start.get(4..8) == Some(b"ftyp") {
        return ("a video", IMPORT);
    }
    if start.starts_with(b"PK\x03\x04") {
        let holds_arrays = start.windows(4).any(|four| four == b".npy");
        return if holds_arrays {
            NUMPY_ARCHIVE
        } else {
            ("a compressed archive", UNPACK)
        };
    }
    if start
        .iter()
        .all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
    {
        return ("text", ANY);
    }
    ("of another format", ANY)
}

/// The problem of a folder in a file's place.
pub(super) fn folder(path: &Path) -> GridProblem {
    let is_zarr = [".zgroup", ".zarray", ".zmetadata", ".zattrs", "zarr.json"]
        .iter()
        .any(|name| path.join(name).is_file());
    if is_zarr {
        GridProblem::Format {
            found: "a Zarr store",
            remedy: "turn it into NetCDF: `python3 -c 'import xarray; xarray.open_zarr(\"in.zarr\").to_netcdf(\"out.nc\")'`",
        }
    } else {
        GridProblem::Format {
            found: "a folder",
            remedy: ANY,
        }
    }
}
