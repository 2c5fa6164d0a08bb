"""Hold tables of one study against each other, in every form and in other people's readers.

    python read_tables.py r.h5 r.rows.h5 r.rows.parquet r.rows.sqlite TABLE=STEM …

STEM.parquet, .csv, .jsonl, .sqlite, .nc and .arrow are exports of TABLE. Exits with a message at the first thing that differs.
"""

import csv
import json
import math
import sqlite3
import sys

import duckdb
import h5py
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.ipc
import pyarrow.parquet as pq
import xarray as xr

results, rows_h5, rows_parquet, rows_sqlite, *exports = sys.argv[1:]


def check(condition, message):
    if not condition:
        sys.exit(message)


def same(one, other, message):
    one, other = list(one), list(other)
    check(len(one) == len(other), f"{message}: {len(one)} and {len(other)} rows")
    for row, (a, b) in enumerate(zip(one, other)):
        check(type(a) is type(b) and a == b, f"{message}, row {row}: {a!r} and {b!r}")


def words(column):
    """Values of an Arrow column: floats, ints, bools, texts, and None where they are missing."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())
    return column.to_pylist()


def from_text(text, kind):
    if text == "":
        return None
    if pa.types.is_float32(kind):
        return float(np.float32(text))
    if pa.types.is_floating(kind):
        return float(text)
    if pa.types.is_integer(kind):
        return int(text)
    if pa.types.is_boolean(kind):
        return {"true": True, "false": False}[text]
    return text


def from_sqlite(value, kind):
    return bool(value) if value is not None and pa.types.is_boolean(kind) else value


def from_json(value, kind):
    return float(np.float32(value)) if value is not None and pa.types.is_float32(kind) else value


def from_netcdf(variable, kind):
    values, attributes = variable.values, variable.attrs
    if values.dtype.kind == "S":
        return [b"".join(letters).rstrip(b"\0").decode() if values.ndim > 1 else letters.decode() for letters in values]
    fill = attributes.get("_FillValue")
    missing = (lambda value: value != value or value == fill) if fill is not None else lambda value: False
    meanings = dict(zip(np.atleast_1d(attributes.get("flag_values", [])).tolist(), attributes.get("flag_meanings", "").split()))
    plain = [None if missing(value) else value for value in values.tolist()]
    if pa.types.is_boolean(kind):
        return [None if value is None else bool(value) for value in plain]
    return [meanings.get(value, value) for value in plain] if meanings else plain


for export in exports:
    table, stem = export.split("=")
    reference = pq.read_table(f"{stem}.parquet")
    metadata = pq.read_metadata(f"{stem}.parquet").metadata
    check(reference.schema.metadata[b"title"] == metadata[b"title"] == b"exported", f"{table}: title")
    kinds = {field.name: field.type for field in reference.schema}
    names = reference.column_names
    columns = {name: words(reference[name]) for name in names}
    check(reference.num_rows > 0, f"{table} is empty")
    check(metadata[b"scenario"] == b"plume" and len(metadata[b"configuration_hash"]) == 64, f"{table}: metadata")

    arrow = pa.ipc.open_file(f"{stem}.arrow").read_all()
    check(arrow.schema.equals(reference.schema), f"{table}: schema of Arrow\n{arrow.schema}\n{reference.schema}")
    check(arrow.schema.metadata[b"configuration"] == metadata[b"configuration"], f"{table}: metadata of Arrow")
    database = sqlite3.connect(f"file:{stem}.sqlite?mode=ro", uri=True)
    check(database.execute("PRAGMA integrity_check").fetchone() == ("ok",), f"{table}: SQLite")
    check(dict(database.execute("SELECT name, text FROM about"))["scenario"] == "plume", f"{table}: about")
    described = {name: (units, text) for name, units, text in database.execute('SELECT "column", units, long_name FROM columns')}
    in_sqlite = list(zip(*database.execute(f"SELECT * FROM {table} ORDER BY rowid")))
    with open(f"{stem}.csv", newline="") as file:
        in_csv = list(csv.DictReader(file))
    with open(f"{stem}.jsonl") as file:
        in_json = [json.loads(line) for line in file]
    netcdf = xr.open_dataset(f"{stem}.nc", engine="netcdf4", mask_and_scale=False, decode_times=False, concat_characters=False)
    check(netcdf.attrs["configuration_hash"].encode() == metadata[b"configuration_hash"], f"{table}: attributes of NetCDF")
    other = xr.open_dataset(f"{stem}.nc", engine="h5netcdf", decode_times=False)
    check(set(other.sizes) - {f"{name}_letters" for name in names} == {"row"}, f"{table}: dimensions {dict(other.sizes)}")
    frame = pl.read_parquet(f"{stem}.parquet")
    ducks = duckdb.sql(f"SELECT * FROM '{stem}.parquet'").fetchall()
    check(list(in_csv[0]) == names and list(in_json[0]) == names and frame.columns == names, f"{table}: names")
    for place, name in enumerate(names):
        kind, expected = kinds[name], columns[name]
        same(expected, words(arrow[name]), f"{table}.{name} in Arrow")
        same(expected, [from_sqlite(value, kind) for value in in_sqlite[place]], f"{table}.{name} in SQLite")
        same(expected, [from_text(record[name], kind) for record in in_csv], f"{table}.{name} in CSV")
        same(expected, [from_json(record[name], kind) for record in in_json], f"{table}.{name} in JSON")
        same(expected, from_netcdf(netcdf[name], kind), f"{table}.{name} in NetCDF")
        same(expected, frame[name].to_list(), f"{table}.{name} in polars")
        same(expected, [row[place] for row in ducks], f"{table}.{name} in DuckDB")
        field = reference.schema.field(name).metadata
        units, text = field.get(b"units", b"").decode(), field[b"long_name"].decode()
        check(text and (units or None, text) == described[name], f"{table}.{name} in the table of columns: {described[name]}")
        check(netcdf[name].attrs["long_name"] == text, f"{table}.{name}: long name in NetCDF")
        check(netcdf[name].attrs.get("units", "") == units, f"{table}.{name}: units in NetCDF")

# What was recorded, as HDF5, as Parquet in folders, and as a database.
with h5py.File(rows_h5) as file:
    for name in ["steps", "events"]:
        group = file[name]
        size = group["row_size"][...]
        of_unit = {key: np.repeat(group[key][...], size) for key in ["unit", "replicate", "point"]}
        hive = ds.dataset(f"{rows_parquet}/{name}", partitioning="hive").to_table()
        own = [column for column in group if group[column].shape == (size.sum(),) and column not in ("row",)]
        check("agent" in own and "time_s" in own, f"{name}: {own}")
        sorting = np.lexsort((np.arange(size.sum()), group["agent"][...], of_unit["unit"]))
        in_parts = np.lexsort((np.arange(size.sum()), hive["agent"].to_numpy(), hive["unit"].to_numpy()))
        for column in ["unit", "replicate", "point"]:
            same(of_unit[column][sorting].tolist(), hive[column].to_numpy()[in_parts].tolist(), f"{name}.{column} in folders")
        polars = pl.scan_parquet(f"{rows_parquet}/{name}", hive_partitioning=True).collect()
        check(polars["point"].to_list() == hive["point"].to_pylist(), f"{name}: points in polars")
        points = duckdb.sql(f"SELECT point, count(*) FROM read_parquet('{rows_parquet}/{name}/*/*.parquet', hive_partitioning = true) GROUP BY 1 ORDER BY 1").fetchall()
        counted = np.unique(of_unit["point"], return_counts=True)
        check(points == list(zip(*(part.tolist() for part in counted))), f"{name}: points in DuckDB: {points}")
        database = sqlite3.connect(f"file:{rows_sqlite}?mode=ro", uri=True)
        check(database.execute("PRAGMA integrity_check").fetchone() == ("ok",), "SQLite")
        cursor = database.execute(f'SELECT * FROM {name} JOIN episodes USING (episode) ORDER BY unit, {name}.agent, "row"')
        labels = [column[0] for column in cursor.description]
        in_sqlite = dict(zip(labels, zip(*cursor)))
        for column in ["unit", "replicate", "point"]:
            same(of_unit[column][sorting].tolist(), in_sqlite[column], f"{name}.{column} in SQLite")
        for column in own:
            values, flags = group[column][...][sorting], group[column].attrs.get("flag_meanings")
            if flags is not None:
                flags = (flags.decode() if isinstance(flags, bytes) else flags).split()
                expected = [None if code == 255 else flags[code] for code in values.tolist()]
                if flags == ["no", "yes"]:
                    expected = [None if word is None else word == "yes" for word in expected]
            else:
                expected = [None if value != value else value for value in values.tolist()]
            kind = hive.schema.field(column).type
            same(expected, words(hive[column].take(pa.array(in_parts))), f"{name}.{column} in folders")
            same(expected, [from_sqlite(value, kind) for value in in_sqlite[column]], f"{name}.{column} in SQLite")
        check(set(in_sqlite["wind_speed_m_s"]) == set(hive["wind_speed_m_s"].to_pylist()) == {0.4, 0.9}, f"{name}: swept values")
        plans = " ".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {name} JOIN episodes USING (episode) WHERE point = 1 AND replicate = 2"))
        check("episodes_by_point" in plans and "SCAN" not in plans, f"{name}: {plans}")

# Metrics of every agent, by their places in the results file.
episodes = pq.read_table(dict(export.split("=") for export in exports)["episodes"] + ".parquet")
with h5py.File(results) as file:
    shape = file["units/state"].shape
    place = np.unravel_index(episodes["unit"].to_numpy(), shape)
    for name in ["success", "time_to_source_s", "path_length_m", "encounters", "end_reason"]:
        values = file[f"episodes/{name}"][...][place + (episodes["agent"].to_numpy(),)].tolist()
        found = words(episodes[name])
        flags = file[f"episodes/{name}"].attrs.get("flag_meanings")
        if name == "success":
            values = [None if value < 0 else bool(value) for value in values]
        elif flags is not None:
            flags = (flags.decode() if isinstance(flags, bytes) else flags).split()
            values = [None if value < 0 else flags[value] for value in values]
        else:
            values = [None if value != value or value == -1 else value for value in values]
        same(values, found, f"episodes.{name}")
    check(any(math.isfinite(value) for value in episodes["time_to_source_s"].to_pylist() if value is not None), "nobody arrived")
print("the same")
