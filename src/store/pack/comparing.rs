//! A packed file read back, and held against the results that it was made of.

use super::writing::source_of;
use super::{Work, datasets};
use crate::netcdf4::{StoredType, hdf};
use crate::store::describe::ENCODING;
use crate::store::{Reader, StoreError, objects};
use hdf5::types::VarLenUnicode;
use std::path::Path;

/// Units whose rows are looked at at a time.
const UNITS: u64 = 4096;

/// Reads the file at `path` as any other, and compares every value and attribute.
pub(super) fn compare(reader: &Reader, path: &Path, target: &Path, work: &mut Work<'_>) -> Result<(), StoreError> {
    let other = |object: String| StoreError::PackedOtherwise {
        path: target.to_owned(),
        object,
    };
    let error = |error: hdf5::Error| StoreError::hdf(format!("reading back {}", target.display()), &error);
    let packed = Reader::open(path)?;
    for group in packed.layout().groups() {
        for variable in &group.variables {
            let object = || format!("/{}/{}", group.name, variable.name);
            let (from, source) = source_of(reader, group, variable)?;
            let (to, made) = objects::find(packed.file(), &packed.table().values, group, &variable.name)?;
            let attributes = |dataset| -> hdf5::Result<Vec<_>> {
                let mut attributes = hdf::attributes(dataset)?;
                attributes.retain(|attribute| attribute.name != ENCODING && attribute.name != "_Netcdf4Dimid");
                Ok(attributes)
            };
            if attributes(&source).map_err(error)? != attributes(&made).map_err(error)? {
                return Err(other(object()));
            }
            if variable.stored == StoredType::Text {
                let texts = |dataset: &hdf5::Dataset| dataset.read_raw::<VarLenUnicode>().map_err(error);
                if texts(&source)? != texts(&made)? {
                    return Err(other(object()));
                }
                continue;
            }
            for run in datasets::runs(&to.shape, to.element_bytes) {
                let expected = reader.table().values.read("reading", &from, run.clone())?;
                let found = packed.table().values.read("reading back", &to, run)?;
                if found != expected {
                    return Err(other(object()));
                }
                work.add(expected.len() as u64)?;
            }
        }
    }
    compare_rows(&packed, &other, work)
}

/// Holds the rows of every unit against its checksums.
fn compare_rows(packed: &Reader, other: &dyn Fn(String) -> StoreError, work: &mut Work<'_>) -> Result<(), StoreError> {
    let table = packed.table();
    let Some(rows) = table.row_files() else { return Ok(()) };
    for start in (0..table.units()).step_by(UNITS as usize) {
        let units = start..(start + UNITS).min(table.units());
        for (unit, expected) in units.clone().zip(table.all_expected_rows(units)?) {
            let Some(expected) = expected else { continue };
            let mut bytes = 0;
            let holds = rows.visit(table, crate::sweep::UnitIndex(unit), &expected, |blocks| {
                let columns = blocks.iter().flat_map(|block| &block.columns);
                bytes += columns.map(|column| column.len() as u64).sum::<u64>();
            })?;
            if !holds {
                return Err(other(format!("the rows of unit {unit}")));
            }
            work.add(bytes)?;
        }
    }
    Ok(())
}
