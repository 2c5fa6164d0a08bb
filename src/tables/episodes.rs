//! What became of every member of every unit.

use super::TablesError;
use super::base::{Base, Grain, Whose};
use super::pieces::Pieces;
use super::source::{MetricColumns, Results, Source};
use crate::forms::{Codes, code_field, field};
use crate::results::{MemberDetail, MetricColumn, MetricKind, UnitFeatures};
use crate::stats::UnitStatistics;
use crate::store::UnitCondition;
use crate::sweep::UnitIndex;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int32Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::ops::Range;
use std::sync::Arc;

/// Rows of a block at most, unless one unit has more.
const BLOCK_ROWS: u64 = 1 << 16;

/// Statistics of a unit where its members aren't kept.
const STATISTICS: [(&str, &str); 5] = [
    ("count", "members with a value of "),
    ("mean", "mean over the members of "),
    ("sd", "standard deviation over the members of "),
    ("min", "smallest over the members of "),
    ("max", "largest over the members of "),
];

/// The table of episodes: a row for each member of each unit that is done, or for each unit where members aren't kept.
pub(super) struct Episodes<'a> {
    results: Results<'a>,
    base: Base,
    detail: MemberDetail,
    codes: Vec<Codes>,
    ends: Option<Codes>,
    schema: SchemaRef,
    /// Units that are still to be read.
    pieces: Pieces,
}

impl<'a> Episodes<'a> {
    pub fn of(results: Results<'a>) -> Result<Self, TablesError> {
        let shape = results.reader.layout().shape();
        let detail = shape.members;
        let grain = match detail {
            MemberDetail::All => Grain::Member,
            MemberDetail::Statistics if results.members.is_some() => {
                return Err(TablesError::choice(
                    "the results keep only statistics over the members of each unit",
                    "leave --members out",
                ));
            }
            MemberDetail::Statistics => Grain::Unit,
        };
        let mut own: Vec<Field> = shape.metrics.iter().flat_map(|metric| fields(metric, detail)).collect();
        let mut ends = None;
        if !shape.features.ends.is_empty() {
            let mut words = vec![UnitFeatures::FULL_COURSE.to_owned()];
            words.extend(shape.features.ends.iter().map(|reason| reason.name.clone()));
            ends = Some(Codes::new(&words));
            own.push(code_field("unit_end", "how the unit ended"));
        }
        let base = Base::new(&results, grain, &own);
        let fields: Vec<Field> = base.fields().iter().cloned().chain(own).collect();
        let pieces = results.unit_pieces();
        let codes = shape
            .metrics
            .iter()
            .map(|metric| Codes::new(&metric.meanings))
            .collect();
        Ok(Self {
            base,
            detail,
            codes,
            ends,
            schema: Arc::new(Schema::new(fields)),
            pieces,
            results,
        })
    }

    /// The next run of units whose rows make a block.
    fn next_units(&mut self) -> Option<Range<u64>> {
        let shape = self.results.reader.layout().shape();
        let rows_per_unit = match self.detail {
            MemberDetail::All => u64::from(shape.member_axis.count.max(1)),
            MemberDetail::Statistics => 1,
        };
        self.pieces.next(BLOCK_ROWS / rows_per_unit)
    }

    /// The units of a run that are wanted and done.
    fn wanted_units(&self, units: Range<u64>) -> Result<Vec<u64>, TablesError> {
        let replicates = u64::from(self.results.reader.layout().shape().replicates);
        if !units
            .clone()
            .any(|unit| self.results.wants_replicate(unit % replicates))
        {
            return Ok(Vec::new());
        }
        let conditions = self.results.reader.unit_conditions(units.clone())?;
        let mut wanted = Vec::new();
        for (unit, condition) in units.zip(conditions) {
            match condition {
                _ if !self.results.wants_replicate(unit % replicates) => {}
                UnitCondition::Done => wanted.push(unit),
                // A unit that is just being written looks the same.
                UnitCondition::Damaged if !self.results.partial => {
                    return Err(TablesError::Damaged {
                        path: self.results.path.to_owned(),
                        unit: UnitIndex(unit),
                    });
                }
                _ => {}
            }
        }
        Ok(wanted)
    }

    /// The rows of units.
    fn rows_of(&self, units: &[u64]) -> Result<Vec<Whose>, TablesError> {
        if self.detail == MemberDetail::Statistics {
            return Ok(units.iter().map(|&unit| Whose { unit, member: 0 }).collect());
        }
        let (Some(&first), Some(&last)) = (units.first(), units.last()) else {
            return Ok(Vec::new());
        };
        let declared = u64::from(self.results.reader.layout().shape().member_axis.count);
        let taking_part = self.results.reader.members_taking_part(first..last + 1)?;
        let count = |unit: u64| match &taking_part {
            Some(counts) => u64::try_from(counts[(unit - first) as usize])
                .unwrap_or(0)
                .min(declared),
            None => declared,
        };
        let members = |unit: u64| (0..count(unit)).map(move |member| Whose { unit, member });
        Ok((units.iter().flat_map(|&unit| members(unit)))
            .filter(|row| self.results.wants_member(row.member))
            .collect())
    }

    /// A column of the table's own, by its number.
    fn own_array(&self, column: usize, units: Range<u64>, rows: &[Whose]) -> Result<ArrayRef, TablesError> {
        let reader = self.results.reader;
        let shape = reader.layout().shape();
        let per_metric = self.columns_per_metric();
        let (metric, part) = (column / per_metric, column % per_metric);
        let Some(declared) = shape.metrics.get(metric) else {
            let ends = self.ends.as_ref().expect("the only column beyond the metrics");
            let codes = reader.unit_ends(units.clone())?.unwrap_or_default();
            let code = |row: &Whose| {
                codes
                    .get((row.unit - units.start) as usize)
                    .map(|code| i32::from(*code))
            };
            return Ok(ends.array(rows.iter().map(code)));
        };
        if self.detail == MemberDetail::Statistics {
            let statistics = reader.unit_statistics(metric, units.clone())?;
            let of = |row: &Whose| &statistics[(row.unit - units.start) as usize];
            return Ok(statistic(part, rows.iter().map(of)));
        }
        let members = u64::from(shape.member_axis.count);
        let values = reader.member_values(metric, units.clone())?;
        let value = |row: &Whose| {
            let value = values[((row.unit - units.start) * members + row.member) as usize];
            Some(value).filter(|value| !value.is_nan())
        };
        let values = rows.iter().map(value);
        Ok(match declared.kind {
            MetricKind::Real => Arc::new(Float64Array::from_iter(values)),
            MetricKind::Count => Arc::new(Int32Array::from_iter(
                values.map(|value| value.map(|value| value as i32)),
            )),
            MetricKind::Flag => Arc::new(BooleanArray::from_iter(
                values.map(|value| value.map(|value| value == 1.0)),
            )),
            MetricKind::Code => self.codes[metric].array(values.map(|value| value.map(|value| value as i32))),
        })
    }

    fn columns_per_metric(&self) -> usize {
        match self.detail {
            MemberDetail::All => 1,
            MemberDetail::Statistics => STATISTICS.len(),
        }
    }
}

impl Source for Episodes<'_> {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn rows(&self) -> String {
        match self.detail {
            MemberDetail::All => format!(
                "a row for each {} of each unit",
                self.results.reader.layout().shape().member_axis.name
            ),
            MemberDetail::Statistics => "a row for each unit".to_owned(),
        }
    }

    fn metrics(&self) -> Vec<MetricColumns> {
        self.results.metric_columns(self.base.len(), self.columns_per_metric())
    }

    fn value_fields(&self) -> Vec<Field> {
        let value = |name: &str, long_name: &str| field(name, DataType::Float64, "", long_name).with_nullable(true);
        match self.detail {
            MemberDetail::All => vec![value(
                "value",
                "value of the metric; of a flag 0 or 1, of a code its number",
            )],
            MemberDetail::Statistics => (STATISTICS.iter())
                .map(|(name, text)| value(name, &format!("{text}the metric")))
                .collect(),
        }
    }

    fn progress(&self) -> (u64, u64) {
        self.pieces.progress()
    }

    fn next(&mut self, wanted: &[usize]) -> Result<Option<RecordBatch>, TablesError> {
        let Some(units) = self.next_units() else {
            return Ok(None);
        };
        let units = self.wanted_units(units)?;
        let rows = self.rows_of(&units)?;
        let schema = Arc::new(self.schema.project(wanted).expect("columns of the table"));
        let (Some(&first), Some(&last)) = (units.first(), units.last()) else {
            return Ok(Some(RecordBatch::new_empty(schema)));
        };
        let replicates = u64::from(self.results.reader.layout().shape().replicates);
        let points = first / replicates..last / replicates + 1;
        let mut arrays = self.base.arrays(&self.results, wanted, &rows, points);
        for column in wanted.iter().filter(|column| **column >= self.base.len()) {
            arrays.push(self.own_array(column - self.base.len(), first..last + 1, &rows)?);
        }
        Ok(Some(super::export::batch(schema, arrays, rows.len())))
    }
}

/// The columns of a metric.
fn fields(metric: &MetricColumn, detail: MemberDetail) -> Vec<Field> {
    let plain = |name: &str, kind, unit: &str, long_name: &str| field(name, kind, unit, long_name).with_nullable(true);
    if detail == MemberDetail::All {
        let of = |kind| plain(&metric.name, kind, &metric.unit, &metric.long_name);
        return vec![match metric.kind {
            MetricKind::Real => of(DataType::Float64),
            MetricKind::Count => of(DataType::Int32),
            MetricKind::Flag => of(DataType::Boolean),
            MetricKind::Code => code_field(&metric.name, &metric.long_name),
        }];
    }
    (STATISTICS.iter())
        .map(|(name, text)| {
            let long_name = format!("{text}{}", metric.long_name);
            let full = format!("{}_{name}", metric.name);
            match *name {
                "count" => field(&full, DataType::Int32, "1", &long_name),
                _ => plain(&full, DataType::Float64, &metric.unit, &long_name),
            }
        })
        .collect()
}

/// A statistic of units, by its place in [`STATISTICS`].
fn statistic<'s>(part: usize, units: impl Iterator<Item = &'s UnitStatistics>) -> ArrayRef {
    let real = |of: fn(&UnitStatistics) -> f64, units: &mut dyn Iterator<Item = &'s UnitStatistics>| -> ArrayRef {
        Arc::new(Float64Array::from_iter(
            units.map(|unit| Some(of(unit)).filter(|value| !value.is_nan())),
        ))
    };
    let mut units = units;
    match part {
        0 => Arc::new(Int32Array::from_iter_values(units.map(|unit| unit.count as i32))),
        1 => real(|unit| unit.mean, &mut units),
        2 => real(|unit| unit.sd, &mut units),
        3 => real(|unit| unit.min, &mut units),
        _ => real(|unit| unit.max, &mut units),
    }
}
