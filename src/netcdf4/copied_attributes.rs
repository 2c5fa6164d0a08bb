//! Attributes that go from one object to another as they are.
#![expect(unsafe_code, reason = "the wrapper has no untyped attributes")]

use super::hdf::{self, Identifier, StoredAttribute, call};
use hdf5::Location;
use hdf5_sys::{h5a, h5p};
use std::ffi::CString;

/// Those that tie datasets to their dimensions: they belong to their file.
const OF_DIMENSIONS: [&str; 3] = ["CLASS", "NAME", "_Netcdf4Dimid"];

/// Copies the attributes of an object that say what it means, but for those that `skip` names.
pub(crate) fn copy_attributes(from: &Location, to: &Location, skip: &[&str]) -> hdf5::Result<()> {
    let copied = |attribute: &&StoredAttribute| {
        let name = attribute.name.as_str();
        !OF_DIMENSIONS.contains(&name) && !skip.contains(&name)
    };
    for stored in hdf::attributes(from)?.iter().filter(copied) {
        let source = from.attr(&stored.name)?;
        let (datatype, space) = (source.dtype()?, source.space()?);
        let name = CString::new(stored.name.as_str())
            .map_err(|_| hdf5::Error::Internal("a name with a zero byte".to_owned()))?;
        let made = Identifier::new(h5a::H5Aclose, || {
            // SAFETY: all identifiers are open, the name ends with a zero byte.
            unsafe {
                h5a::H5Acreate2(
                    to.id(),
                    name.as_ptr(),
                    datatype.id(),
                    space.id(),
                    h5p::H5P_DEFAULT,
                    h5p::H5P_DEFAULT,
                )
            }
        })?;
        // SAFETY: as many bytes as the attribute has, in its own type, which has no pointers.
        call(|| i64::from(unsafe { h5a::H5Awrite(made.id, datatype.id(), stored.bytes.as_ptr().cast()) }))?;
    }
    Ok(())
}
