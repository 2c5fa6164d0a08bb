//! The digest of a results file: equal for equal results, whoever computed them where.

use super::describe::ENCODING;
use super::{Reader, StoreError, objects};
use crate::netcdf4::hdf::{self, StoredAttribute};
use crate::netcdf4::{Group, StoredType, Variable};
use blake3::{Hash, Hasher};
use hdf5::types::VarLenUnicode;
use std::fmt;
use std::path::Path;

/// Bytes that are read at a time.
const BLOCK_BYTES: u64 = 8 << 20;

/// Groups that depend on who made the file where and when. What rows hold is known by their checksums in `/units`.
const LEFT_OUT: [&str; 2] = ["provenance", "tables"];

/// BLAKE3 of every dataset, and over all of them.
///
/// A dataset's digest is over its path, type, shape, attributes and values, all as they are in the file. `/provenance` is left out (it says who
/// made the file, when and where), so is `/tables` (the places of rows), and so are the root attributes; storage addresses never enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// `(path, digest)`, sorted by path.
    pub datasets: Vec<(String, Hash)>,
    /// Digest of schema version, configuration hash and all datasets.
    pub total: Hash,
    /// Digest of what was recorded besides the results, if anything was: numbers of rows and checksums of each unit.
    pub recorded: Option<Hash>,
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, hash) in &self.datasets {
            writeln!(f, "{hash}  {path}")?;
        }
        if let Some(recorded) = &self.recorded {
            writeln!(f, "{recorded}  recorded")?;
        }
        write!(f, "{}  total", self.total)
    }
}

/// Computes the digest in bounded memory; `progress` hears bytes that were read, and of how many.
///
/// # Errors
/// If the file can't be opened or read.
pub fn digest(path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Digest, StoreError> {
    let reader = Reader::open(path)?;
    let groups = || {
        reader
            .layout()
            .groups()
            .iter()
            .filter(|group| !LEFT_OUT.contains(&group.name))
    };
    let bytes_of =
        |group: &Group, variable: &Variable| group.shape_of(variable).iter().product::<u64>() * variable.stored.bytes();
    let total_bytes = groups()
        .flat_map(|group| group.variables.iter().map(move |variable| bytes_of(group, variable)))
        .sum();
    let mut read_bytes = 0;
    let mut datasets = Vec::new();
    for group in groups() {
        for variable in &group.variables {
            let hash = dataset(&reader, group, variable, &mut |bytes| {
                read_bytes += bytes;
                progress(read_bytes, total_bytes);
            })?;
            datasets.push((format!("/{}/{}", group.name, variable.name), hash));
        }
    }
    datasets.sort_by(|a, b| a.0.cmp(&b.0));
    let mut hasher = Hasher::new();
    hasher.update(&reader.layout().version().of_digest().to_le_bytes());
    hasher.update(&reader.configuration_hash());
    for (path, hash) in &datasets {
        add_text(&mut hasher, path);
        hasher.update(hash.as_bytes());
    }
    Ok(Digest {
        datasets,
        total: hasher.finalize(),
        recorded: recorded(&reader)?,
    })
}

/// The digest of all rows that are recorded, as the file knows them; none if none are.
fn recorded(reader: &Reader) -> Result<Option<Hash>, StoreError> {
    let layout = reader.layout();
    if !layout.has_recorded() {
        return Ok(None);
    }
    let mut hasher = Hasher::new();
    hasher.update(&reader.configuration_hash());
    let group = layout.group("tables");
    for column in layout.columns().iter().filter(|column| column.recorded) {
        let variable = (group.variables.iter())
            .find(|variable| variable.name == column.name)
            .expect("every column has its variable");
        hasher.update(dataset(reader, group, variable, &mut |_| {})?.as_bytes());
    }
    Ok(Some(hasher.finalize()))
}

/// The type as a digest has it: how texts are stored doesn't matter to it.
fn type_name(stored: StoredType) -> String {
    match stored {
        StoredType::Characters(bytes) => format!("{:?}", StoredType::FixedText(bytes)),
        stored => format!("{stored:?}"),
    }
}

/// Adds a text so that two texts never look like one.
fn add_text(hasher: &mut Hasher, text: &str) {
    hasher.update(&(text.len() as u64).to_le_bytes());
    hasher.update(text.as_bytes());
}

fn dataset(
    reader: &Reader,
    group: &Group,
    variable: &Variable,
    progress: &mut dyn FnMut(u64),
) -> Result<Hash, StoreError> {
    let values = &reader.table().values;
    let (extent, dataset) = objects::find(reader.file(), values, group, &variable.name)?;
    let mut hasher = Hasher::new();
    add_text(&mut hasher, group.name);
    add_text(&mut hasher, &variable.name);
    add_text(&mut hasher, &type_name(variable.stored));
    for (axis, length) in variable.axes.iter().zip(&extent.shape) {
        add_text(&mut hasher, &group.axes[*axis].name);
        hasher.update(&length.to_le_bytes());
    }
    let attributes = hdf::attributes(&dataset)
        .map_err(|error| StoreError::hdf(format!("reading attributes of {}", values.path().display()), &error))?;
    let of_results = attributes.iter().filter(|attribute| attribute.name != ENCODING);
    add_attributes(&mut hasher, &of_results.collect::<Vec<_>>());
    let block = (BLOCK_BYTES / variable.stored.bytes()).max(1);
    for start in extent.all().step_by(block as usize) {
        let range = start..(start + block).min(extent.len());
        let bytes = (range.end - range.start) * variable.stored.bytes();
        if variable.stored == StoredType::Text {
            let slice = range.start as usize..range.end as usize;
            let texts = (dataset.read_slice_1d::<VarLenUnicode, _>(slice))
                .map_err(|error| StoreError::hdf(format!("reading {}", values.path().display()), &error))?;
            texts.iter().for_each(|text| add_text(&mut hasher, text));
        } else {
            hasher.update(&values.read("reading", &extent, range)?);
        }
        progress(bytes);
    }
    Ok(hasher.finalize())
}

/// The attributes as they are in the file; those that tie a variable to its axes are in the axes' names.
fn add_attributes(hasher: &mut Hasher, attributes: &[&StoredAttribute]) {
    hasher.update(&(attributes.len() as u64).to_le_bytes());
    for attribute in attributes {
        add_text(hasher, &attribute.name);
        add_text(hasher, &attribute.datatype);
        hasher.update(&(attribute.shape.len() as u64).to_le_bytes());
        for length in &attribute.shape {
            hasher.update(&(*length as u64).to_le_bytes());
        }
        hasher.update(&attribute.bytes);
    }
}
