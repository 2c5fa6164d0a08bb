//! The forms, and what they have in common.

use super::arrow_file::ArrowFile;
use super::csv::CsvTable;
use super::json_lines::JsonLines;
use super::netcdf::NetCdfTable;
use super::parquet::ParquetTable;
use super::sqlite::SqliteTable;
use super::{About, FormError};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use clap::ValueEnum;
use std::path::Path;

/// In which form a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Apache Parquet.
    Parquet,
    /// Text, values separated by commas, with a line of names.
    Csv,
    /// Text, a JSON object a line.
    Jsonl,
    /// A database of SQLite.
    Sqlite,
    /// NetCDF-4 on HDF5.
    Nc,
    /// Apache Arrow's own file (IPC, also known as Feather).
    Arrow,
}

/// How a table is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Compression {
    /// Not at all.
    None,
    /// Zstandard.
    Zstd,
    /// DEFLATE: as gzip around texts, chunk by chunk within NetCDF.
    Gzip,
}

impl Form {
    /// All of them, with the endings of their names.
    const ENDINGS: [(Self, &'static [&'static str]); 6] = [
        (Self::Parquet, &["parquet", "pq"]),
        (Self::Csv, &["csv"]),
        (Self::Jsonl, &["jsonl", "ndjson"]),
        (Self::Sqlite, &["sqlite", "sqlite3", "db"]),
        (Self::Nc, &["nc", "nc4"]),
        (Self::Arrow, &["arrow", "feather", "ipc"]),
    ];

    /// The form that a name asks for by its ending, and the compression of texts (`.csv.gz`).
    #[must_use]
    pub fn of(path: &Path) -> Option<(Self, Option<Compression>)> {
        let around = Self::compression_around(path);
        let last = match around {
            Some(_) => ending(Path::new(path.file_stem()?))?,
            None => ending(path)?,
        };
        let known = Self::ENDINGS
            .iter()
            .find(|(_, endings)| endings.contains(&last.as_str()));
        let form = known.map(|(form, _)| *form)?;
        (around.is_none() || form.is_text()).then_some((form, around))
    }

    /// The compression that a name asks for by its last ending, around whatever it is.
    #[must_use]
    pub fn compression_around(path: &Path) -> Option<Compression> {
        match ending(path)?.as_str() {
            "gz" => Some(Compression::Gzip),
            "zst" => Some(Compression::Zstd),
            _ => None,
        }
    }

    /// Whether it is lines of text.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Csv | Self::Jsonl)
    }

    /// The compressions that it has, the usual one first.
    #[must_use]
    pub fn compressions(self) -> &'static [Compression] {
        match self {
            Self::Parquet => &[Compression::Zstd, Compression::None],
            Self::Csv | Self::Jsonl => &[Compression::None, Compression::Gzip, Compression::Zstd],
            Self::Sqlite => &[Compression::None],
            Self::Nc => &[Compression::Gzip, Compression::None],
            Self::Arrow => &[Compression::None, Compression::Zstd],
        }
    }

    /// Begins a table called `name` at `place`, where there is nothing yet or an empty file.
    ///
    /// # Errors
    /// If it can't be begun.
    pub fn begin(
        self,
        place: &Path,
        name: &str,
        schema: SchemaRef,
        about: &About,
        compression: Compression,
    ) -> Result<Box<dyn TableSink>, FormError> {
        Ok(match self {
            Self::Parquet => Box::new(ParquetTable::begin(place, schema, about, compression)?),
            Self::Csv => Box::new(CsvTable::begin(place, &schema, compression)?),
            Self::Jsonl => Box::new(JsonLines::begin(place, &schema, compression)?),
            Self::Sqlite => Box::new(SqliteTable::begin(place, name, &schema, about)?),
            Self::Nc => Box::new(NetCdfTable::begin(place, &schema, about, compression)?),
            Self::Arrow => Box::new(ArrowFile::begin(place, &schema, about, compression)?),
        })
    }
}

/// How a name ends, in small letters.
fn ending(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

/// A table in the making.
pub trait TableSink {
    /// Adds rows.
    ///
    /// # Errors
    /// If they can't be written.
    fn write(&mut self, batch: &RecordBatch) -> Result<(), FormError>;

    /// Writes what has waited; the file is whole then, though not yet on the disk.
    ///
    /// # Errors
    /// If it can't be written.
    fn finish(self: Box<Self>) -> Result<(), FormError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_tell_the_form() {
        let of = |name: &str| Form::of(Path::new(name));
        assert_eq!(of("a.parquet"), Some((Form::Parquet, None)));
        assert_eq!(of("b/a.CSV"), Some((Form::Csv, None)));
        assert_eq!(of("a.csv.gz"), Some((Form::Csv, Some(Compression::Gzip))));
        assert_eq!(of("a.jsonl.zst"), Some((Form::Jsonl, Some(Compression::Zstd))));
        for name in ["a", "a.gz", "a.parquet.gz", "a.xlsx", ".csv", "csv"] {
            assert_eq!(of(name), None, "{name}");
        }
        for (form, endings) in Form::ENDINGS {
            for ending in endings {
                assert_eq!(of(&format!("a.{ending}")), Some((form, None)));
            }
        }
    }
}
