//! Writing to standard output.

use super::CommandError;
use crate::printable::printable_lines;
use std::io::Write;

/// Prints to standard output, without anything that would control a terminal. A reader that went away (`| head`) ends the output, not the program.
///
/// # Errors
/// If the output can't be written for another reason.
pub fn print(text: &str) -> Result<(), CommandError> {
    let mut output = std::io::stdout().lock();
    match output
        .write_all(printable_lines(text).as_bytes())
        .and_then(|()| output.flush())
    {
        Err(source) if source.kind() != std::io::ErrorKind::BrokenPipe => Err(CommandError::Write {
            what: "standard output".to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}
