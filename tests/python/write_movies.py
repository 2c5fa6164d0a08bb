"""Write movies as other people have them: read as they are, read with keys that say what the file doesn't, or refused.

    python write_movies.py folder

Prints one line per file: `read`, its name and keys for the table `[plume]`; or `refused`, its name and what the message
must say, separated by `|`. Those that are read hold the same values at the same positions and times.
"""

import sys
from pathlib import Path

import h5py
import netCDF4
import numpy as np

FRAMES, ROWS, COLUMNS = 12, 9, 17
T, Y, X = 0.25 * np.arange(FRAMES), np.linspace(-2, 2, ROWS), np.linspace(0, 8, COLUMNS)
# Multiples of 1/8 up to 100: exact in half precision and as packed shorts.
C = np.random.default_rng(20261121).integers(0, 800, (FRAMES, ROWS, COLUMNS)) / 8
AXES = {"time": (T, "s"), "y": (Y, "m"), "x": (X, "m")}
UNIFORM = 'kind = "uniform", x_min_m = 0.0, dx_m = 0.5, y_min_m = -2.0, dy_m = 0.5, frame_interval_s = 0.25'
FOLDER = Path(sys.argv[1])


def read(name, keys=""):
    print("read", name, keys, sep="\t")


def refused(name, *says, keys=""):
    print("refused", name, "|".join(says), keys, sep="\t")


def scaled(file, names=("time", "y", "x"), values=C, scale_name=True, **how):
    """A dataset with dimension scales."""
    if values is not None:
        how["data"] = values
    movie = file.create_dataset("concentration", **how)
    movie.attrs["units"] = "kg m-3"
    for place, name in enumerate(names):
        axis = file.create_dataset(name, data=AXES[name][0])
        axis.attrs["units"] = AXES[name][1]
        axis.make_scale(name if scale_name else "")
        movie.dims[place].attach_scale(axis)
    return movie


def write(name, neighbours=None, values=C.astype("f4"), libver=None, **how):
    with h5py.File(FOLDER / name, "w", libver=libver) as file:
        scaled(file, values=values, **how)
        if neighbours:
            neighbours(file)
    read(name)


def filtered(name, number):
    """The chunks of one filter under the number of another one."""
    with h5py.File(FOLDER / name, "w") as file:
        scaled(file, values=C.astype("f4"), chunks=(1, ROWS, COLUMNS), compression="lzf")
    renumbered(name, number)


def renumbered(name, number):
    """Gives the filter of a file's chunks another number."""
    whole = (FOLDER / name).read_bytes()
    place = whole.index(b"lzf\0") - 8
    (FOLDER / name).write_bytes(whole[:place] + number.to_bytes(2, "little") + whole[place + 2 :])


def lz4(name, block):
    """Chunks as the HDF Group's plug-in for LZ4 writes them, in blocks of so many bytes; every other block is packed."""

    def packed(values, index):
        if index % 2:
            return values
        # Literals alone: as long as the format allows, and no shorter than they were.
        rest = len(values) - 15
        return b"\xf0" + b"\xff" * (rest // 255) + bytes([rest % 255]) + values

    with h5py.File(FOLDER / name, "w") as file:
        movie = scaled(file, values=None, shape=C.shape, dtype="f4", chunks=(3, ROWS, COLUMNS), compression="lzf")
        for frame in range(0, FRAMES, 3):
            values = C[frame : frame + 3].astype("f4").tobytes()
            chunk = len(values).to_bytes(8, "big") + block.to_bytes(4, "big")
            for index, begin in enumerate(range(0, len(values), block)):
                part = packed(values[begin : begin + block], index)
                chunk += len(part).to_bytes(4, "big") + part
            movie.id.write_direct_chunk((frame, 0, 0), chunk)
    renumbered(name, 32004)
    read(name)


def packed(name, dtype="i2", scale=0.0125, offset=50.0, **attributes):
    with netCDF4.Dataset(FOLDER / name, "w") as file:
        for axis, (values, unit) in AXES.items():
            file.createDimension(axis, len(values))
            variable = file.createVariable(axis, "f8", (axis,))
            variable[:], variable.units = values, unit
        fill = attributes.pop("_FillValue", None)
        movie = file.createVariable("concentration", dtype, tuple(AXES), fill_value=fill)
        movie.units = "kg m-3"
        movie.scale_factor, movie.add_offset = scale, offset
        scale, offset = float(scale), float(offset)
        for key, value in attributes.items():
            movie.setncattr(key, value)
        movie.set_auto_maskandscale(False)
        movie[:] = np.round((C - offset) / scale).astype(dtype)


def everything_else(file):
    """Neighbours of all kinds that HDF5 has."""
    layout = h5py.VirtualLayout((4, ROWS, COLUMNS), "f4")
    layout[:] = h5py.VirtualSource("nowhere.h5", "other", shape=(4, ROWS, COLUMNS))
    file.create_virtual_dataset("virtual", layout)
    file.create_dataset("kept_apart", C.shape, "f4", external=[("nowhere.raw", 0, h5py.h5f.UNLIMITED)])
    pair = np.dtype([("re", "f4"), ("im", "f4")])
    file.create_dataset("complex", C.shape, pair)
    file.create_dataset("opaque", C.shape, h5py.opaque_dtype(np.dtype("V7")))
    file.create_dataset("lists", C.shape, h5py.vlen_dtype("f4"))
    file.create_dataset("references", C.shape, h5py.ref_dtype)
    file.create_dataset("texts", C.shape, h5py.string_dtype())
    file.create_dataset("names", data=np.array([b"a", b"bc"]))
    file.create_dataset("nothing", data=h5py.Empty("f4"))
    file.create_dataset("scalar", data=7.0)
    file.create_dataset("empty", (0, ROWS, COLUMNS, 2, 2), "f4", maxshape=(None, ROWS, COLUMNS, 2, 2))
    file.create_dataset("mask", data=C > 50)
    file.create_dataset("table", (5, 4, 3, 2, 1), "i2")
    file["type"] = np.dtype("f4")
    inner = file.create_group("a/b/c")
    inner["up"] = file["a"]
    inner["around"] = h5py.SoftLink("/a/b/c")
    inner["again"] = file["concentration"]
    file["dangling"] = h5py.SoftLink("/nowhere/at/all")
    file["circle"] = h5py.SoftLink("/circle")
    file["outside"] = h5py.ExternalLink("nowhere.h5", "/concentration")
    file.attrs["list"] = np.arange(3)
    file.attrs.create("null", h5py.Empty("f4"))


def many(file):
    """More links than fit into a group's header."""
    group = file.create_group("many")
    for index in range(300):
        group.create_dataset(f"number_{index}", data=index)


def types():
    write("float16.h5", values=C.astype("f2"))
    write("float16_big.h5", values=C.astype(">f2"), dtype=">f2")
    write("longdouble.h5", values=C.astype(np.longdouble))
    write("float64_big.h5", values=C.astype(">f8"), dtype=">f8")
    # Eighths as whole numbers, by a factor.
    for dtype in (">i2", "u2", "i4", ">u4", "i8", ">u8"):
        name = f"integers_{dtype.replace('>', 'big_')}.h5"
        with h5py.File(FOLDER / name, "w") as file:
            scaled(file, values=(C * 8).astype(dtype)).attrs["scale_factor"] = 0.125
        read(name)
    with h5py.File(FOLDER / "twelve_bits.h5", "w") as file:
        kind = h5py.h5t.STD_U16LE.copy()
        kind.set_precision(12)
        plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        h5py.h5d.create(file.id, b"raw", kind, h5py.h5s.create_simple(C.shape), plan)
        file["raw"][:] = (C * 8).astype("u2")
        file["concentration"] = file["raw"]
        del file["raw"]
        movie = file["concentration"]
        movie.attrs["scale_factor"] = 0.125
        for place, name in enumerate(AXES):
            axis = file.create_dataset(name, data=AXES[name][0])
            axis.attrs["units"] = AXES[name][1]
            axis.make_scale(name)
            movie.dims[place].attach_scale(axis)
    read("twelve_bits.h5")


def neighbours():
    write("neighbours.h5", everything_else)
    write("neighbours_latest.h5", everything_else, libver="latest")
    write("many.h5", many)
    write("many_latest.h5", many, libver="latest")
    write("nameless_scales.h5", scale_name=False)
    with h5py.File(FOLDER / "user_block.h5", "w", userblock_size=1024) as file:
        scaled(file)
    read("user_block.h5")


def filters():
    chunks = (1, ROWS, COLUMNS)
    write("lzf.h5", chunks=chunks, compression="lzf")
    write("lzf_shuffled.h5", chunks=(5, 4, COLUMNS), compression="lzf", shuffle=True, fletcher32=True)
    with netCDF4.Dataset(FOLDER / "zstd.nc", "w") as file:
        for axis, (values, unit) in AXES.items():
            file.createDimension(axis, len(values))
            variable = file.createVariable(axis, "f8", (axis,))
            variable[:], variable.units = values, unit
        how = dict(compression="zstd", shuffle=True) if file.has_zstd_filter() else {}
        movie = file.createVariable("concentration", "f4", tuple(AXES), chunksizes=(5, 4, COLUMNS), **how)
        movie[:], movie.units = C, "kg m-3"
    read("zstd.nc")
    lz4("lz4.h5", 1 << 20)
    lz4("lz4_blocks.h5", 1000)
    for number, name in ((32001, "Blosc"), (307, "bzip2"), (32013, "ZFP"), (32008, "bitshuffle")):
        filtered(f"{name}.h5", number)
        refused(f"{name}.h5", f"is compressed with {name}", "HDF5_PLUGIN_PATH", "h5repack")


def packing():
    packed("unpacked_bounds.nc", valid_min=0.0, valid_max=100.0, _FillValue=np.int16(-32768))
    packed("unpacked_range.nc", valid_range=np.array([0.0, 100.0], "f4"))
    packed("packed_range.nc", valid_range=np.array([-4000, 4000], "i2"), missing_value=np.array([-9999, -9998], "i2"))
    packed("double_missing.nc", missing_value=-9999.0)
    packed("unsigned.nc", "i2", 0.0125, 0.0, _Unsigned="true", valid_range=np.array([0, 8000], "i2"))
    packed("nan_fill.nc", "f4", 0.125, 10.0, _FillValue=np.float32("nan"), valid_range=np.array([-1000, 1000], "f4"))
    for name in ("unpacked_bounds", "unpacked_range", "packed_range", "double_missing", "unsigned", "nan_fill"):
        read(f"{name}.nc")
    # Bounds in the wrong units, as shorts: nothing is there. Zeros would be an empty movie.
    packed("wrong_bounds.nc", valid_range=np.array([20000, 30000], "i2"))
    refused("wrong_bounds.nc", "stored values count from 20000 to 30000", "153 are missing", "valid_range")


def orders():
    for names in (("time", "x", "y"), ("x", "y", "time"), ("y", "x", "time"), ("y", "time", "x"), ("x", "time", "y")):
        name = "".join(axis[0] for axis in names)
        values = np.transpose(C, [("time", "y", "x").index(axis) for axis in names]).astype("f4")
        # Coordinates say which is which.
        with h5py.File(FOLDER / f"{name}.h5", "w") as file:
            scaled(file, names, values, chunks=tuple(min(5, n) for n in values.shape), compression="gzip")
        read(f"{name}.h5")
        # Or keys do.
        with h5py.File(FOLDER / f"{name}_bare.h5", "w") as file:
            file["movie"] = values
        read(f"{name}_bare.h5", f'axes = {{ {UNIFORM}, order = "{"_".join(names)}" }}')
    with h5py.File(FOLDER / "level.h5", "w") as file:
        file["movie"] = np.transpose(C, (2, 1, 0))[:, :, None, :]
    read("level.h5", f'axes = {{ {UNIFORM}, order = "x_y_time" }}')
    # MATLAB's (y, x, time) with a header of its own before the HDF5 file.
    with h5py.File(FOLDER / "matlab.mat", "w", userblock_size=512) as file:
        file["c"] = np.transpose(C, (0, 2, 1))
        file["c"].attrs["MATLAB_class"] = np.bytes_("double")
        file.create_group("#refs#")
    with open(FOLDER / "matlab.mat", "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(512))
    read("matlab.mat", f'axes = {{ {UNIFORM}, order = "time_x_y" }}')
    refused("matlab.mat", "MATLAB", "(12, 17, 9)", "order", keys=f"axes = {{ {UNIFORM} }}")
    refused("txy.h5", "(time, x, y)", "(x, y, time)", "axes.order", keys='axes = { kind = "file", order = "x_y_time" }')


def per_frame(name, path, neighbours=None, *says):
    """One dataset per frame, with what else may be there."""
    with h5py.File(FOLDER / f"per_frame{name}.h5", "w") as file:
        for frame in range(FRAMES):
            file[path(frame)] = C[frame].astype("f4")
        if neighbours:
            neighbours(file)
    said = ("12 of one shape", "as if each were a frame", "numpy.stack", *says)
    refused(f"per_frame{name}.h5", *said, keys=f"axes = {{ {UNIFORM} }}")


def frame_by_frame():
    def axes(file):
        file["x"], file["y"], file["t"] = X, Y, T
        file["mask"] = np.ones((ROWS, COLUMNS), "u1")
        file["note"] = "a text"
        file["other"] = np.ones((3, 4))

    def another(file):
        for frame in range(FRAMES):
            file[f"u/{frame}"] = C[frame] + 1

    per_frame("", lambda frame: f"{frame}")
    per_frame("_in_group", lambda frame: f"frames/{frame:04d}")
    per_frame("_groups", lambda frame: f"t{frame}/conc", axes)
    per_frame("_neighbours", lambda frame: f"frame_{frame}", axes)
    per_frame("_negative", lambda frame: f"{frame - 6}")
    per_frame("_times", lambda frame: f"t={T[frame] - 1:.2f}", axes)
    per_frame("_hyphen", lambda frame: f"run-3/frame-{frame}")
    per_frame("_two", lambda frame: f"c/{frame}", another)
    per_frame("_both", lambda frame: f"f{frame}_at_{T[frame]:e}s")
    per_frame("_words", lambda frame: "abcdefghijkl"[frame], None, "in the order of time")
    per_frame("_quotes", lambda frame: f"it's \"{frame}\" `$(no)` é")


def never_written():
    """What a program that was stopped has left out of a file, and readers give zeros for."""
    chunks = (1, ROWS, COLUMNS)
    for name, libver, how in (
        ("", None, {"maxshape": C.shape}),
        ("_array", "latest", {"maxshape": C.shape}),
        ("_growing", "latest", {"maxshape": (None, ROWS, COLUMNS)}),
        ("_tree", "latest", {"maxshape": (None, None, COLUMNS), "compression": "gzip"}),
        ("_filtered", None, {"compression": "gzip"}),
    ):
        for part in ("half", "hole", "whole"):
            with h5py.File(FOLDER / f"{part}{name}.h5", "w", libver=libver) as file:
                movie = scaled(file, values=None, shape=C.shape, dtype="f4", chunks=chunks, **how)
                for frame in range(FRAMES):
                    if part == "whole" or part == "half" and frame < 6 or part == "hole" and frame != 5:
                        movie[frame] = C[frame]
        refused(f"half{name}.h5", "concentration was never written at 6 of its 12 frames", 'missing = "zero"')
        refused(f"hole{name}.h5", "concentration was never written at 1 of its 12 frames")
        read(f"whole{name}.h5")
    for name, how in (("chunked", {"chunks": chunks}), ("contiguous", {}), ("one_chunk", {"chunks": C.shape})):
        with h5py.File(FOLDER / f"{name}.h5", "w") as file:
            scaled(file, values=None, shape=C.shape, dtype="f4", **how)
        refused(f"{name}.h5", "concentration was never written at 12 of its 12 frames")


def texts():
    """Numbers that were written as text."""
    packed("text_scale.nc", scale="0.0125", offset="50.0")
    for name, attributes in (
        ("text_range.nc", {"valid_range": "0, 200", "missing_value": "NaN"}),
        ("text_ends.nc", {"valid_min": " 0.0 ", "valid_max": "[200]"}),
        ("range_of_words.nc", {"valid_range": "low to high"}),
        ("range_of_three.nc", {"valid_range": np.array([0, 100, 200], "f4")}),
        ("missing_words.nc", {"missing_value": "none"}),
    ):
        with netCDF4.Dataset(FOLDER / name, "w") as file:
            for axis, (values, unit) in AXES.items():
                file.createDimension(axis, len(values))
                variable = file.createVariable(axis, "f8", (axis,))
                variable[:], variable.units = values, unit
            movie = file.createVariable("concentration", "f4", tuple(AXES))
            movie.units = "kg m-3"
            movie[:] = C
            movie.setncatts(attributes)
    read("text_scale.nc")
    read("text_range.nc")
    read("text_ends.nc")
    refused("range_of_words.nc", 'valid_range of concentration is the text "low to high", not two numbers')
    refused("range_of_three.nc", "valid_range of concentration is [0, 100, 200], not two numbers")
    refused("missing_words.nc", 'missing_value of concentration is the text "none", not a number')
    packed("text_scale_of_words.nc")
    with netCDF4.Dataset(FOLDER / "text_scale_of_words.nc", "a") as file:
        file["concentration"].scale_factor = "a hundredth"
    refused("text_scale_of_words.nc", 'scale_factor of concentration is the text "a hundredth", not one finite number')
    packed("text_bounds_of_packed.nc", valid_range="0 100")
    refused("text_bounds_of_packed.nc", "valid_range of concentration is [0, 100]", "as text")


def odd_attributes():
    """Numbers of every format, and what is no number where one has to be."""

    def bare(name, attribute, value, dtype=None, values=C, keys=f"axes = {{ {UNIFORM} }}"):
        with h5py.File(FOLDER / name, "w") as file:
            file["movie"] = values
            file["movie"].attrs.create(attribute, value, dtype=dtype)
        return name, keys

    quadruple = h5py.h5t.IEEE_F64LE.copy()
    quadruple.set_size(16)
    quadruple.set_precision(128)
    quadruple.set_fields(127, 112, 15, 0, 112)
    quadruple.set_ebias(16383)
    twelve_bits = h5py.h5t.STD_I16LE.copy()
    twelve_bits.set_precision(12)
    twelve_bits.set_offset(2)

    def exactly(name, kind, value, values):
        """An attribute of a format that NumPy lacks."""
        with h5py.File(FOLDER / name, "w") as file:
            file["movie"] = values
            space = h5py.h5s.create(h5py.h5s.SCALAR)
            attribute = h5py.h5a.create(file["movie"].id, b"scale_factor", kind, space)
            attribute.write(np.array(value))
        read(name, f"axes = {{ {UNIFORM} }}")

    for name, kind, value in (
        ("quadruple", quadruple, 0.125),
        ("big_double", h5py.h5t.IEEE_F64BE, 0.125),
        ("big_quadruple", quadruple, 0.125),
        ("twelve_bits", twelve_bits, -3),
    ):
        if name == "big_quadruple":
            kind.set_order(h5py.h5t.ORDER_BE)
        exactly(f"scale_{name}.h5", kind, value, C / value)
    for value in (np.longdouble(0.125), np.float16(0.125), np.array([[0.125]]), [b"0.125"], ["0.125"]):
        name, keys = bare(f"scale_{type(value).__name__}_{np.asarray(value).dtype.kind}.h5", "scale_factor", value, values=8 * C)
        read(name, keys)
    name, keys = bare("range_of_texts.h5", "valid_range", [b"0", b"100"])
    read(name, keys)
    name, keys = bare("fill_longdouble.h5", "_FillValue", np.longdouble(999), values=np.where(C == C[0, 1, 2], 999, C))
    refused(name, "movie is missing at frame 0, row", "where 999 is stored", keys=keys)
    name, keys = bare("source_longdouble.h5", "source_x_m", np.longdouble(1))
    with h5py.File(FOLDER / name, "a") as file:
        file["movie"].attrs["source_y_m"] = np.longdouble(0)
    read(name, keys)

    pair = np.array([(0, 1)], [("a", "f4"), ("b", "f4")])
    lists = np.empty(1, object)
    lists[0] = np.array([0.125])
    words = h5py.enum_dtype({"one": 1, "two": 2}, basetype="i1")
    for what, says, value, dtype in (
        ("complex", "compound values", np.complex64(0.125), None),
        ("compound", "compound values", pair, None),
        ("enumeration", "an enumeration", 2, words),
        ("truth", "an enumeration", True, None),
        ("lists", "lists of varying length", lists, h5py.vlen_dtype("f8")),
        ("opaque", "opaque bytes", np.void(b"\0\0\0\0"), None),
        ("array", "arrays", np.zeros(1, "(2,)f8"), np.dtype("(2,)f8")),
        ("texts", "several texts", [b"one", b"two"], None),
        ("latin", "text in an encoding other than UTF-8", np.bytes_(b"\xb5g"), None),
    ):
        for attribute, expected in (
            ("scale_factor", "numbers"),
            ("_FillValue", "numbers"),
            ("valid_max", "numbers"),
            ("units", "a text"),
            ("_Unsigned", "a text"),
            ("source_y_m", "numbers"),
        ):
            name, keys = bare(f"{what}_{attribute}.h5", attribute, value, dtype)
            refused(name, f"attribute {attribute} of movie is {says}", f"not {expected}", ".attrs[", keys=keys)
    with h5py.File(FOLDER / "reference.h5", "w") as file:
        file["movie"] = C
        file["movie"].attrs["missing_value"] = file["movie"].ref
    refused("reference.h5", "attribute missing_value of movie is references", keys=f"axes = {{ {UNIFORM} }}")
    with h5py.File(FOLDER / "named_type.h5", "w") as file:
        file["type"], file["movie"] = np.dtype("f4"), C
        file["movie"].attrs.create("scale_factor", 0.125, dtype=file["type"])
    refused("named_type.h5", "movie", "shared datatype", keys=f"axes = {{ {UNIFORM} }}")
    with h5py.File(FOLDER / "source_of_file.h5", "w") as file:
        file["movie"] = C
        file.attrs["source_x_m"] = np.complex64(1)
    refused("source_of_file.h5", "attribute source_x_m of the file is compound", keys=f"axes = {{ {UNIFORM} }}")
    for attribute, value, says in (("units", 5, "is 5, not a text"), ("calendar", np.void(b"\0"), "is opaque bytes, not a text")):
        with h5py.File(FOLDER / f"time_{attribute}.h5", "w") as file:
            scaled(file)
            file["time"].attrs["units"] = "seconds since 2000-01-01"
            file["time"].attrs[attribute] = value
        refused(f"time_{attribute}.h5", f"attribute {attribute} of time {says}")
    with h5py.File(FOLDER / "unit_one.h5", "w") as file:
        scaled(file).attrs["units"] = 1
    read("unit_one.h5")
    with h5py.File(FOLDER / "unit_five.h5", "w") as file:
        scaled(file).attrs["units"] = 5
    refused("unit_five.h5", "attribute units of concentration is 5, not a text")


def signs():
    """`_Unsigned` in both directions, and neither."""
    stored = np.round((C - 50) * 8)
    for name, dtype, view, unsigned in (("false", "i2", "u2", "false"), ("true", "u2", "i2", "True")):
        with h5py.File(FOLDER / f"unsigned_{name}.h5", "w") as file:
            offset = 50 if unsigned == "false" else -4000
            movie = scaled(file, values=np.round((C - offset) * 8).astype(dtype).view(view))
            movie.attrs["scale_factor"], movie.attrs["add_offset"] = 0.125, float(offset)
            movie.attrs["_Unsigned"] = unsigned
            # In either sort: no number of the movie.
            movie.attrs["_FillValue"] = np.array(-1000 if unsigned == "false" else 0, dtype).astype(view)
        read(f"unsigned_{name}.h5")
    with h5py.File(FOLDER / "unsigned_odd.h5", "w") as file:
        scaled(file, values=stored.astype("i2")).attrs["_Unsigned"] = "yes"
    refused("unsigned_odd.h5", '_Unsigned of concentration is the text "yes", not "true" or "false"')
    # Positions in bytes, as classic files have them.
    with h5py.File(FOLDER / "unsigned_axis.h5", "w") as file:
        movie = scaled(file, names=("time", "y"))
        axis = file.create_dataset("x", data=np.arange(120, 120 + COLUMNS, dtype="u1").view("i1"))
        axis.attrs["units"], axis.attrs["_Unsigned"] = "m", "true"
        axis.attrs["scale_factor"], axis.attrs["add_offset"] = 0.5, -60.0
        axis.make_scale("x")
        movie.dims[2].attach_scale(axis)
    read("unsigned_axis.h5")


def unwritten_coordinates():
    """Programs that were stopped before they wrote the last time, or a position."""
    for form in ("NETCDF4", "NETCDF4_CLASSIC", "NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA"):
        for name, gap in (("time", FRAMES - 1), ("x", COLUMNS - 1)):
            file_name = f"unwritten_{name}_{form}.nc"
            with netCDF4.Dataset(FOLDER / file_name, "w", format=form) as file:
                for axis, (values, unit) in AXES.items():
                    file.createDimension(axis, None if axis == "time" else len(values))
                    variable = file.createVariable(axis, "f8", (axis,))
                    written = len(values) - (axis == name)
                    variable[:written], variable.units = values[:written], unit
                movie = file.createVariable("concentration", "f4", tuple(AXES))
                movie[:] = C
            refused(file_name, f"axis {name}")


def too_many_dimensions():
    """Dimensions of length 1, or members, and lines that leave them out."""
    for name, values, cut in (
        ("five", C[:, None, :, :, None], "[:, 0, :, :, 0]"),
        ("ten", C.reshape(FRAMES, 1, 1, 1, 1, 1, 1, 1, ROWS, COLUMNS), "[:, 0, 0, 0, 0, 0, 0, 0, :, :]"),
        ("members", np.stack([C, C + 1], 1), "[:, 0, :, :]"),
    ):
        with h5py.File(FOLDER / f"cut_{name}.h5", "w") as file:
            file["group/movie"] = values
        refused(f"cut_{name}.h5", "group/movie has the shape", f'h5py.File("in.h5")["group/movie"]{cut}', keys=f"axes = {{ {UNIFORM} }}")
    with netCDF4.Dataset(FOLDER / "cut_named.nc", "w") as file:
        for axis, (values, unit) in AXES.items():
            file.createDimension(axis, len(values))
            variable = file.createVariable(axis, "f8", (axis,))
            variable[:], variable.units = values, unit
        file.createDimension("run no", 1)
        file.createDimension("z", 2)
        movie = file.createVariable("concentration", "f4", ("run no", "time", "z", "y", "x"))
        movie.units = "kg m-3"
        movie[:] = np.stack([C, C + 1], 1)[None]
    refused("cut_named.nc", "concentration has the shape (run no = 1, time = 12, z = 2", 'isel({"run no": 0, "z": 0})')


def long_numbers():
    """Numbers of three hundred digits, and what the messages must not show of them."""
    packed("long_scale.nc")
    with netCDF4.Dataset(FOLDER / "long_scale.nc", "a") as file:
        file["concentration"].scale_factor = np.array([1e300, 2e300])
    refused("long_scale.nc", "is [1.0000e300, 2.0000e300], not one")
    with h5py.File(FOLDER / "long_axis.h5", "w") as file:
        scaled(file)
        file["x"][3] = 1e300
    refused("long_axis.h5", "axis x isn't evenly spaced", "1.0000e300")
    with h5py.File(FOLDER / "long_value.h5", "w") as file:
        scaled(file, values=np.where(C == C[0, 0, 0], 1e300, C))
    refused("long_value.h5", "is stored: it stands for 1.0000e300")


def links():
    with h5py.File(FOLDER / "other_file.h5", "w") as file:
        file["concentration"] = h5py.ExternalLink("plain.h5", "/concentration")
    refused("other_file.h5", "concentration is a link into another file: to /concentration in plain.h5", "`file` key")
    with h5py.File(FOLDER / "other_group.h5", "w") as file:
        file["run"] = h5py.ExternalLink("plain.h5", "/")
    refused("other_group.h5", "run is a link into another file", keys='variable = "run/concentration"')
    for libver in ("earliest", "latest"):
        with h5py.File(FOLDER / f"dangling_{libver}.h5", "w", libver=libver) as file:
            file["concentration"] = h5py.SoftLink("/nowhere")
        refused(f"dangling_{libver}.h5", "concentration is a link to /nowhere")


def unfinished():
    # What a writer that dies leaves behind: the times are there, half of the frames aren't.
    with netCDF4.Dataset(FOLDER / "died.nc", "w") as file:
        for axis, (values, unit) in AXES.items():
            file.createDimension(axis, None if axis == "time" else len(values))
            variable = file.createVariable(axis, "f8", (axis,))
            variable[:], variable.units = values, unit
        movie = file.createVariable("concentration", "f4", tuple(AXES))
        movie[:6] = C[:6]
    with h5py.File(FOLDER / "died.nc", "r+") as file:
        file["concentration"].resize(6, axis=0)
    refused("died.nc", "concentration holds 6 frames", "axis time counts 12", "isel")
    # A file that nobody closed, and one of which the end is missing.
    with h5py.File(FOLDER / "open.h5", "w", libver="latest") as file:
        scaled(file)
        file.flush()
        left = (FOLDER / "open.h5").read_bytes()
    (FOLDER / "open.h5").write_bytes(left)
    refused("open.h5", "is open for writing", "h5clear -s")
    whole = (FOLDER / "lzf.h5").read_bytes()
    (FOLDER / "cut.h5").write_bytes(whole[:-700])
    refused("cut.h5", "is cut off", "bytes")
    with h5py.File(FOLDER / "virtual.h5", "w") as file:
        layout = h5py.VirtualLayout(C.shape, "f4")
        layout[:] = h5py.VirtualSource("per_frame.h5", "movie", shape=C.shape)
        file.create_virtual_dataset("concentration", layout)
    refused("virtual.h5", "concentration is a virtual dataset", "h5repack -l CONTI")
    with h5py.File(FOLDER / "external.h5", "w") as file:
        file.create_dataset("concentration", C.shape, "f4", external=[("raw", 0, h5py.h5f.UNLIMITED)])
    refused("external.h5", "kept in a file of its own", "h5repack -l CONTI")
    np.save(FOLDER / "array.npy", C)
    refused("array.npy", "is a NumPy array", "numpy.load")
    np.savez(FOLDER / "arrays.npz", c=C)
    refused("arrays.npz", "an archive of NumPy arrays")


def recordings():
    """Wind and plume of one recording: with one epoch, and each with its own."""
    frames = 40
    for name, plume_since, late_ms in (("one", "2021-05-04 10:00:00", 2000), ("own", "2021-05-04T12:00:02+02:00", 0)):
        for kind, variables, since, first, late in (
            ("wind", ("u", "v"), "2021-05-04 10:00:00", 0, 0),
            ("plume", ("concentration",), plume_since, 8, late_ms),
        ):
            count = frames - first
            with netCDF4.Dataset(FOLDER / f"{kind}_{name}.nc", "w") as file:
                for axis, values in (("time", 250 * np.arange(count) + late), ("y", Y), ("x", X)):
                    file.createDimension(axis, len(values))
                    variable = file.createVariable(axis, "i8" if axis == "time" else "f8", (axis,))
                    variable.units = f"milliseconds since {since}" if axis == "time" else "m"
                    variable[:] = values
                for variable in variables:
                    movie = file.createVariable(variable, "f4", tuple(AXES))
                    movie.units = "m s-1" if kind == "wind" else "kg m-3"
                    moments = np.arange(first, frames) / 100 if kind == "wind" else np.arange(first, frames) ** 2
                    movie[:] = np.broadcast_to(moments[:, None, None], (count, ROWS, COLUMNS))


def main():
    with h5py.File(FOLDER / "plain.h5", "w") as file:
        scaled(file, values=C.astype("f4"))
    read("plain.h5")
    types()
    neighbours()
    filters()
    packing()
    orders()
    unfinished()
    frame_by_frame()
    never_written()
    texts()
    odd_attributes()
    signs()
    unwritten_coordinates()
    too_many_dimensions()
    long_numbers()
    links()
    recordings()


main()
