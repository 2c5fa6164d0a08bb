//! A results file whose units another one takes over.

use super::addresses::Addresses;
use super::checksum::Checksum;
use super::columns::Table;
use super::layout::{Column, Layout};
use super::row_files::RowFiles;
use super::value_file::ValueFile;
use super::{Form, Reader, SchemaVersion, StoreError};
use crate::results::Shape;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// A results file open for its units, and how its columns and tables become those of another layout.
pub struct Donor {
    pub(super) table: Table,
    /// The rows beside it; none if nothing of them is wanted.
    pub(super) rows: Option<RowFiles>,
    /// For each column of the other layout, which of this file's it is.
    pub(super) columns: Vec<usize>,
    /// For each table of rows of the other layout, which of this file's it is.
    pub(super) tables: Vec<usize>,
}

/// A donor as rank 0 has opened it, for the other ranks, which don't call HDF5.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DonorPlaces {
    path: Vec<u8>,
    version: u32,
    shape: Shape,
    configuration_hash: [u8; 32],
    addresses: Addresses,
}

impl Donor {
    /// Takes an open file as a donor of `target`'s units.
    ///
    /// # Errors
    /// [`StoreError::LacksColumn`] if it hasn't all that the units of `target` have, [`StoreError::PackedDonor`] if plain reads
    /// don't reach its values, [`StoreError::RowsMissing`] if its folder of rows was left behind.
    pub fn of(reader: Reader, target: &Layout) -> Result<Self, StoreError> {
        if reader.form() != Form::Plain {
            return Err(StoreError::PackedDonor {
                path: reader.table().values.path().to_owned(),
            });
        }
        if target.has_tables()
            && let Some(folder) = reader.missing_rows()?
        {
            let path = reader.table().values.path().to_owned();
            return Err(StoreError::RowsMissing { path, folder });
        }
        Self::with(reader.into_table()?, target)
    }

    /// Opens what another rank has opened.
    ///
    /// # Errors
    /// If this host doesn't see the same file.
    pub fn join(places: &DonorPlaces, target: &Layout) -> Result<Self, StoreError> {
        let path = PathBuf::from(OsString::from_vec(places.path.clone()));
        let version = SchemaVersion(places.version);
        let layout = Layout::of_version(places.shape.clone(), version);
        let checksum = Checksum::of_version(&places.configuration_hash, version);
        let values = ValueFile::open(&path)?;
        if !places.addresses.are_of(&values)? {
            return Err(StoreError::Moved { path });
        }
        let table = Table::new(values, layout, checksum, &|_, group, name| {
            Ok(places.addresses.extent(group, name))
        })?;
        Self::with(table, target)
    }

    /// Where everything is, for the other ranks. `configuration_hash` is that of the file.
    ///
    /// # Errors
    /// If the file can't be looked at.
    pub fn places(&self, configuration_hash: [u8; 32]) -> Result<DonorPlaces, StoreError> {
        Ok(DonorPlaces {
            path: self.path().as_os_str().as_bytes().to_vec(),
            version: self.table.layout.version().0,
            shape: self.table.layout.shape().clone(),
            configuration_hash,
            addresses: Addresses::of(&self.table)?,
        })
    }

    fn with(table: Table, target: &Layout) -> Result<Self, StoreError> {
        let lacks = |what: String| StoreError::LacksColumn {
            path: table.values.path().to_owned(),
            what,
        };
        let (ours, theirs) = (target.shape(), table.layout.shape());
        if ours.members != theirs.members || ours.member_axis.name != theirs.member_axis.name {
            return Err(lacks("the same members".to_owned()));
        }
        let features = |shape: &Shape| (shape.features.ragged_members, shape.features.ends.clone());
        if features(ours) != features(theirs) {
            return Err(lacks("the same words for how a unit ends".to_owned()));
        }
        let tables = (ours.features.tables.iter())
            .map(|wanted| {
                let same = theirs.features.tables.iter().position(|table| table == wanted);
                same.ok_or_else(|| lacks(format!("a table `{}` with the same columns", wanted.name)))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let columns = (target.columns().iter())
            .map(|wanted| {
                let same = |column: &Column| is_same(wanted, target, column, &table.layout);
                let found = table.layout.columns().iter().position(same);
                found.ok_or_else(|| lacks(format!("a column `{}` with the same meaning", wanted.name)))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let rows = if tables.is_empty() { None } else { table.files_of_rows() };
        Ok(Self {
            table,
            rows,
            columns,
            tables,
        })
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.table.values.path()
    }

    /// Number of its units, of whatever state.
    #[must_use]
    pub fn units(&self) -> u64 {
        self.table.units()
    }
}

/// Whether a column of one layout holds what a column of another one does, member by member.
fn is_same(ours: &Column, our_layout: &Layout, theirs: &Column, their_layout: &Layout) -> bool {
    let metric = |column: &Column, layout: &Layout| column.metric.map(|metric| layout.shape().metrics[metric].clone());
    let alike = match (metric(ours, our_layout), metric(theirs, their_layout)) {
        (Some(ours), Some(theirs)) => ours.is_like(&theirs),
        (None, None) => ours.recorded == theirs.recorded,
        _ => false,
    };
    alike && ours.name == theirs.name && ours.stored == theirs.stored
}

impl std::fmt::Debug for Donor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Donor({})", self.path().display())
    }
}
