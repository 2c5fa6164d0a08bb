//! The reading side of a results file.

use super::checksum::Checksum;
use super::columns::{Table, open_checked, read_slabs};
use super::encode::words;
use super::failures;
use super::hdf::Raw;
use super::layout::Layout;
use super::sessions::{self, SessionRecord};
use super::variable::{Group, StoredType, Variable};
use super::{FILE_TYPE, SchemaVersion, Shape, Slab, StoreError};
use crate::config::ResolvedStudy;
use crate::engine::{FailureRow, UnitState};
use crate::stats::{IntervalMethod, STATISTICS, StatisticStorage, StatisticValue, Summary, UnitStatistics};
use crate::sweep::{Coordinate, CoordinateValues, Dimension, PointIndex};
use hdf5::File;
use hdf5::types::VarLenUnicode;
use std::ops::Range;
use std::path::Path;

/// Longest text of the file that is read as a whole, bytes.
const MAX_TEXT_BYTES: usize = 64 << 20;

/// Units by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateCounts {
    /// Not committed.
    pub pending: u64,
    /// Committed with metrics.
    pub done: u64,
    /// Committed as failed.
    pub quarantined: u64,
}

impl StateCounts {
    /// Done and quarantined units together.
    #[must_use]
    pub fn committed(&self) -> u64 {
        self.done + self.quarantined
    }
}

/// A results file open for reading, also while it is being written.
pub struct Reader {
    hash: [u8; 32],
    table: Table,
}

impl Reader {
    /// Opens a results file.
    ///
    /// # Errors
    /// If it isn't there, isn't ours, is of another version, or is damaged.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        check_readable(path)?;
        let mut builder = File::with_options();
        builder.with_fapl(|access| access.sec2().file_locking(false));
        let file = super::hdf::by_name(path, |name| builder.open(name)).map_err(|error| StoreError::Foreign {
            path: path.to_owned(),
            reason: super::hdf::describe(&error),
        })?;
        let shape = check_header(&file, path)?;
        let hash = configuration_hash(&file, path)?;
        let table = Table::open(file, path, Layout::from_shape(shape))?;
        Ok(Self { hash, table })
    }

    /// What the file holds.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.table.layout
    }

    /// Hash of the configuration.
    #[must_use]
    pub fn configuration_hash(&self) -> [u8; 32] {
        self.hash
    }

    /// The resolved study.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn resolved_study(&self) -> Result<ResolvedStudy, StoreError> {
        let text = self.text("configuration_json")?;
        serde_json::from_str(&text).map_err(|error| StoreError::Damaged {
            path: self.table.path.clone(),
            object: "/provenance/configuration_json".to_owned(),
            found: error.to_string(),
            expected: "a resolved study".to_owned(),
        })
    }

    /// The resolved configuration as TOML.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn configuration_toml(&self) -> Result<String, StoreError> {
        self.text("configuration_toml")
    }

    fn text(&self, name: &str) -> Result<String, StoreError> {
        read_text(&self.table.file, &self.table.path, name)
    }

    /// States of a run of units; an unknown state counts as pending.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn states(&self, units: Range<u64>) -> Result<Vec<UnitState>, StoreError> {
        Ok(self.table.states(units)?.into_iter().map(unit_state).collect())
    }

    /// How many units are in which state, in bounded memory. Checksums aren't looked at.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn state_counts(&self) -> Result<StateCounts, StoreError> {
        self.table.state_counts()
    }

    /// Seeds of a run of units; 0 for those not committed.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn seeds(&self, units: Range<u64>) -> Result<Vec<u64>, StoreError> {
        let bytes = self.table.read_units(&self.table.seed, None, units)?;
        Ok(words::<8>(&bytes).map(u64::from_le_bytes).collect())
    }

    /// The failures of quarantined units, by unit.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn failures(&self) -> Result<Vec<FailureRow>, StoreError> {
        failures::read_current(&self.table)
    }

    /// The runs of the program on this file, first to last.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn sessions(&self) -> Result<Vec<SessionRecord>, StoreError> {
        sessions::read(&self.table)
    }

    /// Whether all units are committed and the summary is complete.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn finished(&self) -> Result<bool, StoreError> {
        flag(&self.table, &self.table.finished)
    }

    /// Whether the summary is complete.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn summary_written(&self) -> Result<bool, StoreError> {
        flag(&self.table, &self.table.summary_written)
    }

    /// See [`super::Writer::not_committed`].
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn not_committed(&self, units: Range<u64>) -> Result<Vec<Range<u64>>, StoreError> {
        self.table.not_committed(Checksum::new(&self.hash), units)
    }

    /// See [`super::Writer::member_values`].
    ///
    /// # Errors
    /// If the file can't be read, or keeps only statistics.
    pub fn member_values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, StoreError> {
        self.table.member_values(metric, units)
    }

    /// See [`super::Writer::unit_statistics`].
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn unit_statistics(&self, metric: usize, units: Range<u64>) -> Result<Vec<UnitStatistics>, StoreError> {
        self.table.unit_statistics(metric, units)
    }

    /// Summaries of one metric at a run of points.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn summaries(&self, metric: usize, points: Range<PointIndex>) -> Result<Vec<Summary>, StoreError> {
        let slabs = self.table.point_slabs(points.start.0..points.end.0);
        let mut summaries = vec![Summary::MISSING; (points.end.0 - points.start.0) as usize];
        for (column, raw) in STATISTICS.iter().zip(&self.table.summaries[metric]) {
            let bytes = self.table.guard("reading the summary of", read_slabs(raw, &slabs))?;
            let values: Vec<StatisticValue> = match column.storage {
                StatisticStorage::Real => words(&bytes)
                    .map(|word| StatisticValue::Real(f64::from_le_bytes(word)))
                    .collect(),
                StatisticStorage::Integer => words(&bytes)
                    .map(|word| StatisticValue::Integer(i64::from_le_bytes(word)))
                    .collect(),
                StatisticStorage::Method => (bytes.iter())
                    .map(|byte| IntervalMethod::from_code(byte.cast_signed()).unwrap_or(IntervalMethod::None))
                    .map(StatisticValue::Method)
                    .collect(),
            };
            for (summary, value) in summaries.iter_mut().zip(values) {
                (column.set)(summary, value);
            }
        }
        Ok(summaries)
    }

    /// The axes of the sweep with their values, as the file has them.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn dimensions(&self) -> Result<Vec<Dimension>, StoreError> {
        let group = (self.table.layout.groups().iter())
            .find(|group| group.name == "summary")
            .expect("every layout has this group");
        (self.table.layout.shape().axes.iter())
            .map(|axis| {
                let coordinates = (axis.coordinates.iter())
                    .map(|coordinate| {
                        Ok(Coordinate {
                            name: coordinate.name.clone(),
                            key: coordinate.key.clone(),
                            values: self.coordinate(group, &coordinate.name)?,
                        })
                    })
                    .collect::<Result<_, StoreError>>()?;
                Ok(Dimension {
                    name: axis.name.clone(),
                    length: axis.length,
                    coordinates,
                })
            })
            .collect()
    }

    fn coordinate(&self, group: &Group, name: &str) -> Result<CoordinateValues, StoreError> {
        let raw = open_checked(&self.table.file, &self.table.path, group, name)?;
        let read = || {
            self.table
                .guard("reading", read_slabs(&raw, &[Slab::whole(raw.shape())]))
        };
        let variable = group.variables.iter().find(|variable| variable.name == name);
        Ok(match variable.map(|variable| variable.stored) {
            Some(StoredType::F64) => CoordinateValues::Real(words(&read()?).map(f64::from_le_bytes).collect()),
            Some(StoredType::I64) => CoordinateValues::Integer(words(&read()?).map(i64::from_le_bytes).collect()),
            _ => {
                let texts = self.table.guard("reading", raw.dataset().read_raw::<VarLenUnicode>())?;
                CoordinateValues::Text(texts.iter().map(|text| text.to_string()).collect())
            }
        })
    }

    /// The open file, for looking at all its objects.
    pub(super) fn table(&self) -> &Table {
        &self.table
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reader({})", self.table.path.display())
    }
}

pub(super) fn unit_state(byte: u8) -> UnitState {
    match byte {
        1 => UnitState::Done,
        2 => UnitState::Quarantined,
        _ => UnitState::Pending,
    }
}

/// A flag of the file.
pub(super) fn flag(table: &Table, raw: &Raw) -> Result<bool, StoreError> {
    let bytes = table.guard("reading", read_slabs(raw, &[Slab::whole(&[])]))?;
    Ok(bytes == [1])
}

/// Tells a missing or unreadable file from a broken one, which HDF5's messages don't.
pub(super) fn check_readable(path: &Path) -> Result<(), StoreError> {
    match std::fs::File::open(path).and_then(|file| file.metadata()) {
        Ok(metadata) if metadata.is_file() => Ok(()),
        Ok(_) => Err(StoreError::Foreign {
            path: path.to_owned(),
            reason: "it is not a file".to_owned(),
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(StoreError::Missing { path: path.to_owned() })
        }
        Err(error) => Err(StoreError::io("read", path, error)),
    }
}

/// Checks that the file is a results file of a version that we read; gives the shape that it says it has.
pub(super) fn check_header(file: &File, path: &Path) -> Result<Shape, StoreError> {
    let foreign = |reason: &str| StoreError::Foreign {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let file_type = super::hdf::read_text_attribute(file, "file_type", 64)
        .ok_or_else(|| foreign("it has no attribute `file_type`"))?;
    if file_type != FILE_TYPE {
        return Err(foreign(&format!("its attribute `file_type` is {file_type:?}")));
    }
    let version = (file.attr("schema_version"))
        .and_then(|attribute| attribute.read_scalar::<u32>())
        .map_err(|_| foreign("it has no attribute `schema_version`"))?;
    if SchemaVersion(version) != SchemaVersion::CURRENT {
        return Err(StoreError::Schema {
            path: path.to_owned(),
            found: SchemaVersion(version),
            known: SchemaVersion::CURRENT,
        });
    }
    let damaged = |found: String| StoreError::Damaged {
        path: path.to_owned(),
        object: "/provenance/layout".to_owned(),
        found,
        expected: "a shape as JSON".to_owned(),
    };
    let shape: Shape =
        serde_json::from_str(&read_text(file, path, "layout")?).map_err(|error| damaged(error.to_string()))?;
    shape.check().map_err(|error| damaged(error.to_string()))?;
    Ok(shape)
}

/// The hash of the configuration that the file holds.
pub(super) fn configuration_hash(file: &File, path: &Path) -> Result<[u8; 32], StoreError> {
    let text = read_text(file, path, "configuration_hash")?;
    let bytes: Option<Vec<u8>> = (text.as_bytes().chunks(2))
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| StoreError::Damaged {
            path: path.to_owned(),
            object: "/provenance/configuration_hash".to_owned(),
            found: format!("{:?}", text.chars().take(80).collect::<String>()),
            expected: "64 hexadecimal digits".to_owned(),
        })
}

/// Reads one text of `/provenance`.
fn read_text(file: &File, path: &Path, name: &str) -> Result<String, StoreError> {
    let object = format!("/provenance/{name}");
    let damaged = |found: String| StoreError::Damaged {
        path: path.to_owned(),
        object: object.clone(),
        found,
        expected: "one text".to_owned(),
    };
    let raw =
        Raw::open(file, &object).map_err(|error| damaged(format!("unreadable ({})", super::hdf::describe(&error))))?;
    let bytes = raw.element_bytes();
    let variable = Variable::new(name, StoredType::FixedText(bytes), &[], "");
    if bytes > MAX_TEXT_BYTES || bytes as u64 > file.size() {
        return Err(damaged(format!("{bytes} bytes long")));
    }
    let group = Group {
        name: "provenance",
        axes: Vec::new(),
        variables: vec![variable],
    };
    let raw = open_checked(file, path, &group, name)?;
    let text = read_slabs(&raw, &[Slab::whole(&[])]).map_err(|error| damaged(super::hdf::describe(&error)))?;
    Ok(failures::text(&text))
}
