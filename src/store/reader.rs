//! The reading side of a results file.

use super::checksum::Checksum;
use super::columns::Table;
use super::create::PART;
use super::encode::words;
use super::layout::{ColumnPart, Layout};
use super::packed_rows::{self, PackedRows};
use super::products::{self, ProductRecord};
use super::seal::Depth;
use super::sessions::{self, SessionRecord};
use super::value_file::ValueFile;
use super::{FILE_TYPE, ROWS_FILE_TYPE, SchemaVersion, StoreError, failures, fit, gate, objects, rewritten};
use crate::netcdf4::{Group, StoredType, Variable};
use crate::results::{FailureRow, Shape, TableRows, UnitState};
use crate::stats::{Summary, UnitStatistics};
use crate::study::{Part, ResolvedStudy};
use crate::sweep::{Coordinate, CoordinateValues, Dimension, PointIndex, UnitIndex};
use hdf5::File;
use hdf5::types::VarLenUnicode;
use std::ops::Range;
use std::path::{Path, PathBuf};

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

/// What a unit is, once it was held against its checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitCondition {
    /// Not committed.
    Pending,
    /// Committed with metrics.
    Done,
    /// Committed as failed.
    Quarantined,
    /// Not what was committed.
    Damaged,
}

/// A results file open for reading, also while it is being written.
///
/// Before HDF5 opens it, everything that never changes after creation is held against the seal of the file.
///
/// ```
/// use plume_nav_sim::scenario::Registry;
/// use plume_nav_sim::store::Reader;
/// use plume_nav_sim::sweep::PointIndex;
/// use plume_nav_sim::trial::Trial;
///
/// let folder = tempfile::tempdir()?;
/// let results = folder.path().join("results.h5");
/// let study = "
///     study.replicates = 3
///     agents.count = 2
///     episode.duration_s = 2.0
///     sweep.axes = [{ key = 'wind.speed_m_s', values = [0.5, 1.0] }]
/// ";
/// let trial = Trial::new(&Registry::builtin(), study)?;
/// trial.sweep(&results)?;
///
/// let reader = Reader::open(&results)?;
/// assert!(reader.finished()?);
/// assert_eq!(reader.state_counts()?.committed(), 6);
/// let metric = trial.study().metrics.iter().position(|metric| metric.name == "path_length_m").unwrap();
/// let values = reader.member_values(metric, 0..6)?;
/// assert_eq!(values.len(), 6 * 2);
/// let summaries = reader.summaries(metric, PointIndex(0)..PointIndex(2))?;
/// assert!((summaries[0].mean - values[..6].iter().sum::<f64>() / 6.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Reader {
    hash: [u8; 32],
    form: Form,
    table: Table,
    file: File,
}

/// How the values of a results file are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As this program makes it: at fixed places, to be written and continued.
    Plain,
    /// Packed by this program: complete in itself, compressed, never to be written again.
    Packed,
    /// Written anew by another program.
    Rewritten,
}

impl Reader {
    /// Opens a results file.
    ///
    /// # Errors
    /// If it isn't there, isn't ours, is of another version, or is damaged.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::enter(path, Depth::Whole, ValueFile::open)
    }

    /// Opens a results file, but holds only its structure and its provenance against the seal, not the axes and the
    /// table of points: quick, however many points there are.
    ///
    /// # Errors
    /// See [`Self::open`].
    pub fn glance(path: &Path) -> Result<Self, StoreError> {
        Self::enter(path, Depth::Structure, ValueFile::open)
    }

    /// Opens a results file whose values are to be written.
    pub(super) fn open_to_write(path: &Path) -> Result<Self, StoreError> {
        Self::enter(path, Depth::Structure, ValueFile::open_to_write)
    }

    fn enter(
        path: &Path,
        depth: Depth,
        open: impl FnOnce(&Path) -> Result<ValueFile, StoreError>,
    ) -> Result<Self, StoreError> {
        let seal = gate::enter(path, depth)?;
        let mut reader = Self::over(open(path)?).map_err(|error| match error {
            // What is ours by its own bytes is no other program's because HDF5 couldn't read it.
            StoreError::Foreign { reason, .. } if seal.is_some() || gate::is_ours(path).unwrap_or(false) => {
                StoreError::Corrupt {
                    path: path.to_owned(),
                    reason,
                    parts: vec!["the file".to_owned()],
                }
            }
            other => other,
        })?;
        reader.form = match seal {
            Some(seal) if seal.is_of_packed() => Form::Packed,
            Some(_) => Form::Plain,
            None if reader.layout().version().is_sealed() => {
                rewritten::check(&reader, depth)?;
                Form::Rewritten
            }
            None => Form::Plain,
        };
        if reader.form != Form::Plain && reader.file.link_exists(packed_rows::GROUP) {
            reader.table.packed_rows = PackedRows::open(&reader.file, path, reader.layout())?;
        }
        Ok(reader)
    }

    /// Opens a file that may make HDF5 crash.
    pub(super) fn open_unexamined(path: &Path) -> Result<Self, StoreError> {
        Self::over(ValueFile::open(path)?)
    }

    /// Reads all that HDF5 must interpret: every dataset's header and attributes, and texts.
    pub(super) fn walk(&self) -> Result<(), StoreError> {
        let error = |error: hdf5::Error| StoreError::hdf("reading", &error);
        for group in self.layout().groups() {
            for variable in &group.variables {
                let (_, dataset) = objects::find(&self.file, &self.table.values, group, &variable.name)?;
                crate::netcdf4::hdf::attributes(&dataset).map_err(error)?;
                if variable.stored == StoredType::Text {
                    dataset.read_raw::<VarLenUnicode>().map_err(error)?;
                }
            }
        }
        self.resolved_study()?;
        self.configuration_toml()?;
        self.dimensions()?;
        Ok(())
    }

    /// Looks at the objects of a file that is open for its values.
    fn over(values: ValueFile) -> Result<Self, StoreError> {
        let file = objects::open(&values)?;
        let (version, shape) = check_header(&file, &values)?;
        let hash = configuration_hash(&file, &values)?;
        let (layout, checksum) = (Layout::of_version(shape, version), Checksum::of_version(&hash, version));
        let table = Table::new(values, layout, checksum, &|values, group, name| {
            Ok(objects::find(&file, values, group, name)?.0)
        })?;
        Ok(Self {
            hash,
            form: Form::Plain,
            table,
            file,
        })
    }

    /// The datasets alone; the file's objects are closed.
    pub(super) fn into_table(self) -> Result<Table, StoreError> {
        let Self { table, file, .. } = self;
        file.close()
            .map_err(|error| StoreError::hdf(format!("closing {}", table.values.path().display()), &error))?;
        Ok(table)
    }

    /// What the file holds.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.table.layout
    }

    /// Whether rows of tables are in the file itself, as in a packed one, even if another program has written that anew.
    #[must_use]
    pub fn has_packed_rows(&self) -> bool {
        self.table.packed_rows.is_some()
    }

    /// How it keeps its values.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// Hash of the configuration.
    #[must_use]
    pub fn configuration_hash(&self) -> [u8; 32] {
        self.hash
    }

    /// The part of a study that the file was made for; none for a whole one.
    #[must_use]
    pub fn part(&self) -> Option<Part> {
        let provenance = self.file.group("provenance").ok()?;
        crate::netcdf4::hdf::read_text_attribute(&provenance, PART, 64)?
            .parse()
            .ok()
    }

    /// The resolved study.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn resolved_study(&self) -> Result<ResolvedStudy, StoreError> {
        let text = self.text("configuration_json")?;
        serde_json::from_str(&text).map_err(|error| StoreError::Damaged {
            path: self.table.values.path().to_owned(),
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

    /// The resolved configuration as JSON.
    pub(super) fn configuration_json(&self) -> Result<String, StoreError> {
        self.text("configuration_json")
    }

    /// A text of the file isn't what it should be.
    pub(super) fn damaged_text(&self, what: &str) -> StoreError {
        StoreError::Damaged {
            path: self.table.values.path().to_owned(),
            object: "/provenance/configuration_json".to_owned(),
            found: format!("{what} can't be read"),
            expected: "a study of this version".to_owned(),
        }
    }

    fn text(&self, name: &str) -> Result<String, StoreError> {
        read_text(&self.file, &self.table.values, name)
    }

    /// States of a run of units; an unknown state counts as pending.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn states(&self, units: Range<u64>) -> Result<Vec<UnitState>, StoreError> {
        Ok(self.table.states(units)?.into_iter().map(unit_state).collect())
    }

    /// Holds on to the present states of all units, a byte each: what a run commits from now on is not seen. Whatever is read is of one
    /// moment then.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn freeze(&mut self) -> Result<(), StoreError> {
        self.table.freeze_states()
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

    /// How many members of each unit of a run took part; `None` in a file whose units have all that their design points
    /// declare. Of units that are not done the number means nothing.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn members_taking_part(&self, units: Range<u64>) -> Result<Option<Vec<i32>>, StoreError> {
        let bytes = self.table.of_units(ColumnPart::TakingPart, units)?;
        Ok(bytes.map(|bytes| words(&bytes).map(i32::from_le_bytes).collect()))
    }

    /// How each unit of a run ended, as a code of [`UnitFeatures::end_name`](crate::results::UnitFeatures::end_name); `None` in a
    /// file whose units only end in one way. Of units that are not done it means nothing.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn unit_ends(&self, units: Range<u64>) -> Result<Option<Vec<u8>>, StoreError> {
        self.table.of_units(ColumnPart::End, units)
    }

    /// What each unit of a run is, held against its checksum. Rows beside the file aren't looked at.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn unit_conditions(&self, units: Range<u64>) -> Result<Vec<UnitCondition>, StoreError> {
        let mut conditions = Vec::new();
        self.table.scan_columns(units, |_, state, holds| {
            conditions.push(match unit_state(state) {
                UnitState::Pending if state == UnitState::Pending as u8 => UnitCondition::Pending,
                _ if !holds => UnitCondition::Damaged,
                UnitState::Done => UnitCondition::Done,
                _ => UnitCondition::Quarantined,
            });
        })?;
        Ok(conditions)
    }

    /// How many done units ended how, by the names of the ends; nothing in a file whose units only end in one way.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn end_counts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.table.end_counts()
    }

    /// The rows of a unit in a table, by its index, in the order in which the unit appended them; `None` if the unit isn't
    /// done.
    ///
    /// # Errors
    /// If the file can't be read, or the rows are missing or damaged.
    ///
    /// # Panics
    /// If there is no such table.
    pub fn rows(&self, unit: UnitIndex, table: usize) -> Result<Option<TableRows>, StoreError> {
        self.table.rows(unit, table)
    }

    /// The folder that rows of these results are in, if it isn't there.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn missing_rows(&self) -> Result<Option<PathBuf>, StoreError> {
        self.table.missing_rows()
    }

    /// The files that were made from the results; none before they are made.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn products(&self) -> Result<Vec<ProductRecord>, StoreError> {
        products::read(&self.table)
    }

    /// How many rows of a table each unit of a run has; 0 for units that aren't done.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn row_counts(&self, table: usize, units: Range<u64>) -> Result<Vec<u64>, StoreError> {
        let states = self.states(units.clone())?;
        let bytes = self.table.of_units(ColumnPart::Rows(table), units)?.unwrap_or_default();
        let counts = words::<8>(&bytes).map(|count| u64::try_from(i64::from_le_bytes(count)).unwrap_or(0));
        Ok((counts.zip(states))
            .map(|(count, state)| if state == UnitState::Done { count } else { 0 })
            .collect())
    }

    /// A hash of what all rows of all tables come to: equal for equal rows of one study.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn rows_identity(&self) -> Result<blake3::Hash, StoreError> {
        const BLOCK: u64 = 1 << 20;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.hash);
        let units = self.layout().shape().plan().units();
        for table in 0..self.layout().shape().features.tables.len() {
            for part in [ColumnPart::Rows(table), ColumnPart::RowChecksum(table)] {
                for start in (0..units).step_by(BLOCK as usize) {
                    let run = start..units.min(start + BLOCK);
                    hasher.update(&self.table.of_units(part, run)?.unwrap_or_default());
                }
            }
        }
        Ok(hasher.finalize())
    }

    /// The swept keys with their values at all design points.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn point_coordinates(&self) -> Result<Vec<Coordinate>, StoreError> {
        let group = self.table.layout.group("points");
        let coordinates = (self.table.layout.shape().axes.iter()).flat_map(|axis| &axis.coordinates);
        coordinates
            .map(|coordinate| {
                Ok(Coordinate {
                    name: coordinate.name.clone(),
                    key: coordinate.key.clone(),
                    values: self.coordinate(group, &coordinate.name)?,
                })
            })
            .collect()
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

    /// Whether all units are committed and the summary is complete; never of results that [`Self::freeze`] holds on to, whose run may end
    /// meanwhile.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn finished(&self) -> Result<bool, StoreError> {
        Ok(!self.table.is_frozen() && self.table.flag(&self.table.finished)?)
    }

    /// Whether the summary is complete.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn summary_written(&self) -> Result<bool, StoreError> {
        self.table.flag(&self.table.summary_written)
    }

    /// See [`super::Writer::not_committed`].
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn not_committed(&self, units: Range<u64>) -> Result<Vec<Range<u64>>, StoreError> {
        self.table.not_committed(units)
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

    /// The first unit of the file whose metrics aren't what was committed, and how many there are, in bounded memory. Rows
    /// beside the file aren't looked at.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn damaged_units(&self) -> Result<Option<(UnitIndex, u64)>, StoreError> {
        let mut damaged = None;
        self.table.scan_columns(0..self.table.units(), |unit, state, holds| {
            if !holds && state != UnitState::Pending as u8 {
                let (_, count) = damaged.get_or_insert((unit, 0));
                *count += 1;
            }
        })?;
        Ok(damaged)
    }

    /// Bytes of the units' metrics.
    #[must_use]
    pub fn metrics_bytes(&self) -> u64 {
        self.table.units().saturating_mul(self.layout().slab_bytes())
    }

    /// Summaries of one metric at a run of points.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn summaries(&self, metric: usize, points: Range<PointIndex>) -> Result<Vec<Summary>, StoreError> {
        self.table.summaries(metric, points)
    }

    /// How many summaries of one metric from a point on aren't in the file, bit by bit, as they are given here.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn differing_summaries(
        &self,
        metric: usize,
        first_point: PointIndex,
        summaries: &[Summary],
    ) -> Result<u64, StoreError> {
        self.table.differing_summaries(metric, first_point, summaries)
    }

    /// The axes of the sweep with their values, as the file has them.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn dimensions(&self) -> Result<Vec<Dimension>, StoreError> {
        let group = self.table.layout.group("summary");
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
        let (extent, dataset) = objects::find(&self.file, &self.table.values, group, name)?;
        let read = || self.table.values.read("reading", &extent, extent.all());
        let variable = group.variables.iter().find(|variable| variable.name == name);
        Ok(match variable.map(|variable| variable.stored) {
            Some(StoredType::F64) => CoordinateValues::Real(words(&read()?).map(f64::from_le_bytes).collect()),
            Some(StoredType::I64) => CoordinateValues::Integer(words(&read()?).map(i64::from_le_bytes).collect()),
            _ => {
                let action = || format!("reading {}", self.table.values.path().display());
                let texts = (dataset.read_raw::<VarLenUnicode>()).map_err(|error| StoreError::hdf(action(), &error))?;
                CoordinateValues::Text(texts.iter().map(|text| text.to_string()).collect())
            }
        })
    }

    /// Where its values are.
    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    /// Its objects.
    pub(super) fn file(&self) -> &File {
        &self.file
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reader({})", self.table.values.path().display())
    }
}

pub(super) fn unit_state(byte: u8) -> UnitState {
    match byte {
        1 => UnitState::Done,
        2 => UnitState::Quarantined,
        _ => UnitState::Pending,
    }
}

/// Checks that the file is a results file of a version that we read; gives the version and the shape that it says it has.
fn check_header(file: &File, values: &ValueFile) -> Result<(SchemaVersion, Shape), StoreError> {
    let path = values.path();
    // With our groups in it, it is ours with a damaged attribute.
    let foreign = |reason: &str| {
        if file.link_exists("provenance") && file.link_exists("provenance/layout") {
            StoreError::Corrupt {
                path: path.to_owned(),
                reason: reason.to_owned(),
                parts: vec!["the attributes of the file".to_owned()],
            }
        } else {
            StoreError::Foreign {
                path: path.to_owned(),
                reason: reason.to_owned(),
            }
        }
    };
    let file_type = crate::netcdf4::hdf::read_text_attribute(file, "file_type", 64)
        .ok_or_else(|| foreign("it has no attribute `file_type`"))?;
    if file_type == ROWS_FILE_TYPE {
        return Err(foreign(
            "it holds recorded rows, which belong beside a results file and aren't named with it",
        ));
    }
    if file_type != FILE_TYPE {
        return Err(foreign(&format!("its attribute `file_type` is {file_type:?}")));
    }
    let version = (file.attr("schema_version"))
        .and_then(|attribute| attribute.read_scalar::<u32>())
        .map_err(|_| foreign("it has no attribute `schema_version`"))?;
    let version = SchemaVersion(version);
    if !version.is_known() {
        return Err(StoreError::Schema {
            path: path.to_owned(),
            found: version,
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
        serde_json::from_str(&read_text(file, values, "layout")?).map_err(|error| damaged(error.to_string()))?;
    fit::check(&shape).map_err(|error| damaged(error.to_string()))?;
    Ok((version, shape))
}

/// The hash of the configuration that the file holds.
fn configuration_hash(file: &File, values: &ValueFile) -> Result<[u8; 32], StoreError> {
    let text = read_text(file, values, "configuration_hash")?;
    parse_hash(&text).ok_or_else(|| StoreError::Damaged {
        path: values.path().to_owned(),
        object: "/provenance/configuration_hash".to_owned(),
        found: format!("{:?}", text.chars().take(80).collect::<String>()),
        expected: "64 hexadecimal digits".to_owned(),
    })
}

/// A hash from its hexadecimal digits.
pub(super) fn parse_hash(text: &str) -> Option<[u8; 32]> {
    let bytes: Option<Vec<u8>> = (text.as_bytes().chunks(2))
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    bytes?.try_into().ok()
}

/// Reads one text of `/provenance`.
pub(super) fn read_text(file: &File, values: &ValueFile, name: &str) -> Result<String, StoreError> {
    let object = format!("/provenance/{name}");
    let damaged = |found: String| StoreError::Damaged {
        path: values.path().to_owned(),
        object: object.clone(),
        found,
        expected: "one text".to_owned(),
    };
    let unreadable = |error: hdf5::Error| damaged(format!("unreadable ({})", crate::netcdf4::hdf::describe(&error)));
    let dataset = file.dataset(&object).map_err(unreadable)?;
    let one = dataset.dtype().map_err(unreadable)?.size();
    let (bytes, stored) = match dataset.shape().as_slice() {
        &[characters] if one == 1 => (characters, StoredType::Characters(characters)),
        _ => (one, StoredType::FixedText(one)),
    };
    let variable = Variable::new(name, stored, &[], "");
    if bytes > MAX_TEXT_BYTES || bytes as u64 > file.size() {
        return Err(damaged(format!("{bytes} bytes long")));
    }
    let group = Group {
        name: "provenance",
        axes: Vec::new(),
        variables: vec![variable],
    };
    let (extent, _) = objects::find(file, values, &group, name)?;
    Ok(crate::netcdf4::hdf::fixed_text(&values.read(
        "reading",
        &extent,
        extent.all(),
    )?))
}
