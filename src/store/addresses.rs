//! Where the values of an open results file are, as plain data for the other ranks.

use super::StoreError;
use super::columns::Table;
use super::extent::Extent;
use super::layout::Layout;
use super::reader::parse_hash;
use super::value_file::ValueFile;
use crate::netcdf4::Group;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a rank looks for the file that the first one has opened: network file systems show new files late, the tests
/// of this crate at once.
const PATIENCE: Duration = Duration::from_millis(if cfg!(test) { 100 } else { 60_000 });

/// The places of all datasets that are written while units run, found once by the rank that opened the file.
///
/// The others take them as they are and call HDF5 not at all. That they have the same file under the name, they see
/// from its length and the hash of the configuration in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    file_bytes: u64,
    offsets: BTreeMap<String, u64>,
}

impl Addresses {
    pub(super) fn of(table: &Table) -> Result<Self, StoreError> {
        Ok(Self {
            file_bytes: table.values.length()?,
            offsets: (table.extents())
                .map(|extent| (extent.object.clone(), extent.offset))
                .collect(),
        })
    }

    /// The extent of a dataset of the layout.
    pub(super) fn extent(&self, group: &Group, name: &str) -> Extent {
        let object = format!("/{}/{name}", group.name);
        let variable = (group.variables.iter())
            .find(|variable| variable.name == name)
            .expect("only variables of the layout are looked for");
        Extent {
            offset: *self.offsets.get(&object).expect("all ranks have the same layout"),
            shape: group.shape_of(variable),
            element_bytes: variable.stored.bytes(),
            object,
        }
    }

    /// Opens the file with these addresses, which holds the study with this hash.
    pub(super) fn open(&self, path: &Path, layout: &Layout, hash: &[u8; 32]) -> Result<ValueFile, StoreError> {
        let begin = Instant::now();
        let mut pause = Duration::from_millis(1);
        loop {
            let error = match ValueFile::open_to_write(path) {
                Ok(values) if self.fit(&values, layout, hash)? => return Ok(values),
                Ok(_) => StoreError::Moved { path: path.to_owned() },
                Err(error @ StoreError::Missing { .. }) => error,
                Err(error) => return Err(error),
            };
            if begin.elapsed() > PATIENCE {
                return Err(error);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_secs(1));
        }
    }

    /// Whether an open file is as long as the one that these are of.
    pub(super) fn are_of(&self, values: &ValueFile) -> Result<bool, StoreError> {
        Ok(values.length()? == self.file_bytes)
    }

    fn fit(&self, values: &ValueFile, layout: &Layout, hash: &[u8; 32]) -> Result<bool, StoreError> {
        if !self.are_of(values)? {
            return Ok(false);
        }
        let digits = self.extent(layout.group("provenance"), "configuration_hash");
        let found = values.read("reading", &digits, digits.all())?;
        Ok(parse_hash(&String::from_utf8_lossy(&found)) == Some(*hash))
    }
}
