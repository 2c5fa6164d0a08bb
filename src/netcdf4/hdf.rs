//! The few calls that go to the HDF5 library itself: raw bytes into the frames of field files, and attributes that
//! the wrapper can't write (references, text of any length).
//!
//! Bytes go in the type of the file (little-endian), so HDF5 never converts or copies them.
#![expect(
    unsafe_code,
    reason = "the wrapper has no untyped input and output and no reference attributes"
)]

use super::Slab;
use hdf5::{Dataset, Dataspace, Datatype, File, Location};
use hdf5_sys::h5::hsize_t;
use hdf5_sys::h5i::hid_t;
use hdf5_sys::{h5a, h5d, h5p, h5r, h5s, h5t};
use std::ffi::{CString, c_void};
use std::os::fd::AsRawFd;
use std::path::Path;

#[cfg(target_endian = "big")]
compile_error!("results files are little-endian; this program does not run on big-endian machines");

/// HDF5's message, outermost and innermost frame: what failed, and why.
pub(crate) fn describe(error: &hdf5::Error) -> String {
    let Some(stack) = error.stack() else {
        return error.to_string();
    };
    let frames: Vec<String> = stack.iter().map(|frame| frame.desc().to_owned()).collect();
    match frames.as_slice() {
        [] => "HDF5 gave no reason".to_owned(),
        [only] => only.clone(),
        [first, .., last] => format!("{first}: {last}"),
    }
}

/// Starts the HDF5 library. Called before MPI is started, because a parallel HDF5 that starts later ties its own end to
/// MPI's, and falls over then if it could not close a file. (The wrapper has it do nothing at the end of the process.)
pub fn start() {
    let _version = hdf5::library_version();
}

/// Version of the HDF5 library in use.
#[must_use]
pub fn version() -> String {
    let (major, minor, release) = hdf5::library_version();
    format!("{major}.{minor}.{release}")
}

/// The text in a field of fixed length, which ends at the first zero byte.
pub(crate) fn fixed_text(fixed: &[u8]) -> String {
    let end = fixed.iter().position(|byte| *byte == 0).unwrap_or(fixed.len());
    String::from_utf8_lossy(&fixed[..end]).into_owned()
}

/// Opens or makes a file whose name HDF5's wrapper may not take: it wants Unicode. A file with another name, which has to
/// be there, gets one by way of a descriptor of this process, as long as `open` takes.
pub(crate) fn by_name(path: &Path, open: impl FnOnce(&Path) -> hdf5::Result<File>) -> hdf5::Result<File> {
    if path.to_str().is_some() {
        return open(path);
    }
    // For reading and writing, if that is allowed: the name by the descriptor keeps to it on some systems.
    let file = (std::fs::OpenOptions::new().read(true).write(true).open(path))
        .or_else(|_| std::fs::File::open(path))
        .map_err(|error| hdf5::Error::Internal(error.to_string()))?;
    open(Path::new(&format!("/proc/self/fd/{}", file.as_raw_fd())))
}

/// Runs HDF5 calls under the wrapper's lock, with HDF5's own printing off.
pub(super) fn call(calls: impl FnOnce() -> i64) -> hdf5::Result<i64> {
    hdf5::sync::sync(|| {
        let result = calls();
        if result < 0 {
            Err(hdf5::Error::query()?)
        } else {
            Ok(result)
        }
    })
}

/// An identifier that is closed when dropped.
pub(super) struct Identifier {
    pub id: hid_t,
    close: unsafe extern "C" fn(hid_t) -> i32,
}

impl Identifier {
    pub fn new(close: unsafe extern "C" fn(hid_t) -> i32, make: impl FnOnce() -> hid_t) -> hdf5::Result<Self> {
        Ok(Self { id: call(make)?, close })
    }
}

impl Drop for Identifier {
    fn drop(&mut self) {
        // SAFETY: the identifier is open and of the kind that `close` closes; nobody else closes it.
        hdf5::sync::sync(|| unsafe { (self.close)(self.id) });
    }
}

/// A dataset open for bytes.
pub(crate) struct Raw {
    dataset: Dataset,
    datatype: Datatype,
    space: Dataspace,
    shape: Vec<u64>,
    element_bytes: usize,
}

impl Raw {
    /// Takes an open dataset.
    pub fn new(dataset: Dataset) -> hdf5::Result<Self> {
        let (datatype, space) = (dataset.dtype()?, dataset.space()?);
        let shape = space.shape().iter().map(|&length| length as u64).collect();
        Ok(Self {
            element_bytes: datatype.size(),
            dataset,
            datatype,
            space,
            shape,
        })
    }

    /// Its name in its group.
    pub fn name(&self) -> String {
        let path = self.dataset.name();
        path.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// Writes `bytes` to `slab`.
    ///
    /// # Panics
    /// If the slab isn't in the dataset or the bytes aren't as many as it has.
    pub fn write(&self, slab: &Slab, bytes: &[u8]) -> hdf5::Result<()> {
        self.transfer(slab, bytes.len(), |memory, space| {
            // SAFETY: `bytes` has as many bytes as the selection (checked by `transfer`), in the file's own type.
            unsafe {
                h5d::H5Dwrite(
                    self.dataset.id(),
                    self.datatype.id(),
                    memory,
                    space,
                    h5p::H5P_DEFAULT,
                    bytes.as_ptr().cast(),
                )
            }
        })
    }

    /// Reads `slab` into `bytes`.
    ///
    /// # Panics
    /// If the slab isn't in the dataset or the bytes aren't as many as it has.
    pub fn read(&self, slab: &Slab, bytes: &mut [u8]) -> hdf5::Result<()> {
        self.transfer(slab, bytes.len(), |memory, space| {
            // SAFETY: `bytes` has as many bytes as the selection (checked by `transfer`), in the file's own type.
            unsafe {
                h5d::H5Dread(
                    self.dataset.id(),
                    self.datatype.id(),
                    memory,
                    space,
                    h5p::H5P_DEFAULT,
                    bytes.as_mut_ptr().cast(),
                )
            }
        })
    }

    /// Lengths of its axes.
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// Bytes of an entry of its first axis, with all that lies along the others.
    pub fn cell_bytes(&self) -> u64 {
        let more = self.shape.iter().skip(1);
        more.fold(self.element_bytes as u64, |bytes, length| bytes.saturating_mul(*length))
    }

    fn transfer(&self, slab: &Slab, length: usize, run: impl FnOnce(hid_t, hid_t) -> i32) -> hdf5::Result<()> {
        let inside = slab.start.len() == self.shape.len()
            && slab.count.len() == self.shape.len()
            && (slab.start.iter().zip(&slab.count).zip(&self.shape))
                .all(|((start, count), length)| start + count <= *length);
        assert!(inside, "{slab:?} leaves a dataset of shape {:?}", self.shape);
        assert_eq!(
            length as u64,
            slab.len() * self.element_bytes as u64,
            "the buffer doesn't fit {slab:?}"
        );
        if slab.is_empty() {
            return Ok(());
        }
        if self.shape.is_empty() {
            return call(|| i64::from(run(h5s::H5S_ALL, h5s::H5S_ALL))).map(drop);
        }
        let elements: [hsize_t; 1] = [slab.len()];
        let memory = Identifier::new(h5s::H5Sclose, || {
            // SAFETY: one dimension, and an array of one length.
            unsafe { h5s::H5Screate_simple(1, elements.as_ptr(), std::ptr::null()) }
        })?;
        call(|| {
            // SAFETY: `start` and `count` have one entry per axis (checked above); null stands for 1 in both others.
            let selected = unsafe {
                h5s::H5Sselect_hyperslab(
                    self.space.id(),
                    h5s::H5S_SELECT_SET,
                    slab.start.as_ptr(),
                    std::ptr::null(),
                    slab.count.as_ptr(),
                    std::ptr::null(),
                )
            };
            i64::from(if selected < 0 {
                selected
            } else {
                run(memory.id, self.space.id())
            })
        })
        .map(drop)
    }
}

impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Raw({}, {:?})", self.dataset.name(), self.shape)
    }
}

/// The address of `path` in `group`, as references store it.
pub(crate) fn reference(group: &Location, path: &str) -> hdf5::Result<u64> {
    let path = CString::new(path).map_err(|_| hdf5::Error::Internal("a name with a zero byte".to_owned()))?;
    let mut address: h5r::hobj_ref_t = 0;
    call(|| {
        // SAFETY: an object reference is one address; `path` ends with a zero byte; the kind of an object reference is
        // 0 under the names that it has had (`H5R_OBJECT`, `H5R_OBJECT1`).
        i64::from(unsafe {
            h5r::H5Rcreate(
                (&raw mut address).cast(),
                group.id(),
                path.as_ptr(),
                std::mem::zeroed(),
                -1,
            )
        })
    })?;
    Ok(address)
}

/// Writes an attribute of `datatype` from `data`, which must have as many elements as `length` says (`None`: scalar).
///
/// # Safety
/// `data` must point to that many elements of the type.
unsafe fn attribute(
    at: &Location,
    name: &str,
    datatype: hid_t,
    length: Option<usize>,
    data: *const c_void,
) -> hdf5::Result<()> {
    let name = CString::new(name).map_err(|_| hdf5::Error::Internal("a name with a zero byte".to_owned()))?;
    let lengths: [hsize_t; 1] = [length.unwrap_or(1) as u64];
    let space = Identifier::new(h5s::H5Sclose, || {
        // SAFETY: no or one dimension, and an array of one length.
        unsafe {
            match length {
                None => h5s::H5Screate(h5s::H5S_class_t::H5S_SCALAR),
                Some(_) => h5s::H5Screate_simple(1, lengths.as_ptr(), std::ptr::null()),
            }
        }
    })?;
    let attribute = Identifier::new(h5a::H5Aclose, || {
        // SAFETY: all identifiers are open, the name ends with a zero byte.
        unsafe {
            h5a::H5Acreate2(
                at.id(),
                name.as_ptr(),
                datatype,
                space.id,
                h5p::H5P_DEFAULT,
                h5p::H5P_DEFAULT,
            )
        }
    })?;
    // SAFETY: the caller vouches for `data`.
    call(|| i64::from(unsafe { h5a::H5Awrite(attribute.id, datatype, data) })).map(drop)
}

/// Writes numbers, as a scalar if there is one.
pub(crate) fn number_attribute<T: hdf5::H5Type>(at: &Location, name: &str, values: &[T]) -> hdf5::Result<()> {
    let datatype = Datatype::from_type::<T>()?;
    let length = (values.len() != 1).then_some(values.len());
    // SAFETY: `H5Type` says that the memory of `T` is what `datatype` describes.
    unsafe { attribute(at, name, datatype.id(), length, values.as_ptr().cast()) }
}

/// Writes text as netCDF does: one string of fixed length (h5py gives bytes, h5netcdf and the netCDF library text).
pub(crate) fn text_attribute(at: &Location, name: &str, text: &str) -> hdf5::Result<()> {
    let bytes = if text.is_empty() { &b"\0"[..] } else { text.as_bytes() };
    let datatype = Identifier::new(h5t::H5Tclose, || {
        // SAFETY: copies a type of the library, which `globals` has opened.
        unsafe { h5t::H5Tcopy(*hdf5::globals::H5T_C_S1) }
    })?;
    let charset = if text.is_ascii() {
        h5t::H5T_cset_t::H5T_CSET_ASCII
    } else {
        h5t::H5T_cset_t::H5T_CSET_UTF8
    };
    call(|| {
        // SAFETY: our own copy of a string type.
        i64::from(unsafe { h5t::H5Tset_size(datatype.id, bytes.len()).min(h5t::H5Tset_cset(datatype.id, charset)) })
    })?;
    // SAFETY: the type is as long as `bytes`.
    unsafe { attribute(at, name, datatype.id, None, bytes.as_ptr().cast()) }
}

/// Writes `DIMENSION_LIST`: for each axis of a variable the one scale that labels it.
pub(crate) fn dimension_list(at: &Location, scales: &[u64]) -> hdf5::Result<()> {
    let datatype = Identifier::new(h5t::H5Tclose, || {
        // SAFETY: makes a new type from a type of the library.
        unsafe { h5t::H5Tvlen_create(*hdf5::globals::H5T_STD_REF_OBJ) }
    })?;
    let mut addresses = scales.to_vec();
    let lists: Vec<h5t::hvl_t> = (addresses.iter_mut())
        .map(|address| h5t::hvl_t {
            len: 1,
            p: std::ptr::from_mut(address).cast(),
        })
        .collect();
    // SAFETY: one list per scale, each pointing to one address that outlives the call.
    unsafe {
        attribute(
            at,
            "DIMENSION_LIST",
            datatype.id,
            Some(lists.len()),
            lists.as_ptr().cast(),
        )
    }
}

/// One variable that a scale labels, as in `REFERENCE_LIST`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScaleUse {
    /// Address of the variable.
    pub variable: u64,
    /// Which of its axes.
    pub axis: i32,
}

/// Writes `REFERENCE_LIST`: which variables use a scale.
pub(crate) fn reference_list(at: &Location, uses: &[ScaleUse]) -> hdf5::Result<()> {
    let datatype = Identifier::new(h5t::H5Tclose, || {
        // SAFETY: makes a new, empty compound type.
        unsafe { h5t::H5Tcreate(h5t::H5T_class_t::H5T_COMPOUND, size_of::<ScaleUse>()) }
    })?;
    let members = [
        (
            c"dataset",
            std::mem::offset_of!(ScaleUse, variable),
            *hdf5::globals::H5T_STD_REF_OBJ,
        ),
        (
            c"dimension",
            std::mem::offset_of!(ScaleUse, axis),
            *hdf5::globals::H5T_NATIVE_INT,
        ),
    ];
    for (name, offset, member) in members {
        // SAFETY: names end with a zero byte, offsets and sizes are those of `ScaleUse`.
        call(|| i64::from(unsafe { h5t::H5Tinsert(datatype.id, name.as_ptr(), offset, member) }))?;
    }
    // SAFETY: `ScaleUse` has the layout of the type; its padding is never read.
    unsafe {
        attribute(
            at,
            "REFERENCE_LIST",
            datatype.id,
            Some(uses.len()),
            uses.as_ptr().cast(),
        )
    }
}

/// Reads a text attribute of at most `longest` bytes; `None` where there is none like that.
pub(crate) fn read_text_attribute(at: &Location, name: &str, longest: usize) -> Option<String> {
    let attribute = at.attr(name).ok()?;
    let datatype = attribute.dtype().ok()?;
    let fixed = matches!(
        datatype.to_descriptor().ok()?,
        hdf5::types::TypeDescriptor::FixedAscii(_) | hdf5::types::TypeDescriptor::FixedUnicode(_)
    );
    if !fixed || !attribute.is_scalar() || datatype.size() > longest {
        return None;
    }
    let mut bytes = vec![0_u8; datatype.size()];
    // SAFETY: a scalar of a fixed-length type, and a buffer of that length.
    call(|| i64::from(unsafe { h5a::H5Aread(attribute.id(), datatype.id(), bytes.as_mut_ptr().cast()) })).ok()?;
    Some(fixed_text(&bytes))
}

/// An attribute as it is in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredAttribute {
    pub name: String,
    /// The type in words.
    pub datatype: String,
    pub shape: Vec<usize>,
    /// The value in the file's type, which is little-endian.
    pub bytes: Vec<u8>,
}

/// Most bytes of an attribute: HDF5 keeps it with the others in a header of at most 64 KiB.
const MAX_ATTRIBUTE_BYTES: usize = 1 << 16;

/// The attributes of an object by name, without those that hold addresses (which tie datasets to their scales).
pub(crate) fn attributes(at: &Location) -> hdf5::Result<Vec<StoredAttribute>> {
    use hdf5::types::TypeDescriptor;
    let mut names = at.attr_names()?;
    names.sort_unstable();
    let mut attributes = Vec::new();
    for name in names {
        if name == "DIMENSION_LIST" || name == "REFERENCE_LIST" {
            continue;
        }
        let attribute = at.attr(&name)?;
        let datatype = attribute.dtype()?;
        let descriptor = datatype.to_descriptor()?;
        let plain = matches!(
            descriptor,
            TypeDescriptor::Integer(_)
                | TypeDescriptor::Unsigned(_)
                | TypeDescriptor::Float(_)
                | TypeDescriptor::FixedAscii(_)
                | TypeDescriptor::FixedUnicode(_)
        );
        let shape = attribute.shape();
        let bytes = (shape.iter()).try_fold(datatype.size(), |bytes, length| bytes.checked_mul(*length));
        let Some(bytes) = bytes.filter(|bytes| plain && *bytes <= MAX_ATTRIBUTE_BYTES) else {
            return Err(hdf5::Error::Internal(format!(
                "the attribute {name} is of type {descriptor} and shape {shape:?}"
            )));
        };
        let mut value = vec![0_u8; bytes];
        // SAFETY: a type without pointers, and a buffer of as many bytes as the attribute has.
        call(|| i64::from(unsafe { h5a::H5Aread(attribute.id(), datatype.id(), value.as_mut_ptr().cast()) }))?;
        attributes.push(StoredAttribute {
            name,
            datatype: descriptor.to_string(),
            shape,
            bytes: value,
        });
    }
    Ok(attributes)
}
