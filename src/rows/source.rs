//! The rows of a results file.

use super::RowsError;
use crate::results::TableRows;
use crate::scenario::{RowBackendError, RowCoordinate, RowCoordinateValues, RowSource, RowsDescription};
use crate::signals;
use crate::store::{self, Reader};
use crate::sweep::{Coordinate, CoordinateValues, UnitIndex};
use std::path::Path;

/// The rows of a results file, read unit by unit.
pub struct StoredRows<'a> {
    reader: &'a Reader,
    description: RowsDescription,
    interrupted: bool,
}

/// Values of a swept key, as backends get them.
pub(super) fn coordinate(coordinate: Coordinate) -> RowCoordinate {
    RowCoordinate {
        unit: Some(store::unit_of_key(&coordinate.key).to_owned()).filter(|unit| !unit.is_empty()),
        values: match coordinate.values {
            CoordinateValues::Real(values) => RowCoordinateValues::Real(values),
            CoordinateValues::Integer(values) => RowCoordinateValues::Integer(values),
            CoordinateValues::Text(values) => RowCoordinateValues::Text(values),
        },
        name: coordinate.name,
        key: coordinate.key,
    }
}

impl<'a> StoredRows<'a> {
    /// Those of an open file.
    ///
    /// # Errors
    /// If it has no tables, or can't be read.
    pub fn of(reader: &'a Reader, path: &Path) -> Result<Self, RowsError> {
        let shape = reader.layout().shape();
        if shape.features.tables.is_empty() {
            return Err(RowsError::NoTables { path: path.to_owned() });
        }
        let study = reader.resolved_study()?;
        let coordinates = reader.point_coordinates()?.into_iter().map(coordinate).collect();
        let hash = reader.configuration_hash();
        Ok(Self {
            description: RowsDescription {
                study: study.study.name,
                scenario: study.study.scenario,
                configuration_toml: reader.configuration_toml()?,
                configuration_hash: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
                member: shape.member_axis.name.clone(),
                tables: shape.features.tables.clone(),
                replicates: shape.replicates,
                points: shape.points(),
                partial: !reader.finished()?,
                coordinates,
                first_point: 0,
            },
            reader,
            interrupted: false,
        })
    }

    /// Whether a signal has ended the reading.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.interrupted
    }
}

impl RowSource for StoredRows<'_> {
    fn description(&self) -> &RowsDescription {
        &self.description
    }

    fn counts(&mut self, table: usize) -> Result<Vec<(UnitIndex, u64)>, RowBackendError> {
        const BLOCK: u64 = 1 << 20;
        let units = self.reader.layout().shape().plan().units();
        let mut counts = Vec::new();
        for start in (0..units).step_by(BLOCK as usize) {
            let found = self.reader.row_counts(table, start..units.min(start + BLOCK))?;
            let numbered = (start..).map(UnitIndex).zip(found);
            counts.extend(numbered.filter(|(_, count)| *count > 0));
        }
        Ok(counts)
    }

    fn rows(&mut self, unit: UnitIndex, table: usize) -> Result<TableRows, RowBackendError> {
        if signals::requested().is_some() {
            self.interrupted = true;
            return Err("a signal".into());
        }
        Ok(self.reader.rows(unit, table)?.unwrap_or_default())
    }
}
