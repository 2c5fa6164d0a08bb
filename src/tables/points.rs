//! The design as a table, with how far every point is.

use super::TablesError;
use super::base::{Base, Grain, Whose};
use super::pieces::Pieces;
use super::source::{Results, Source};
use crate::forms::{field, text_field};
use crate::results::UnitState;
use crate::sweep::PointIndex;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::ops::Range;
use std::sync::Arc;

/// Design points of a block at most.
const BLOCK_POINTS: u64 = 4096;

/// Units whose states are read at once, unless one point has more.
const BLOCK_UNITS: u64 = 1 << 20;

/// States that units are counted by, and what their columns are called.
const STATES: [(UnitState, &str, &str); 3] = [
    (UnitState::Done, "done", "replicates that are done"),
    (UnitState::Quarantined, "quarantined", "replicates that failed"),
    (UnitState::Pending, "pending", "replicates that are still to be run"),
];

/// The table of points.
pub(super) struct Points<'a> {
    results: Results<'a>,
    base: Base,
    schema: SchemaRef,
    pieces: Pieces,
}

impl<'a> Points<'a> {
    pub fn of(results: Results<'a>) -> Result<Self, TablesError> {
        if results.replicates.is_some() || results.members.is_some() {
            return Err(TablesError::choice(
                "design points have no replicates or members to choose from",
                "leave --replicates and --members out",
            ));
        }
        let mut own = vec![text_field("point_key", 32, "hash of the swept values")];
        own.extend(STATES.map(|(_, name, long_name)| field(name, DataType::Int64, "1", long_name)));
        let base = Base::new(&results, Grain::Point, &own);
        let fields: Vec<Field> = base.fields().iter().cloned().chain(own).collect();
        let pieces = results.point_pieces();
        Ok(Self {
            base,
            schema: Arc::new(Schema::new(fields)),
            pieces,
            results,
        })
    }

    /// How many units of each point are in a state.
    fn counts(&self, points: &Range<u64>, wanted: UnitState) -> Result<ArrayRef, TablesError> {
        let plan = self.results.reader.layout().shape().plan();
        let units = plan.units_of(PointIndex(points.start)).start..plan.units_of(PointIndex(points.end)).start;
        let states = self.results.reader.states(units)?;
        let counts = (states.chunks_exact(plan.replicates as usize))
            .map(|states| states.iter().filter(|state| **state == wanted).count() as i64);
        Ok(Arc::new(Int64Array::from_iter_values(counts)))
    }
}

impl Source for Points<'_> {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn rows(&self) -> String {
        "a row for each design point".to_owned()
    }

    fn progress(&self) -> (u64, u64) {
        self.pieces.progress()
    }

    fn next(&mut self, wanted: &[usize]) -> Result<Option<RecordBatch>, TablesError> {
        let plan = self.results.reader.layout().shape().plan();
        let most = (BLOCK_UNITS / u64::from(plan.replicates.max(1))).clamp(1, BLOCK_POINTS);
        let Some(points) = self.pieces.next(most) else {
            return Ok(None);
        };
        let rows: Vec<Whose> = (points.clone())
            .map(|point| Whose {
                unit: plan.units_of(PointIndex(point)).start,
                member: 0,
            })
            .collect();
        let mut arrays = self.base.arrays(&self.results, wanted, &rows, points.clone());
        for column in wanted.iter().filter(|column| **column >= self.base.len()) {
            arrays.push(match column - self.base.len() {
                0 => {
                    let keys = points.clone().map(|point| {
                        let key = self.results.design.point_key(PointIndex(point)).0;
                        key.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
                    });
                    Arc::new(StringArray::from_iter_values(keys))
                }
                state => self.counts(&points, STATES[state - 1].0)?,
            });
        }
        let schema = Arc::new(self.schema.project(wanted).expect("columns of the table"));
        Ok(Some(super::export::batch(schema, arrays, rows.len())))
    }
}
