//! A results file seen through HDF5: where its datasets are, and whether they are what the layout says.

use super::extent::Extent;
use super::value_file::ValueFile;
use super::{StoreError, gate};
use crate::netcdf4::hdf::{self, Raw};
use crate::netcdf4::{self, Group, Variable};
use hdf5::{Dataset, File};

/// Opens the file of `values` for looking at its objects; HDF5 never writes to it.
pub(super) fn open(values: &ValueFile) -> Result<File, StoreError> {
    let path = values.path();
    let mut builder = File::with_options();
    builder.with_fapl(|access| access.sec2().file_locking(false));
    let file = hdf::by_name(path, |name| builder.open(name)).map_err(|error| gate::not_opened(path, &error))?;
    // Both were opened by name: another file may have got it in between.
    values.check_place()?;
    Ok(file)
}

/// Finds one dataset and checks type, shape and storage, so that no later read or write can be led astray.
pub(super) fn find(
    file: &File,
    values: &ValueFile,
    group: &Group,
    name: &str,
) -> Result<(Extent, Dataset), StoreError> {
    let variable = (group.variables.iter())
        .find(|variable| variable.name == name)
        .expect("only variables of the layout are looked for");
    let object = format!("/{}/{name}", group.name);
    let damaged = |found: String, expected: String| StoreError::Damaged {
        path: values.path().to_owned(),
        object: object.clone(),
        found,
        expected,
    };
    let dataset = file.dataset(&object).map_err(|error| {
        damaged(
            format!("unreadable ({})", hdf::describe(&error)),
            "a dataset".to_owned(),
        )
    })?;
    check(&dataset, group, variable).map_err(|(found, expected)| damaged(found, expected))?;
    if let Some(extent) = extent_of(&dataset, group, variable) {
        extent.check_within(values.length()?, values.path())?;
        return Ok((extent, dataset));
    }
    netcdf4::register_zstd();
    let missing: Vec<String> = (dataset.filters().iter())
        .filter(|filter| !filter.is_available())
        .map(|filter| format!("{filter:?}"))
        .collect();
    if !missing.is_empty() {
        let found = format!("compressed in a way that this HDF5 can't read ({})", missing.join(", "));
        return Err(damaged(
            found,
            "without compression, or with deflate or zstd".to_owned(),
        ));
    }
    let raw = Raw::new(dataset.clone()).map_err(|error| StoreError::hdf("reading", &error))?;
    values.read_by_hdf5(&object, raw);
    let extent = Extent {
        object,
        offset: 0,
        shape: group.shape_of(variable),
        element_bytes: variable.stored.bytes(),
    };
    Ok((extent, dataset))
}

/// Where a dataset is that is as its variable says, if it is one contiguous piece.
pub(super) fn extent_of(dataset: &Dataset, group: &Group, variable: &Variable) -> Option<Extent> {
    if !matches!(dataset.layout(), hdf5::dataset::Layout::Contiguous) {
        return None;
    }
    Some(Extent {
        object: format!("/{}/{}", group.name, variable.name),
        offset: dataset.offset()?,
        shape: group.shape_of(variable),
        element_bytes: variable.stored.bytes(),
    })
}

fn check(dataset: &Dataset, group: &Group, variable: &Variable) -> Result<(), (String, String)> {
    let shape = group.dataset_shape_of(variable);
    let found: Vec<u64> = dataset.shape().iter().map(|&length| length as u64).collect();
    if found != shape {
        return Err((format!("of shape {found:?}"), format!("{shape:?}")));
    }
    let unknown = |error: hdf5::Error| (hdf::describe(&error), "a type".to_owned());
    let expected = hdf5::Datatype::from_descriptor(&variable.stored.descriptor()).map_err(unknown)?;
    let datatype = dataset.dtype().map_err(unknown)?;
    if datatype == expected {
        return Ok(());
    }
    let found = datatype
        .to_descriptor()
        .map_or_else(|_| "of an unknown type".to_owned(), |found| format!("of type {found}"));
    Err((found, variable.stored.descriptor().to_string()))
}
