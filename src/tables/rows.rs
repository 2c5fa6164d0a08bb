//! The rows of a table that a scenario has: recorded steps and events, or results.

use super::TablesError;
use super::base::{Base, Grain, Whose};
use super::pieces::Pieces;
use super::source::{Results, Source};
use crate::forms::{Codes, row_array, row_field};
use crate::results::{CellColumn, RowTable, TableRows};
use crate::store::UnitCondition;
use crate::sweep::UnitIndex;
use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use arrow_schema::{Field, Schema, SchemaRef};
use std::collections::VecDeque;
use std::sync::Arc;

/// Rows of a block, unless one unit has more.
const BLOCK_ROWS: u64 = 1 << 16;

/// Units that are looked at at once.
const BLOCK_UNITS: u64 = 1 << 12;

/// A table of rows.
pub(super) struct Rows<'a> {
    results: Results<'a>,
    base: Base,
    table: RowTable,
    index: usize,
    /// The column that says whose a row is.
    member: Option<usize>,
    codes: Vec<Codes>,
    schema: SchemaRef,
    /// Units that are still to be looked at.
    pieces: Pieces,
    /// Units that were looked at and have rows.
    waiting: VecDeque<u64>,
}

impl<'a> Rows<'a> {
    pub fn of(results: Results<'a>, index: usize) -> Result<Self, TablesError> {
        let shape = results.reader.layout().shape();
        let table = shape.features.tables[index].clone();
        let member = table
            .columns
            .iter()
            .position(|column| column.name == shape.member_axis.name);
        if results.members.is_some() && member.is_none() {
            return Err(TablesError::choice(
                format!("the table {} doesn't say whose its rows are", table.name),
                "leave --members out",
            ));
        }
        let own: Vec<Field> = table.columns.iter().map(row_field).collect();
        let base = Base::new(&results, Grain::Unit, &own);
        let fields: Vec<Field> = base.fields().iter().cloned().chain(own).collect();
        let pieces = results.unit_pieces();
        let codes = table
            .columns
            .iter()
            .map(|column| Codes::new(&column.meanings))
            .collect();
        Ok(Self {
            base,
            index,
            member,
            codes,
            schema: Arc::new(Schema::new(fields)),
            pieces,
            waiting: VecDeque::new(),
            table,
            results,
        })
    }

    /// The next unit that is wanted and has rows.
    fn next_unit(&mut self) -> Result<Option<u64>, TablesError> {
        let replicates = u64::from(self.results.reader.layout().shape().replicates);
        while self.waiting.is_empty() {
            let Some(units) = self.pieces.next(BLOCK_UNITS) else {
                return Ok(None);
            };
            let reader = self.results.reader;
            let counts = reader.row_counts(self.index, units.clone())?;
            let conditions = reader.unit_conditions(units.clone())?;
            let all = units.zip(counts).zip(conditions);
            for ((unit, count), condition) in
                all.filter(|((unit, _), _)| self.results.wants_replicate(unit % replicates))
            {
                if condition == UnitCondition::Damaged && !self.results.partial {
                    return Err(TablesError::Damaged {
                        path: self.results.path.to_owned(),
                        unit: UnitIndex(unit),
                    });
                }
                if condition == UnitCondition::Done && count > 0 {
                    self.waiting.push_back(unit);
                }
            }
        }
        Ok(self.waiting.pop_front())
    }

    /// The rows of a unit.
    fn batch(&self, unit: u64, rows: &TableRows, wanted: &[usize], schema: &SchemaRef) -> RecordBatch {
        let count = rows.rows as usize;
        let replicates = u64::from(self.results.reader.layout().shape().replicates);
        let point = unit / replicates;
        let whose = vec![Whose { unit, member: 0 }; count];
        let mut arrays: Vec<ArrayRef> = self.base.arrays(&self.results, wanted, &whose, point..point + 1);
        for column in wanted.iter().filter(|column| **column >= self.base.len()) {
            let own = column - self.base.len();
            arrays.push(row_array(
                &self.table.columns[own],
                &self.codes[own],
                &rows.columns[own],
            ));
        }
        let batch = super::export::batch(Arc::clone(schema), arrays, count);
        let (Some(member), Some(_)) = (self.member, self.results.members) else {
            return batch;
        };
        let wants = |member: i64| u64::try_from(member).is_ok_and(|member| self.results.wants_member(member));
        let mask: BooleanArray = match &rows.columns[member] {
            CellColumn::I32(members) => members.iter().map(|member| Some(wants((*member).into()))).collect(),
            CellColumn::I64(members) => members.iter().map(|member| Some(wants(*member))).collect(),
            CellColumn::U8(members) => members.iter().map(|member| Some(wants((*member).into()))).collect(),
            _ => return batch,
        };
        arrow_select::filter::filter_record_batch(&batch, &mask).expect("as many as there are rows")
    }
}

impl Source for Rows<'_> {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn rows(&self) -> String {
        self.table.long_name.clone()
    }

    fn progress(&self) -> (u64, u64) {
        let (looked_at, total) = self.pieces.progress();
        (looked_at - self.waiting.len() as u64, total)
    }

    fn next(&mut self, wanted: &[usize]) -> Result<Option<RecordBatch>, TablesError> {
        let schema = Arc::new(self.schema.project(wanted).expect("columns of the table"));
        let mut batches = Vec::new();
        let mut rows = 0;
        while rows < BLOCK_ROWS {
            let Some(unit) = self.next_unit()? else {
                break;
            };
            let Some(found) = self.results.reader.rows(UnitIndex(unit), self.index)? else {
                continue;
            };
            rows += found.rows;
            batches.push(self.batch(unit, &found, wanted, &schema));
        }
        if batches.is_empty() {
            return Ok(None);
        }
        Ok(Some(
            arrow_select::concat::concat_batches(&schema, &batches).expect("batches of one schema"),
        ))
    }
}
