//! Why units failed.

use super::TablesError;
use super::base::{Base, Grain, Whose};
use super::source::{Results, Source};
use crate::forms::{field, text_field};
use crate::results::FailureRow;
use crate::store::MESSAGE_BYTES;
use arrow_array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// Digits of a seed at most.
const SEED_DIGITS: usize = 20;

/// The table of failures: a row for each quarantined unit that the results tell of, at most a few thousand.
pub(super) struct Failures<'a> {
    results: Results<'a>,
    base: Base,
    schema: SchemaRef,
    rows: Vec<FailureRow>,
    done: bool,
}

impl<'a> Failures<'a> {
    pub fn of(results: Results<'a>) -> Result<Self, TablesError> {
        if results.members.is_some() {
            return Err(TablesError::choice("units fail as a whole", "leave --members out"));
        }
        let own = vec![
            field("attempts", DataType::Int32, "1", "how often the unit was tried"),
            // Whole numbers of 64 bits without a sign: not every tool has them.
            text_field("seed", SEED_DIGITS, "seed of the unit"),
            text_field("message", MESSAGE_BYTES, "what happened"),
        ];
        let base = Base::new(&results, Grain::Unit, &own);
        let fields: Vec<Field> = base.fields().iter().cloned().chain(own).collect();
        let plan = results.reader.layout().shape().plan();
        let mut rows = results.reader.failures()?;
        rows.retain(|row| {
            let (point, replicate) = plan.locate(row.unit);
            results.points.is_none_or(|set| set.contains(point.0)) && results.wants_replicate(replicate.0.into())
        });
        Ok(Self {
            base,
            schema: Arc::new(Schema::new(fields)),
            rows,
            done: false,
            results,
        })
    }
}

impl Source for Failures<'_> {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn rows(&self) -> String {
        "a row for each unit that failed".to_owned()
    }

    fn progress(&self) -> (u64, u64) {
        (u64::from(self.done), 1)
    }

    fn next(&mut self, wanted: &[usize]) -> Result<Option<RecordBatch>, TablesError> {
        if std::mem::replace(&mut self.done, true) {
            return Ok(None);
        }
        let plan = self.results.reader.layout().shape().plan();
        let schema = Arc::new(self.schema.project(wanted).expect("columns of the table"));
        let mut batches = Vec::new();
        // One by one: they may lie in any points.
        for row in &self.rows {
            let whose = Whose {
                unit: row.unit.0,
                member: 0,
            };
            let point = plan.locate(row.unit).0.0;
            let mut arrays = self.base.arrays(&self.results, wanted, &[whose], point..point + 1);
            for column in wanted.iter().filter(|column| **column >= self.base.len()) {
                let array: ArrayRef = match column - self.base.len() {
                    0 => Arc::new(Int32Array::from(vec![i32::try_from(row.attempts).unwrap_or(i32::MAX)])),
                    1 => Arc::new(StringArray::from(vec![row.seed.to_string()])),
                    _ => Arc::new(StringArray::from(vec![row.message.as_str()])),
                };
                arrays.push(array);
            }
            batches.push(super::export::batch(Arc::clone(&schema), arrays, 1));
        }
        Ok(Some(
            arrow_select::concat::concat_batches(&schema, &batches).expect("batches of one schema"),
        ))
    }
}
