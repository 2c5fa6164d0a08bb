//! Rows as Apache Parquet: a folder for each table, in it one for each design point that has rows, as Hive names them.

use super::batches::WholeRows;
use crate::forms::{About, Compression, ParquetTable, TableSink};
use crate::results::TableRows;
use crate::scenario::{RowBackend, RowBackendError, RowSource, RowsDescription};
use crate::sweep::UnitIndex;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Design points that get a folder of their own. Of more, points share files: thousands of small files are slow to read, and
/// file systems of clusters don't like them.
const MAX_FOLDERS: usize = 4096;

/// Rows after which points that share files begin another.
const SHARED_FILE_ROWS: u64 = 1 << 22;

/// The backend `parquet`.
pub(super) struct Parquet;

impl RowBackend for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn summary(&self) -> &'static str {
        "a folder of Parquet files, divided by table and design point as Hive does"
    }

    fn suffix(&self) -> &'static str {
        "rows.parquet"
    }

    fn write(&self, rows: &mut dyn RowSource, place: &Path) -> Result<(), RowBackendError> {
        let description = rows.description().clone();
        fs::create_dir(place)?;
        for table in 0..description.tables.len() {
            let folder = place.join(&description.tables[table].name);
            fs::create_dir(&folder)?;
            write_table(rows, &description, table, &folder, MAX_FOLDERS)?;
        }
        Ok(())
    }

    fn may_replace(&self, folder: &Path) -> bool {
        folder.is_dir() && holds_parquet_alone(folder).unwrap_or(false)
    }
}

/// Whether all files in a folder, and in those inside it, are called as those of this backend.
fn holds_parquet_alone(folder: &Path) -> std::io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let fits = match entry.file_type()?.is_dir() {
            true => holds_parquet_alone(&entry.path())?,
            false => entry.path().extension().is_some_and(|ending| ending == "parquet"),
        };
        if !fits {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What a file of a table says of itself.
pub(super) fn about(description: &RowsDescription, table: usize) -> About {
    About {
        study: description.study.clone(),
        scenario: description.scenario.clone(),
        configuration_hash: description.configuration_hash.clone(),
        configuration_toml: description.configuration_toml.clone(),
        rows: description.tables[table].long_name.clone(),
        partial: description.partial,
    }
}

fn write_table(
    rows: &mut dyn RowSource,
    description: &RowsDescription,
    table: usize,
    folder: &Path,
    max_folders: usize,
) -> Result<(), RowBackendError> {
    let counts = rows.counts(table)?;
    let replicates = u64::from(description.replicates.max(1));
    let point_of = |unit: UnitIndex| unit.0 / replicates;
    let runs: Vec<&[(UnitIndex, u64)]> = counts.chunk_by(|a, b| point_of(a.0) == point_of(b.0)).collect();
    let by_point = !runs.is_empty() && runs.len() <= max_folders;
    let files: Vec<(PathBuf, Vec<UnitIndex>)> = if by_point {
        let file = |run: &&[(UnitIndex, u64)]| {
            let folder = folder.join(format!("point={}", point_of(run[0].0)));
            (
                folder.join("part-000000.parquet"),
                run.iter().map(|(unit, _)| *unit).collect(),
            )
        };
        runs.iter().map(file).collect()
    } else {
        shared_files(&counts, folder)
    };
    let shape = WholeRows::of(description, &description.tables[table], !by_point);
    for (path, units) in files {
        if by_point {
            fs::create_dir(path.parent().unwrap_or(folder))?;
        }
        let mut sink = Box::new(ParquetTable::begin(
            &path,
            Arc::clone(&shape.schema),
            &about(description, table),
            Compression::Zstd,
        )?);
        for unit in units {
            sink.write(&shape.batch(unit, &rows.rows(unit, table)?)?)?;
        }
        sink.finish()?;
    }
    Ok(())
}

/// The rows of one unit as one file.
pub(super) fn write_unit(
    description: &RowsDescription,
    table: usize,
    (unit, rows): (UnitIndex, &TableRows),
    place: &Path,
) -> Result<(), RowBackendError> {
    let shape = WholeRows::of(description, &description.tables[table], true);
    let about = about(description, table);
    let mut sink = Box::new(ParquetTable::begin(
        place,
        Arc::clone(&shape.schema),
        &about,
        Compression::Zstd,
    )?);
    sink.write(&shape.batch(unit, rows)?)?;
    Ok(sink.finish()?)
}

/// Files of about as many rows each; one without rows if there are none, which still says what the columns are.
fn shared_files(counts: &[(UnitIndex, u64)], folder: &Path) -> Vec<(PathBuf, Vec<UnitIndex>)> {
    let mut files: Vec<Vec<UnitIndex>> = vec![Vec::new()];
    let mut rows = 0;
    for (unit, count) in counts {
        if rows >= SHARED_FILE_ROWS {
            files.push(Vec::new());
            rows = 0;
        }
        files.last_mut().expect("one at least").push(*unit);
        rows += count;
    }
    let named = files.into_iter().enumerate();
    named
        .map(|(number, units)| (folder.join(format!("part-{number:06}.parquet")), units))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{CellColumn, CellKind, RowColumn, RowMeaning, RowTable};
    use crate::scenario::{RowCoordinate, RowCoordinateValues};
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Float64Type, Int64Type};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use std::fs::File;

    /// Two replicates at three points; unit `u` has `u` rows, in which its number stands.
    struct Numbered(RowsDescription);

    impl Numbered {
        fn new() -> Self {
            Self(RowsDescription {
                study: "numbered".to_owned(),
                scenario: "none".to_owned(),
                configuration_toml: String::new(),
                configuration_hash: String::new(),
                member: "agent".to_owned(),
                tables: vec![RowTable {
                    name: "steps".to_owned(),
                    long_name: "for a test".to_owned(),
                    row: RowMeaning::Event,
                    recorded: true,
                    // A column that is called like a swept value.
                    columns: vec![RowColumn::new("depth", CellKind::I64, "1", "number of the unit")],
                }],
                replicates: 2,
                points: 3,
                partial: false,
                coordinates: vec![RowCoordinate {
                    name: "depth".to_owned(),
                    key: "water.depth".to_owned(),
                    unit: None,
                    values: RowCoordinateValues::Real(vec![0.5, f64::NAN, 2.0]),
                }],
                first_point: 0,
            })
        }
    }

    impl RowSource for Numbered {
        fn description(&self) -> &RowsDescription {
            &self.0
        }

        fn counts(&mut self, _table: usize) -> Result<Vec<(UnitIndex, u64)>, RowBackendError> {
            Ok((1..6).map(|unit| (UnitIndex(unit), unit)).collect())
        }

        fn rows(&mut self, unit: UnitIndex, _table: usize) -> Result<TableRows, RowBackendError> {
            Ok(TableRows {
                rows: unit.0,
                columns: vec![CellColumn::I64(vec![unit.0 as i64; unit.0 as usize])],
            })
        }
    }

    /// Unit, depth and swept depth.
    type ReadRow = (i64, i64, Option<f64>);

    /// All rows of a file, and the names of its columns.
    fn read(path: &Path) -> (Vec<ReadRow>, Vec<String>) {
        let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).expect("a file")).expect("Parquet");
        let names = builder
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        let mut rows = Vec::new();
        for batch in builder.build().expect("Parquet") {
            let batch = batch.expect("rows");
            let whole = |name: &str| {
                batch
                    .column_by_name(name)
                    .expect("a column")
                    .as_primitive::<Int64Type>()
                    .clone()
            };
            let swept = batch
                .column_by_name("swept_depth")
                .expect("a column")
                .as_primitive::<Float64Type>();
            let units = whole("unit");
            rows.extend((0..batch.num_rows()).map(|row| {
                let swept = Some(swept.value(row)).filter(|_| arrow_array::Array::is_valid(swept, row));
                (units.value(row), whole("depth").value(row), swept)
            }));
        }
        (rows, names)
    }

    #[test]
    fn points_have_folders_of_their_own_unless_they_are_too_many() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut source = Numbered::new();
        let description = source.0.clone();
        let expected = |units: std::ops::Range<u64>| -> Vec<(i64, i64, Option<f64>)> {
            let swept = [Some(0.5), None, Some(2.0)];
            units
                .flat_map(|unit| (0..unit).map(move |_| (unit as i64, unit as i64, swept[(unit / 2) as usize])))
                .collect()
        };
        let apart = folder.path().join("apart");
        fs::create_dir(&apart).expect("a folder");
        write_table(&mut source, &description, 0, &apart, 3).expect("written");
        for (point, units) in [(0, 1..2), (1, 2..4), (2, 4..6)] {
            let (rows, names) = read(&apart.join(format!("point={point}/part-000000.parquet")));
            assert_eq!(rows, expected(units));
            assert_eq!(names, ["unit", "replicate", "swept_depth", "depth"]);
        }
        let shared = folder.path().join("shared");
        fs::create_dir(&shared).expect("a folder");
        write_table(&mut source, &description, 0, &shared, 2).expect("written");
        let (rows, names) = read(&shared.join("part-000000.parquet"));
        assert_eq!(rows, expected(1..6));
        assert_eq!(names, ["unit", "point", "replicate", "swept_depth", "depth"]);
    }

    #[test]
    fn shared_files_end_after_so_many_rows() {
        let counts: Vec<(UnitIndex, u64)> = (0..4).map(|unit| (UnitIndex(unit), SHARED_FILE_ROWS / 2)).collect();
        let files = shared_files(&counts, Path::new("t"));
        let units: Vec<usize> = files.iter().map(|(_, units)| units.len()).collect();
        assert_eq!(units, [2, 2]);
        assert_eq!(files[1].0, Path::new("t/part-000001.parquet"));
        assert_eq!(
            shared_files(&[], Path::new("t")).len(),
            1,
            "a table without rows has columns"
        );
    }
}
