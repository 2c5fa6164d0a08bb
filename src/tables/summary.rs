//! The statistics of every design point.

use super::TablesError;
use super::base::{Base, Grain, Whose};
use super::pieces::Pieces;
use super::source::{MetricColumns, Results, Source};
use crate::forms::{Codes, code_field, field};
use crate::results::MemberDetail;
use crate::stats::{IntervalMethod, STATISTICS, StatisticColumn, StatisticStorage, StatisticValue, Summary};
use crate::store::UnitCondition;
use crate::sweep::PointIndex;
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::ops::Range;
use std::sync::Arc;

/// Design points of a block at most.
const BLOCK_POINTS: u64 = 1024;

/// Values of a metric that are in memory at once, unless one point has more.
const BLOCK_VALUES: u64 = 1 << 22;

/// The table of summaries: a row for each design point.
pub(super) struct SummaryTable<'a> {
    results: Results<'a>,
    base: Base,
    methods: Codes,
    schema: SchemaRef,
    pieces: Pieces,
}

impl<'a> SummaryTable<'a> {
    pub fn of(results: Results<'a>) -> Result<Self, TablesError> {
        if results.replicates.is_some() || results.members.is_some() {
            return Err(TablesError::choice(
                "a summary is over all replicates and members",
                "leave --replicates and --members out",
            ));
        }
        let shape = results.reader.layout().shape();
        let own: Vec<Field> = (shape.metrics.iter())
            .flat_map(|metric| {
                STATISTICS.iter().map(|statistic| {
                    value_field(
                        &format!("{}_{}", metric.name, statistic.suffix),
                        statistic,
                        statistic.unit_of(&metric.unit),
                        &metric.long_name,
                    )
                })
            })
            .collect();
        let base = Base::new(&results, Grain::Point, &own);
        let fields: Vec<Field> = base.fields().iter().cloned().chain(own).collect();
        let pieces = results.point_pieces();
        let most = IntervalMethod::ALL
            .iter()
            .map(|method| method.code())
            .max()
            .unwrap_or(0);
        let names = (0..=most).map(|code| {
            IntervalMethod::from_code(code)
                .map_or("", IntervalMethod::name)
                .to_owned()
        });
        Ok(Self {
            base,
            methods: Codes::new(&names.collect::<Vec<_>>()),
            schema: Arc::new(Schema::new(fields)),
            pieces,
            results,
        })
    }

    /// The summaries of a metric at a run of points: as they are in the file, or of the units that are there.
    fn summaries(&self, metric: usize, points: &Range<u64>, done: &[bool]) -> Result<Vec<Summary>, TablesError> {
        let reader = self.results.reader;
        if !self.results.partial {
            let range = PointIndex(points.start)..PointIndex(points.end);
            return Ok(reader.summaries(metric, range)?);
        }
        let shape = reader.layout().shape();
        let measure = shape.metrics[metric].measure();
        let replicates = shape.replicates as usize;
        let first = shape.plan().units_of(PointIndex(points.start)).start;
        let units = first..first + done.len() as u64;
        let of_points = done.chunks_exact(replicates);
        if shape.members == MemberDetail::Statistics {
            let all = reader.unit_statistics(metric, units)?;
            return Ok((all.chunks_exact(replicates).zip(of_points))
                .map(|(units, done)| {
                    let there = units.iter().zip(done).filter(|(_, done)| **done);
                    let there: Vec<_> = there.map(|(unit, _)| *unit).collect();
                    Summary::of_units(&there, measure, self.results.confidence)
                })
                .collect());
        }
        let members = shape.member_axis.count as usize;
        let all = reader.member_values(metric, units)?;
        Ok((all.chunks_exact(replicates * members).zip(of_points))
            .map(|(values, done)| {
                let there = values.chunks_exact(members).zip(done).filter(|(_, done)| **done);
                let there: Vec<f64> = there.flat_map(|(unit, _)| unit.iter().copied()).collect();
                Summary::of_members(&there, members, measure, self.results.confidence)
            })
            .collect())
    }

    /// Which units of points are done; looked at only where the summary isn't in the file.
    fn done_units(&self, points: &Range<u64>) -> Result<Vec<bool>, TablesError> {
        if !self.results.partial {
            return Ok(Vec::new());
        }
        let plan = self.results.reader.layout().shape().plan();
        let units = plan.units_of(PointIndex(points.start)).start..plan.units_of(PointIndex(points.end)).start;
        let conditions = self.results.reader.unit_conditions(units)?;
        Ok(conditions
            .into_iter()
            .map(|condition| condition == UnitCondition::Done)
            .collect())
    }

    /// A statistic of all points as an array.
    fn array(&self, statistic: &StatisticColumn, summaries: &[Summary]) -> ArrayRef {
        let values = summaries.iter().map(|summary| (statistic.get)(summary));
        match statistic.storage {
            StatisticStorage::Real => Arc::new(Float64Array::from_iter(values.map(|value| match value {
                StatisticValue::Real(number) if !number.is_nan() => Some(number),
                _ => None,
            }))),
            StatisticStorage::Integer => Arc::new(Int64Array::from_iter_values(values.map(|value| match value {
                StatisticValue::Integer(number) => number,
                _ => 0,
            }))),
            StatisticStorage::Method => self.methods.array(values.map(|value| match value {
                StatisticValue::Method(method) => Some(i32::from(method.code())),
                _ => None,
            })),
        }
    }
}

impl Source for SummaryTable<'_> {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn rows(&self) -> String {
        "a row for each design point".to_owned()
    }

    fn metrics(&self) -> Vec<MetricColumns> {
        self.results.metric_columns(self.base.len(), STATISTICS.len())
    }

    fn value_fields(&self) -> Vec<Field> {
        (STATISTICS.iter())
            .map(|statistic| value_field(statistic.suffix, statistic, "", "the metric"))
            .collect()
    }

    fn progress(&self) -> (u64, u64) {
        self.pieces.progress()
    }

    fn next(&mut self, wanted: &[usize]) -> Result<Option<RecordBatch>, TablesError> {
        let shape = self.results.reader.layout().shape();
        let values_per_point = u64::from(shape.replicates) * u64::from(shape.member_axis.count);
        let most = match self.results.partial {
            true => (BLOCK_VALUES / values_per_point.max(1)).clamp(1, BLOCK_POINTS),
            false => BLOCK_POINTS,
        };
        let Some(points) = self.pieces.next(most) else {
            return Ok(None);
        };
        let plan = shape.plan();
        let rows: Vec<Whose> = (points.clone())
            .map(|point| Whose {
                unit: plan.units_of(PointIndex(point)).start,
                member: 0,
            })
            .collect();
        let mut arrays = self.base.arrays(&self.results, wanted, &rows, points.clone());
        let done = self.done_units(&points)?;
        // Columns of one metric follow each other, and are read once.
        let mut last: Option<(usize, Vec<Summary>)> = None;
        for column in wanted.iter().filter(|column| **column >= self.base.len()) {
            let own = column - self.base.len();
            let (metric, statistic) = (own / STATISTICS.len(), &STATISTICS[own % STATISTICS.len()]);
            let summaries = match last.take() {
                Some((known, summaries)) if known == metric => summaries,
                _ => self.summaries(metric, &points, &done)?,
            };
            arrays.push(self.array(statistic, &summaries));
            last = Some((metric, summaries));
        }
        let schema = Arc::new(self.schema.project(wanted).expect("columns of the table"));
        Ok(Some(super::export::batch(schema, arrays, rows.len())))
    }
}

/// The field of a statistic.
fn value_field(name: &str, statistic: &StatisticColumn, unit: &str, metric: &str) -> Field {
    let long_name = statistic.long_name_of(metric);
    match statistic.storage {
        StatisticStorage::Real => field(name, DataType::Float64, unit, &long_name).with_nullable(true),
        StatisticStorage::Integer => field(name, DataType::Int64, unit, &long_name),
        StatisticStorage::Method => code_field(name, &long_name),
    }
}
