//! Records of CSV files, with the lines that they stand in.

use std::fs::File;
use std::io::{Chain, Read, Take};
use std::path::Path;
use thiserror::Error;

/// Records of a CSV text whose first record names the columns. Lines that begin with `#` are comments.
pub struct CsvRecords<R> {
    reader: csv::Reader<Chain<R, &'static [u8]>>,
    place: String,
    record: csv::StringRecord,
    fields: usize,
}

/// Why a CSV file can't be read. `place` is the file, with the line where there is one.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CsvError {
    /// The file can't be opened or read.
    #[error("{place}: {source}")]
    Unreadable {
        /// The file.
        place: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A folder, a pipe, …
    #[error("{place} isn't a regular file")]
    NotAFile {
        /// The file.
        place: String,
    },
    /// More bytes than are allowed.
    #[error("{place} is larger than {} MiB", bytes_highest >> 20)]
    TooLarge {
        /// The file.
        place: String,
        /// What is allowed.
        bytes_highest: u64,
    },
    /// Not CSV: a row of another length, or bytes that aren't UTF-8.
    #[error("{place}: {message}")]
    Malformed {
        /// File and line.
        place: String,
        /// What is there.
        message: String,
    },
}

impl CsvRecords<Take<File>> {
    /// The records of a file of at most `bytes_highest` bytes, so that one endless line can't fill the memory either.
    ///
    /// # Errors
    /// If it can't be opened, isn't a file, or is larger.
    pub fn open(path: &Path, bytes_highest: u64) -> Result<Self, CsvError> {
        let place = path.display().to_string();
        let unreadable = |source| CsvError::Unreadable {
            place: place.clone(),
            source,
        };
        // Asked before opening: opening a pipe would wait for its other end.
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(CsvError::NotAFile { place });
        }
        if metadata.len() > bytes_highest {
            return Err(CsvError::TooLarge { place, bytes_highest });
        }
        let file = File::open(path).map_err(unreadable)?.take(bytes_highest);
        Ok(Self::new(file, place))
    }
}

impl<R: Read> CsvRecords<R> {
    /// The records of `text`, which messages call `place`.
    pub fn new(text: R, place: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            // The reader's own position of a record is that of comments and empty lines before it. Where every record ends
            // in a line break, it stands in the line before the one that the reader has come to.
            reader: csv::ReaderBuilder::new()
                .comment(Some(b'#'))
                .trim(csv::Trim::All)
                .flexible(true)
                .has_headers(false)
                // A carriage return before it is white space, which is trimmed.
                .terminator(csv::Terminator::Any(b'\n'))
                .from_reader(text.chain(b"\n".as_slice())),
            record: csv::StringRecord::new(),
            fields: 0,
        }
    }

    /// The names of the columns, and their line. Call it first.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn header(&mut self) -> Result<(u64, csv::StringRecord), CsvError> {
        let (line, _) = self.read()?;
        self.fields = self.record.len();
        Ok((line, self.record.clone()))
    }

    /// The next record and its line; `None` at the end.
    ///
    /// # Errors
    /// If it can't be read, or hasn't as many fields as the header.
    pub fn next_record(&mut self) -> Result<Option<(u64, &csv::StringRecord)>, CsvError> {
        let (line, more) = self.read()?;
        if !more {
            return Ok(None);
        }
        if self.record.len() != self.fields {
            let message = format!("{} fields instead of {}", self.record.len(), self.fields);
            return Err(self.malformed(line, message));
        }
        Ok(Some((line, &self.record)))
    }

    fn malformed(&self, line: u64, message: String) -> CsvError {
        let place = format!("{}:{line}", self.place);
        CsvError::Malformed { place, message }
    }

    /// Reads the next line that isn't empty; gives its number, and whether there was one.
    fn read(&mut self) -> Result<(u64, bool), CsvError> {
        loop {
            let read = self.reader.read_record(&mut self.record);
            let line = self.reader.position().line().saturating_sub(1).max(1);
            let more = read.map_err(|error| self.malformed(line, description(&error)))?;
            // A carriage return on its own is a line with nothing in it.
            if !more || self.record.len() > 1 || self.record.get(0).is_some_and(|field| !field.is_empty()) {
                return Ok((line, more));
            }
        }
    }
}

fn description(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "bytes that aren't UTF-8 text".to_owned(),
        _ => error.to_string(),
    }
}

/// A field of a file in a message: the beginning, without what would control a terminal.
#[must_use]
pub fn shortened(text: &str) -> String {
    const MAX_SHOWN: usize = 60;
    let mut letters = text.chars().filter(|letter| !letter.is_control());
    let mut shown: String = letters.by_ref().take(MAX_SHOWN).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Vec<(u64, String)>, CsvError> {
        let mut records = CsvRecords::new(text, "a.csv");
        let (line, header) = records.header()?;
        let mut found = vec![(line, header.iter().collect::<Vec<_>>().join(","))];
        while let Some((line, record)) = records.next_record()? {
            found.push((line, record.iter().collect::<Vec<_>>().join(",")));
        }
        Ok(found)
    }

    #[test]
    fn lines_count_comments_and_empty_lines() {
        let text = b"# about\n\r\na, b\n# more\n1,2\n\n\r\n3,4\r\n# end\n5,6\r\n\r\n";
        let lines: Vec<u64> = read(text).unwrap().iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 5, 8, 10]);
        assert_eq!(read(text).unwrap()[0].1, "a,b");
        assert_eq!(read(b"a\n1").unwrap(), [(1, "a".to_owned()), (2, "1".to_owned())]);
    }

    #[test]
    fn flaws_are_told_with_their_line() {
        for (text, line, message) in [
            (b"a,b\n1,2\n# c\n1,2,3\n".as_slice(), 4, "3 fields instead of 2"),
            (b"a,b\n\n1".as_slice(), 3, "1 fields instead of 2"),
            (b"a\n# c\n\xff\n".as_slice(), 3, "bytes that aren't UTF-8 text"),
        ] {
            let error = read(text).unwrap_err();
            assert!(matches!(error, CsvError::Malformed { .. }), "{error}");
            assert_eq!(error.to_string(), format!("a.csv:{line}: {message}"));
        }
    }
}
