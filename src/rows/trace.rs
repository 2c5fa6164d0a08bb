//! The rows of a single unit, here and now.

use super::hdf5::Hdf5;
use super::parquet;
use super::sqlite::Sqlite;
use super::{RowsError, csv, source};
use crate::netcdf4::NewFile;
use crate::results::TableRows;
use crate::scenario::{RowBackend, RowBackendError, RowSource, RowsDescription};
use crate::store::{self, StoreError};
use crate::study::Study;
use crate::sweep::UnitIndex;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// In which form a trace is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceForm {
    /// Text, a file for each table.
    Csv,
    /// NetCDF-4 on HDF5, all tables in one file.
    NetCdf,
    /// Parquet, a file for each table.
    Parquet,
    /// A database of SQLite, all tables in it.
    Sqlite,
}

impl TraceForm {
    /// The form that a name asks for by its ending.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "nc" | "nc4" | "h5" | "hdf5" => Some(Self::NetCdf),
            "parquet" => Some(Self::Parquet),
            "sqlite" | "sqlite3" | "db" => Some(Self::Sqlite),
            _ => None,
        }
    }

    /// The ending of the file of a table besides the first; none if all tables are in one file.
    fn ending(self) -> Option<&'static str> {
        match self {
            Self::Csv => Some("csv"),
            Self::Parquet => Some("parquet"),
            Self::NetCdf | Self::Sqlite => None,
        }
    }
}

/// All rows of one unit.
pub struct Trace {
    description: RowsDescription,
    unit: UnitIndex,
    tables: Vec<TableRows>,
}

impl Trace {
    /// Those of a unit of a study, table by table.
    #[must_use]
    pub fn of(study: &Study, unit: UnitIndex, tables: Vec<TableRows>) -> Self {
        let (point, _) = study.plan.locate(unit);
        // One row of coordinates: that of the unit's point.
        let coordinates = study.design.point_coordinates(point.0..point.0 + 1);
        let coordinates = coordinates.into_iter().map(source::coordinate).collect();
        let resolved = &study.resolved;
        Self {
            description: RowsDescription {
                study: resolved.study.name.clone(),
                scenario: resolved.study.scenario.clone(),
                configuration_toml: resolved.to_toml(),
                configuration_hash: resolved.hash().iter().map(|byte| format!("{byte:02x}")).collect(),
                member: study.member_axis.name.clone(),
                tables: study.features.tables.clone(),
                replicates: study.plan.replicates,
                points: study.plan.points,
                partial: false,
                coordinates,
                first_point: point.0,
            },
            unit,
            tables,
        }
    }

    /// Writes them under the name `path`; the names of the files.
    ///
    /// # Errors
    /// If a place is taken and `replace` is false, or the disk refuses; nothing is left half made.
    pub fn write(&mut self, form: TraceForm, path: &Path, replace: bool) -> Result<Vec<PathBuf>, RowsError> {
        let paths: Vec<PathBuf> = match form.ending() {
            None => vec![path.to_owned()],
            Some(ending) => (self.description.tables.iter().enumerate())
                .map(|(index, table)| match index {
                    0 => path.to_owned(),
                    _ => path.with_extension(format!("{}.{ending}", table.name)),
                })
                .collect(),
        };
        for place in &paths {
            check_place(place, replace)?;
        }
        for (index, place) in paths.iter().enumerate() {
            let new = NewFile::begin(place).map_err(StoreError::from)?;
            let failed = |source: RowBackendError| RowsError::Backend {
                backend: format!("{form:?}").to_lowercase(),
                place: place.clone(),
                source,
            };
            match form {
                TraceForm::NetCdf => Hdf5.write(self, new.temporary()).map_err(failed)?,
                TraceForm::Sqlite => Sqlite.write(self, new.temporary()).map_err(failed)?,
                TraceForm::Parquet => {
                    parquet::write_unit(
                        &self.description,
                        index,
                        (self.unit, &self.tables[index]),
                        new.temporary(),
                    )
                    .map_err(failed)?;
                }
                TraceForm::Csv => csv::write(&self.description.tables[index], &self.tables[index], new.file())
                    .map_err(|error| failed(error.into()))?,
            }
            new.finish(replace).map_err(StoreError::from)?;
        }
        Ok(paths)
    }

    /// The first rows of all tables for people.
    #[must_use]
    pub fn page(&self) -> String {
        let mut page = String::new();
        for (declared, rows) in self.description.tables.iter().zip(&self.tables) {
            let (table, more) = csv::table(declared, rows);
            let _ = writeln!(page, "{}\n{table}", declared.name);
            if more > 0 {
                let _ = writeln!(page, "and {more} more (hint: --trace {}.csv writes all)", declared.name);
            }
        }
        page
    }
}

/// Refuses a place that is taken by what may not be replaced.
fn check_place(place: &Path, replace: bool) -> Result<(), RowsError> {
    match std::fs::symlink_metadata(place) {
        Err(_) => Ok(()),
        Ok(metadata) if replace && metadata.is_file() => match metadata.len() > 0 && store::is_ours(place)? {
            // Results are never replaced by a trace.
            true => Err(StoreError::Exists { path: place.to_owned() }.into()),
            false => Ok(()),
        },
        Ok(_) => Err(RowsError::Exists {
            place: place.to_owned(),
        }),
    }
}

impl RowSource for Trace {
    fn description(&self) -> &RowsDescription {
        &self.description
    }

    fn counts(&mut self, table: usize) -> Result<Vec<(UnitIndex, u64)>, RowBackendError> {
        let count = self.tables[table].rows;
        Ok((count > 0).then_some((self.unit, count)).into_iter().collect())
    }

    fn rows(&mut self, _unit: UnitIndex, table: usize) -> Result<TableRows, RowBackendError> {
        Ok(self.tables[table].clone())
    }
}
