//! The memory of the program, and what happens when there is no more.
#![expect(unsafe_code, reason = "an allocator is unsafe by its nature")]

use mimalloc::MiMalloc;
use rustix::process::{Resource, getrlimit};
use std::alloc::{GlobalAlloc, Layout};
use std::fmt::{self, Write};

/// Exit code of an environment that failed.
const EXIT_FAILURE: i32 = 1;

/// mimalloc, which asks the system for huge pages (`docs/explanation/performance.md`). When memory is refused, the program says so and
/// ends with exit code 1, where Rust would abort and leave the image of its memory; what was committed stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct Allocator;

// SAFETY: mimalloc does the work; a place that isn't there is never handed out, nor anything else changed.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is handed on.
        there(unsafe { MiMalloc.alloc(layout) }, layout.size())
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is handed on.
        unsafe { MiMalloc.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is handed on.
        there(unsafe { MiMalloc.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is handed on.
        there(unsafe { MiMalloc.realloc(pointer, layout, size) }, size)
    }
}

fn there(pointer: *mut u8, bytes: usize) -> *mut u8 {
    if pointer.is_null() {
        end(bytes);
    }
    pointer
}

#[cold]
#[inline(never)]
fn end(bytes: usize) -> ! {
    let mut text = Text::default();
    explain(&mut text, bytes, getrlimit(Resource::As).current);
    // Neither the standard library's streams, which may be locked, nor anything that asks for memory.
    let _ = rustix::io::write(rustix::stdio::stderr(), text.bytes());
    signal_hook::low_level::exit(EXIT_FAILURE)
}

fn explain(text: &mut Text, bytes: usize, limit_bytes: Option<u64>) {
    // A text that is too long is cut.
    let _ = write!(text, "error: out of memory: {bytes} more bytes were refused");
    let _ = match limit_bytes {
        Some(limit) => write!(
            text,
            " under a limit of {} MiB (hint: `ulimit -v unlimited`, ",
            limit >> 20
        ),
        None => text.write_str(" (hint: "),
    };
    let _ = text.write_str(
        "fewer --threads or ranks on a node, or more memory for the job; `plan` says what a rank needs, and --resume goes \
         on with what is committed)\n",
    );
}

/// A text in a fixed place.
struct Text {
    bytes: [u8; 512],
    length: usize,
}

impl Default for Text {
    fn default() -> Self {
        Self {
            bytes: [0; 512],
            length: 0,
        }
    }
}

impl Text {
    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = &mut self.bytes[self.length..];
        let count = text.len().min(room.len());
        room[..count].copy_from_slice(&text.as_bytes()[..count]);
        self.length += count;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_fits_and_says_what_to_do() {
        for limit in [None, Some(0), Some(u64::MAX)] {
            let mut text = Text::default();
            explain(&mut text, usize::MAX, limit);
            let text = std::str::from_utf8(text.bytes()).unwrap();
            assert!(
                text.starts_with("error: out of memory: 18446744073709551615 more bytes"),
                "{text}"
            );
            assert!(text.ends_with("committed)\n"), "{text}");
            assert_eq!(text.contains("ulimit"), limit.is_some());
        }
    }

    #[test]
    fn places_come_from_mimalloc() {
        let layout = Layout::from_size_align(1000, 64).unwrap();
        // SAFETY: the layout isn't empty; the place is given back with its own size.
        unsafe {
            let place = Allocator.alloc_zeroed(layout);
            assert!(place.addr().is_multiple_of(64));
            assert!(std::slice::from_raw_parts(place, 1000).iter().all(|&byte| byte == 0));
            place.write(7);
            let place = Allocator.realloc(place, layout, 5000);
            assert_eq!(place.read(), 7);
            Allocator.dealloc(place, Layout::from_size_align(5000, 64).unwrap());
        }
    }
}
