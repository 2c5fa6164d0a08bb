//! Writing to standard output.

use super::CommandError;
use std::io::Write;

/// Prints to standard output. A reader that went away (`| head`) ends the output, not the program.
///
/// # Errors
/// If the output can't be written for another reason.
pub fn print(text: &str) -> Result<(), CommandError> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(source) if source.kind() != std::io::ErrorKind::BrokenPipe => Err(CommandError::Write {
            what: "standard output".to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}
