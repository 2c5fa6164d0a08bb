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
}

/// What a file of a table says of itself.
pub(super) fn about(description: &RowsDescription, table: usize) -> About {
    About {
        study: description.study.clone(),
        scenario: description.scenario.clone(),
        configuration_hash: description.configuration_hash.clone(),
        configuration_toml: description.configuration_toml.clone(),
        rows: description.tables[table].long_name.clone(),
        partial: false,
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
            let folder = folder.join(format!("point={:06}", point_of(run[0].0)));
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
