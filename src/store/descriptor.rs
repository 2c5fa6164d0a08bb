//! Closing a file so that its error counts.
#![expect(
    unsafe_code,
    reason = "the standard library closes files without telling what went wrong"
)]

use std::fs::File;
use std::io;
use std::os::fd::IntoRawFd;

/// Closes a file. Network file systems and quotas may refuse only now what was written before.
pub(super) fn close(file: File) -> io::Result<()> {
    let descriptor = file.into_raw_fd();
    // SAFETY: the descriptor was given up by its only owner on the line above. It is closed once, whatever the answer:
    // after an error it is closed as well (or, by POSIX, in no state in which it could be closed again).
    match unsafe { libc::close(descriptor) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;
    use std::path::PathBuf;

    #[test]
    fn the_file_is_closed() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let open = File::open(file.path()).unwrap();
        let descriptor = PathBuf::from(format!("/dev/fd/{}", open.as_raw_fd()));
        assert_eq!(descriptor.canonicalize().unwrap(), file.path().canonicalize().unwrap());
        close(open).unwrap();
        // Another test may have been given the number meanwhile.
        assert_ne!(descriptor.canonicalize().ok(), file.path().canonicalize().ok());
    }
}
