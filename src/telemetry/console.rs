//! Standard error, shared by log lines and a live display without tearing either.

use crate::printable::{printable_lines, wrapped};
use indicatif::ProgressBar;
use std::io::{self, Write};
use std::sync::Mutex;
use tracing_subscriber::fmt::MakeWriter;

/// The bar that is on the terminal now, if any: lines are printed above it.
static LIVE: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Tells the console which bar is on the terminal; `None` when it is gone.
pub fn set_live_display(bar: Option<ProgressBar>) {
    *LIVE.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = bar;
}

/// Prints one line to standard error, without anything that would control a terminal, above the live display if there is one.
pub fn print_line(line: &str) {
    let live = LIVE.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    // A closed standard error is no reason to stop a simulation.
    let line = printable_lines(line);
    let line = match terminal_width() {
        // Programs read one object in a line.
        Some(width) if !line.starts_with('{') => wrapped(&line, width).into(),
        _ => line,
    };
    let write = || drop(writeln!(io::stderr().lock(), "{line}"));
    match live {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// Columns of the terminal that standard error is, if it is one.
fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stderr()).ok()?;
    Some(usize::from(size.ws_col)).filter(|&columns| columns > 20)
}

/// Collects one event and prints it whole.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConsoleWriter;

/// The buffer of one event.
#[derive(Debug)]
pub struct ConsoleLine(Vec<u8>);

impl<'a> MakeWriter<'a> for ConsoleWriter {
    type Writer = ConsoleLine;

    fn make_writer(&'a self) -> ConsoleLine {
        ConsoleLine(Vec::new())
    }
}

impl Write for ConsoleLine {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for ConsoleLine {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.0);
        let text = text.trim_end_matches('\n');
        if !text.is_empty() {
            print_line(text);
        }
    }
}
