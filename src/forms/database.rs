//! A new SQLite database, filled once.

use super::cells::{Cell, Cells};
use super::{About, FormError, KEY_KEY, LONG_NAME_KEY, UNIT_KEY};
use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Fields};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params};
use std::path::Path;

/// Rows of a transaction.
const TRANSACTION_ROWS: u64 = 1 << 17;

/// Columns that SQLite takes in a table.
const MAX_COLUMNS: usize = 2000;

/// A database in the making. It has its name only when it is whole, and is thrown away otherwise: so it needs no journal, which
/// would be a second file, and SQLite needn't wait for the disk. Bytes that nothing uses are zeros: equal rows make equal files.
///
/// Its table `about` says where it comes from, `columns` what every column is measured in and means.
pub(crate) struct Database {
    connection: Connection,
    waiting: u64,
}

impl Database {
    /// Begins an empty database at a place where there is nothing, or an empty file.
    pub fn begin(place: &Path, about: &About) -> Result<Self, FormError> {
        let connection = Connection::open(place)?;
        connection.query_row("PRAGMA journal_mode = OFF", [], |_| Ok(()))?;
        connection.query_row("PRAGMA locking_mode = EXCLUSIVE", [], |_| Ok(()))?;
        connection.execute_batch(
            "PRAGMA synchronous = OFF;
             PRAGMA secure_delete = ON;
             CREATE TABLE about (name TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID;
             CREATE TABLE columns (\"table\" TEXT, \"column\" TEXT, units TEXT, long_name TEXT, key TEXT,
                                   PRIMARY KEY (\"table\", \"column\")) WITHOUT ROWID;
             BEGIN",
        )?;
        for (name, text) in about.entries() {
            connection.execute("INSERT INTO about VALUES (?1, ?2)", params![name, text])?;
        }
        Ok(Self { connection, waiting: 0 })
    }

    /// Whether a file is a database with these tables.
    pub fn has_tables(place: &Path, names: &[&str]) -> bool {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let Ok(connection) = Connection::open_with_flags(place, flags) else {
            return false;
        };
        let found = |name: &&str| {
            let sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1";
            connection.query_row(sql, [name], |_| Ok(())).is_ok()
        };
        names.iter().all(found)
    }

    /// Makes a table; `more` is what follows the columns within the parentheses, and `options` what follows these.
    pub fn table(&self, name: &str, fields: &Fields, more: &str, options: &str) -> Result<(), FormError> {
        if fields.len() > MAX_COLUMNS {
            return Err(FormError::Limit {
                what: format!(
                    "a table of SQLite has at most {MAX_COLUMNS} columns, this one has {}",
                    fields.len()
                ),
                hint: "choose some with --columns, or another form",
            });
        }
        let columns: Vec<String> = (fields.iter())
            .map(|field| format!("{} {}", quoted(field.name()), affinity(field)))
            .collect();
        self.execute(&format!(
            "CREATE TABLE {} ({}{more}) {options}",
            quoted(name),
            columns.join(", ")
        ))?;
        for field in fields {
            let of = |key: &str| field.metadata().get(key);
            self.connection.execute(
                "INSERT INTO columns VALUES (?1, ?2, ?3, ?4, ?5)",
                params![name, field.name(), of(UNIT_KEY), of(LONG_NAME_KEY), of(KEY_KEY)],
            )?;
        }
        Ok(())
    }

    /// Runs a statement without results.
    pub fn execute(&self, statement: &str) -> Result<(), FormError> {
        Ok(self.connection.execute_batch(statement)?)
    }

    /// Adds the rows of a batch to a table that has these columns.
    pub fn insert(&mut self, table: &str, batch: &RecordBatch) -> Result<(), FormError> {
        let columns = batch.columns().iter().map(Cells::of).collect::<Result<Vec<_>, _>>()?;
        let places = vec!["?"; columns.len()].join(", ");
        let mut statement = (self.connection).prepare(&format!("INSERT INTO {} VALUES ({places})", quoted(table)))?;
        for row in 0..batch.num_rows() {
            for (index, column) in columns.iter().enumerate() {
                statement.raw_bind_parameter(index + 1, Bound(column.get(row)))?;
            }
            statement.raw_execute()?;
        }
        drop(statement);
        self.waiting += batch.num_rows() as u64;
        if self.waiting >= TRANSACTION_ROWS {
            self.execute("COMMIT; BEGIN")?;
            self.waiting = 0;
        }
        Ok(())
    }

    /// Writes what has waited.
    pub fn finish(self) -> Result<(), FormError> {
        self.execute("COMMIT")?;
        self.connection.close().map_err(|(_, error)| error)?;
        Ok(())
    }
}

/// How SQLite is to store a column.
fn affinity(field: &Field) -> &'static str {
    match field.data_type() {
        DataType::Float64 | DataType::Float32 => "REAL",
        DataType::Utf8 | DataType::Dictionary(_, _) => "TEXT",
        _ => "INTEGER",
    }
}

/// A name as SQL has it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A cell as SQLite takes it.
struct Bound<'a>(Cell<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Cell::Missing => ValueRef::Null,
            Cell::F64(number) => ValueRef::Real(number),
            Cell::F32(number) => ValueRef::Real(number.into()),
            Cell::Integer(number) => ValueRef::Integer(number),
            Cell::Flag(flag) => ValueRef::Integer(flag.into()),
            Cell::Text(word) => ValueRef::Text(word.as_bytes()),
        }))
    }
}
