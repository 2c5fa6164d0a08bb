//! Rows as a database of SQLite: `runs`, `episodes`, and a table for each table.

use super::batches::{OwnColumns, SweptColumns, numbered, repeated, whole};
use super::parquet::about;
use super::segments::{by_member, numbers};
use crate::forms::Database;
use crate::results::RowTable;
use crate::scenario::{RowBackend, RowBackendError, RowSource, RowsDescription};
use crate::sweep::UnitIndex;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Names that the database has for itself.
const RESERVED: [&str; 4] = ["about", "columns", "runs", "episodes"];

/// The backend `sqlite`.
pub(super) struct Sqlite;

impl RowBackend for Sqlite {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn summary(&self) -> &'static str {
        "a database of SQLite with the tables runs, episodes and those of the study"
    }

    fn suffix(&self) -> &'static str {
        "rows.sqlite"
    }

    fn may_replace(&self, place: &Path) -> bool {
        place.is_file() && Database::has_tables(place, &["about", "runs", "episodes"])
    }

    fn write(&self, rows: &mut dyn RowSource, place: &Path) -> Result<(), RowBackendError> {
        let description = rows.description().clone();
        let mut writer = Writer::begin(place, &description)?;
        let mut units = BTreeSet::new();
        for table in 0..description.tables.len() {
            units.extend(rows.counts(table)?.into_iter().map(|(unit, _)| unit.0));
        }
        for unit in units {
            writer.add(UnitIndex(unit), rows)?;
        }
        Ok(writer.database.finish()?)
    }
}

/// A database in the making.
struct Writer<'a> {
    database: Database,
    description: &'a RowsDescription,
    swept: SweptColumns<'a>,
    episodes: SchemaRef,
    tables: Vec<Table<'a>>,
    /// Number of the next episode.
    next: i64,
}

/// A table of it.
struct Table<'a> {
    name: String,
    /// The column that says whose a row is.
    member: Option<usize>,
    own: OwnColumns<'a>,
    schema: SchemaRef,
}

impl<'a> Writer<'a> {
    fn begin(place: &Path, description: &'a RowsDescription) -> Result<Self, RowBackendError> {
        let mut about = about(description, 0);
        about.rows = "what was recorded of each episode".to_owned();
        let mut database = Database::begin(place, &about)?;
        write_runs(&mut database, description)?;
        let swept = SweptColumns::of(description);
        let mut fields = vec![
            whole("episode", "number of the episode: what a member did in a unit"),
            whole("run", "run that it belongs to"),
            whole("unit", "unit of the study"),
            whole("point", "design point of the unit"),
            whole("replicate", "replicate of the unit"),
            whole(&description.member, &format!("{} of the unit", description.member)).with_nullable(true),
        ];
        fields.extend(swept.fields(&fields));
        let episodes = Arc::new(Schema::new(fields));
        database.table(
            "episodes",
            episodes.fields(),
            ", PRIMARY KEY (episode)",
            "WITHOUT ROWID",
        )?;
        // Episodes come in this order, so that the index only grows at its end.
        database.execute(&format!(
            "CREATE INDEX episodes_by_point ON episodes (point, replicate, \"{}\")",
            description.member
        ))?;
        let tables: Vec<Table<'a>> = description
            .tables
            .iter()
            .map(|table| Table::of(table, description))
            .collect();
        for table in &tables {
            let key = ", PRIMARY KEY (episode, \"row\")";
            database.table(&table.name, table.schema.fields(), key, "WITHOUT ROWID")?;
        }
        Ok(Self {
            database,
            description,
            swept,
            episodes,
            tables,
            next: 0,
        })
    }

    /// Adds all rows of a unit.
    fn add(&mut self, unit: UnitIndex, rows: &mut dyn RowSource) -> Result<(), RowBackendError> {
        let mut episodes: BTreeMap<Option<i64>, i64> = BTreeMap::new();
        let mut batches = Vec::new();
        for (index, table) in self.tables.iter().enumerate() {
            let mut found = rows.rows(unit, index)?;
            let segments = by_member(&mut found, table.member);
            let mut numbers = Vec::new();
            for segment in &segments {
                let number = *episodes.entry(segment.member).or_insert_with(|| {
                    self.next += 1;
                    self.next - 1
                });
                numbers.push(number);
            }
            let mut arrays: Vec<ArrayRef> = numbered(&segments, &numbers).into();
            arrays.extend(table.own.arrays(&found));
            if found.rows > 0 {
                batches.push((index, RecordBatch::try_new(Arc::clone(&table.schema), arrays)?));
            }
        }
        self.add_episodes(unit, &episodes)?;
        for (index, batch) in batches {
            self.database.insert(&self.tables[index].name, &batch)?;
        }
        Ok(())
    }

    fn add_episodes(&mut self, unit: UnitIndex, episodes: &BTreeMap<Option<i64>, i64>) -> Result<(), RowBackendError> {
        let replicates = u64::from(self.description.replicates.max(1));
        let (point, replicate) = (unit.0 / replicates, unit.0 % replicates);
        let count = episodes.len();
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from_iter_values(episodes.values().copied())),
            repeated(0, count),
            repeated(unit.0 as i64, count),
            repeated(point as i64, count),
            repeated(replicate as i64, count),
            Arc::new(Int64Array::from_iter(episodes.keys().copied())),
        ];
        arrays.extend(self.swept.arrays(point, count));
        let batch = RecordBatch::try_new(Arc::clone(&self.episodes), arrays)?;
        Ok(self.database.insert("episodes", &batch)?)
    }
}

impl<'a> Table<'a> {
    fn of(table: &'a RowTable, description: &RowsDescription) -> Self {
        let own = OwnColumns::of(table);
        let mut fields = vec![
            whole("episode", "episode that the row belongs to"),
            whole("row", "number of the row in its episode"),
        ];
        let taken = |name: &str| ["episode", "row"].contains(&name);
        fields.extend(own.fields().map(|field| match taken(field.name()) {
            true => {
                let name = format!("own_{}", field.name());
                field.with_name(name)
            }
            false => field,
        }));
        let member = table
            .columns
            .iter()
            .position(|column| column.name == description.member);
        Self {
            name: match RESERVED.contains(&table.name.as_str()) {
                true => format!("own_{}", table.name),
                false => table.name.clone(),
            },
            member: member.filter(|column| numbers_are_in(&table.columns[*column])),
            own,
            schema: Arc::new(Schema::new(fields)),
        }
    }
}

/// Whether a column holds whole numbers.
fn numbers_are_in(column: &crate::results::RowColumn) -> bool {
    numbers(&crate::results::CellColumn::of(column.kind, &[])).is_some()
}

/// The table of runs, which has one: this study.
fn write_runs(database: &mut Database, description: &RowsDescription) -> Result<(), RowBackendError> {
    let text = |name: &str, long_name: &str| crate::forms::field(name, DataType::Utf8, "", long_name);
    let fields: Vec<Field> = vec![
        whole("run", "number of the run"),
        text("study", "name of the study"),
        text("scenario", "what was simulated"),
        text("configuration_hash", "hash of all that can change a result"),
        text("configuration", "the study with every default, as TOML"),
    ];
    let schema = Arc::new(Schema::new(fields));
    database.table("runs", schema.fields(), ", PRIMARY KEY (run)", "WITHOUT ROWID")?;
    let one = |text: &String| -> ArrayRef { Arc::new(StringArray::from_iter_values([text])) };
    let arrays = vec![
        repeated(0, 1),
        one(&description.study),
        one(&description.scenario),
        one(&description.configuration_hash),
        one(&description.configuration_toml),
    ];
    Ok(database.insert("runs", &RecordBatch::try_new(schema, arrays)?)?)
}
