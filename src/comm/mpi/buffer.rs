//! Addresses of buffers as an MPI library may see them.
//!
//! An empty slice has an address that means nothing: the smallest number that is aligned for its type, 1 for bytes. MPI
//! libraries give just such numbers meanings of their own. `MPI_IN_PLACE` is 1 in Open MPI and -1 in MPICH, `MPI_BOTTOM`
//! is 0, and a rank that contributed nothing would say something else by it. Every pointer to data goes through here.

use std::ffi::c_void;
use std::sync::atomic::AtomicU64;

/// Stand for the buffers that hold nothing. Two of them, since a library may refuse one address as both ends of a call.
static NOTHING_TO_SEND: AtomicU64 = AtomicU64::new(0);
static NOTHING_TO_RECEIVE: AtomicU64 = AtomicU64::new(0);

/// The address of what is sent: never null, and never a number that means something else.
pub(super) fn outgoing<T>(data: &[T]) -> *const c_void {
    const { assert!(align_of::<T>() <= align_of::<AtomicU64>()) };
    if size_of_val(data) == 0 {
        NOTHING_TO_SEND.as_ptr().cast_const().cast()
    } else {
        data.as_ptr().cast()
    }
}

/// The address of what is received: never null, and never a number that means something else.
pub(super) fn incoming<T>(data: &mut [T]) -> *mut c_void {
    const { assert!(align_of::<T>() <= align_of::<AtomicU64>()) };
    if size_of_val(data) == 0 {
        NOTHING_TO_RECEIVE.as_ptr().cast()
    } else {
        data.as_mut_ptr().cast()
    }
}

/// The number of elements as MPI counts them.
///
/// # Panics
/// If it doesn't fit: callers cut what they send into pieces before.
pub(super) fn count(length: usize) -> i32 {
    i32::try_from(length).expect("pieces for MPI have at most 2^31 - 1 elements")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_without_contents_have_real_addresses_of_their_own() {
        let (empty, mut other): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
        assert_eq!(empty.as_ptr().addr(), 1, "what would be handed over otherwise");
        let page = 4096;
        for address in [outgoing(&empty).addr(), incoming(&mut other).addr()] {
            assert!(address > page && address < usize::MAX - page, "{address:#x}");
            assert!(address.is_multiple_of(align_of::<u64>()));
        }
        assert_ne!(outgoing(&empty).addr(), incoming(&mut other).addr());
        assert_ne!(outgoing::<u64>(&[]).addr(), align_of::<u64>());
    }

    #[test]
    fn buffers_with_contents_keep_their_addresses() {
        let mut bytes = [1_u8, 2, 3];
        assert_eq!(outgoing(&bytes[1..]).addr(), bytes.as_ptr().addr() + 1);
        let address = bytes.as_ptr().addr();
        assert_eq!(incoming(&mut bytes).addr(), address);
        assert_eq!(count(3), 3);
    }
}
