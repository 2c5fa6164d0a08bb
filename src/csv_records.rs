//! Records of CSV files, with the lines that they stand in.

use std::io::{Chain, Read};

/// Records of a CSV text whose first record names the columns. Lines that begin with `#` are comments.
pub struct CsvRecords<R> {
    reader: csv::Reader<Chain<R, &'static [u8]>>,
    record: csv::StringRecord,
    fields: usize,
}

/// What is wrong with the form of a CSV text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvFlaw {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong.
    pub message: String,
}

impl<R: Read> CsvRecords<R> {
    /// The records of `text`.
    pub fn new(text: R) -> Self {
        Self {
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
    pub fn header(&mut self) -> Result<(u64, csv::StringRecord), CsvFlaw> {
        let (line, _) = self.read()?;
        self.fields = self.record.len();
        Ok((line, self.record.clone()))
    }

    /// The next record and its line; `None` at the end.
    ///
    /// # Errors
    /// If it can't be read, or hasn't as many fields as the header.
    pub fn next_record(&mut self) -> Result<Option<(u64, &csv::StringRecord)>, CsvFlaw> {
        let (line, more) = self.read()?;
        if !more {
            return Ok(None);
        }
        if self.record.len() != self.fields {
            let message = format!("{} fields instead of {}", self.record.len(), self.fields);
            return Err(CsvFlaw { line, message });
        }
        Ok(Some((line, &self.record)))
    }

    /// Reads the next line that isn't empty; gives its number, and whether there was one.
    fn read(&mut self) -> Result<(u64, bool), CsvFlaw> {
        loop {
            let read = self.reader.read_record(&mut self.record);
            let line = self.reader.position().line().saturating_sub(1).max(1);
            let more = read.map_err(|error| flaw(line, &error))?;
            // A carriage return on its own is a line with nothing in it.
            if !more || self.record.len() > 1 || self.record.get(0).is_some_and(|field| !field.is_empty()) {
                return Ok((line, more));
            }
        }
    }
}

fn flaw(line: u64, error: &csv::Error) -> CsvFlaw {
    let message = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "bytes that aren't UTF-8 text".to_owned(),
        _ => error.to_string(),
    };
    CsvFlaw { line, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Vec<(u64, String)>, CsvFlaw> {
        let mut records = CsvRecords::new(text);
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
            let message = message.to_owned();
            assert_eq!(read(text), Err(CsvFlaw { line, message }));
        }
    }
}
