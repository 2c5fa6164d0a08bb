//! One table as a database.

use super::database::quoted;
use super::{About, Database, FormError, TableSink};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use std::path::Path;

/// Columns that are looked for, in the order of an index.
const INDEXED: [&str; 2] = ["point", "replicate"];

/// A database with one table of results.
pub(super) struct SqliteTable {
    database: Database,
    name: String,
}

impl SqliteTable {
    pub fn begin(place: &Path, name: &str, schema: &SchemaRef, about: &About) -> Result<Self, FormError> {
        let database = Database::begin(place, about)?;
        database.table(name, schema.fields(), "", "")?;
        let indexed: Vec<&str> = INDEXED
            .into_iter()
            .filter(|name| schema.index_of(name).is_ok())
            .collect();
        // Rows come in this order, so that the index only grows at its end.
        if !indexed.is_empty() {
            let index = quoted(&format!("{name}_by_{}", indexed.join("_and_")));
            database.execute(&format!(
                "CREATE INDEX {index} ON {} ({})",
                quoted(name),
                indexed.join(", ")
            ))?;
        }
        Ok(Self {
            database,
            name: name.to_owned(),
        })
    }
}

impl TableSink for SqliteTable {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), FormError> {
        self.database.insert(&self.name, batch)
    }

    fn finish(self: Box<Self>) -> Result<(), FormError> {
        self.database.finish()
    }
}
