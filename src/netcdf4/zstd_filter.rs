//! Zstandard as a filter of HDF5, under the number that the HDF Group keeps for it: 32015. HDF5 has none of its own; other
//! programs read such datasets by a plug-in (`hdf5plugin` for Python).
#![expect(unsafe_code, reason = "HDF5 calls filters by a C interface")]

use hdf5_sys::h5z::{H5Z_FLAG_REVERSE, H5Z_class2_t, H5Z_filter_t, H5Zregister};
use std::ffi::{c_uint, c_void};
use std::sync::Once;

/// Number of the filter.
pub(crate) const ZSTD: H5Z_filter_t = 32015;

/// Version of the interface of filters.
const CLASS_VERSION: i32 = 1;

/// Most bytes that a chunk can have once it is read: HDF5 allows chunks of 4 GiB.
const MAX_CHUNK_BYTES: u64 = 1 << 32;

/// Tells HDF5 of the filter; once is enough.
pub(crate) fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let class = H5Z_class2_t {
            version: CLASS_VERSION,
            id: ZSTD,
            encoder_present: 1,
            decoder_present: 1,
            name: c"zstd".as_ptr(),
            can_apply: None,
            set_local: None,
            filter: Some(filter),
        };
        // SAFETY: HDF5 copies the description, whose name and function live as long as the program.
        hdf5::sync::sync(|| unsafe { H5Zregister((&raw const class).cast()) });
    });
}

/// Compresses or decompresses a chunk: the bytes of the new buffer, which takes the place of the old one; 0 if it can't.
///
/// # Safety
/// Called by HDF5, with a buffer of its own that has at least `bytes` bytes, and as many parameters as it says.
unsafe extern "C" fn filter(
    flags: c_uint,
    count: usize,
    parameters: *const c_uint,
    bytes: usize,
    buffer_bytes: *mut usize,
    buffer: *mut *mut c_void,
) -> usize {
    // SAFETY: as HDF5 promises.
    let (given, level) = unsafe {
        let level = if count > 0 { *parameters } else { 3 };
        (std::slice::from_raw_parts((*buffer).cast::<u8>(), bytes), level)
    };
    let made = if flags & H5Z_FLAG_REVERSE != 0 {
        decompressed(given)
    } else {
        zstd::bulk::compress(given, level as i32).ok()
    };
    let Some(made) = made.filter(|made| !made.is_empty()) else {
        return 0;
    };
    // SAFETY: HDF5 frees the old buffer with the C library's function, as it does with the one that it gets.
    unsafe {
        let place = libc::malloc(made.len());
        if place.is_null() {
            return 0;
        }
        std::ptr::copy_nonoverlapping(made.as_ptr(), place.cast::<u8>(), made.len());
        libc::free(*buffer);
        (*buffer, *buffer_bytes) = (place, made.len());
    }
    made.len()
}

/// The bytes of a chunk; `None` if it is damaged.
fn decompressed(given: &[u8]) -> Option<Vec<u8>> {
    let length = zstd::zstd_safe::get_frame_content_size(given).ok()??;
    let length = usize::try_from(length)
        .ok()
        .filter(|length| *length as u64 <= MAX_CHUNK_BYTES)?;
    let made = zstd::bulk::decompress(given, length).ok()?;
    (made.len() == length).then_some(made)
}
