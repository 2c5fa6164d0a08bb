//! The columns that say whose a row is: unit, point, replicate, member, and the swept values of the point.

use super::source::Results;
use crate::forms::{coordinate_field, field};
use crate::store;
use crate::sweep::{Coordinate, CoordinateValues, ValueKind};
use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray};
use arrow_schema::{DataType, Field};
use std::ops::Range;
use std::sync::Arc;

/// Whose a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Whose {
    pub unit: u64,
    pub member: u64,
}

/// Columns before those of a table itself.
pub(super) struct Base {
    fields: Vec<Field>,
    kinds: Vec<BaseColumn>,
    replicates: u64,
}

/// Where the values of a column come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BaseColumn {
    Unit,
    Point,
    Replicate,
    Member,
    Swept(usize),
}

/// How far a table is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grain {
    Point,
    Unit,
    Member,
}

impl Base {
    /// The columns for rows of this grain beside `own` columns of the table, which keep their names.
    pub fn new(results: &Results<'_>, grain: Grain, own: &[Field]) -> Self {
        let shape = results.reader.layout().shape();
        let member = &shape.member_axis.name;
        let whole = |name: &str, long_name: &str| field(name, DataType::Int64, "", long_name);
        let mut columns = vec![(BaseColumn::Point, whole("point", "design point"))];
        if grain != Grain::Point {
            columns.insert(0, (BaseColumn::Unit, whole("unit", "unit of the study")));
            columns.push((
                BaseColumn::Replicate,
                whole("replicate", "replicate of the design point"),
            ));
        }
        if grain == Grain::Member {
            columns.push((BaseColumn::Member, whole(member, &format!("{member} of the unit"))));
        }
        let is_own = |name: &str| own.iter().any(|field| field.name() == name);
        columns.retain(|(_, field)| !is_own(field.name()));
        for (index, swept) in results.design.swept_keys().into_iter().enumerate() {
            let kind = match swept.kind {
                ValueKind::Real => DataType::Float64,
                ValueKind::Integer => DataType::Int64,
                ValueKind::Text => DataType::Utf8,
            };
            let taken = is_own(&swept.name) || columns.iter().any(|(_, field)| *field.name() == swept.name);
            let name = match taken {
                true => format!("swept_{}", swept.name),
                false => swept.name,
            };
            let unit = store::unit_of_key(&swept.key);
            columns.push((
                BaseColumn::Swept(index),
                coordinate_field(&name, &swept.key, unit, &store::words_of_key(&swept.key), kind),
            ));
        }
        let (kinds, fields) = columns.into_iter().unzip();
        Self {
            fields,
            kinds,
            replicates: u64::from(shape.replicates),
        }
    }

    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// The wanted columns among these, for rows whose points lie in `points`.
    pub fn arrays(&self, results: &Results<'_>, wanted: &[usize], rows: &[Whose], points: Range<u64>) -> Vec<ArrayRef> {
        let kinds: Vec<BaseColumn> = (wanted.iter())
            .filter_map(|column| self.kinds.get(*column).copied())
            .collect();
        let sweeps = kinds.iter().any(|kind| matches!(kind, BaseColumn::Swept(_)));
        let coordinates = match sweeps {
            true => results.design.point_coordinates(points.clone()),
            false => Vec::new(),
        };
        let numbers = |of: &dyn Fn(&Whose) -> u64| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| of(row) as i64)))
        };
        let replicates = self.replicates;
        let places: Vec<usize> = (rows.iter())
            .map(|row| (row.unit / replicates - points.start) as usize)
            .collect();
        (kinds.into_iter())
            .map(|kind| match kind {
                BaseColumn::Unit => numbers(&|row| row.unit),
                BaseColumn::Point => numbers(&|row| row.unit / replicates),
                BaseColumn::Replicate => numbers(&|row| row.unit % replicates),
                BaseColumn::Member => numbers(&|row| row.member),
                BaseColumn::Swept(index) => swept(&coordinates[index], &places),
            })
            .collect()
    }
}

fn swept(coordinate: &Coordinate, places: &[usize]) -> ArrayRef {
    match &coordinate.values {
        CoordinateValues::Real(values) => {
            let values = places
                .iter()
                .map(|place| Some(values[*place]).filter(|value| !value.is_nan()));
            Arc::new(Float64Array::from_iter(values))
        }
        CoordinateValues::Integer(values) => {
            Arc::new(Int64Array::from_iter_values(places.iter().map(|place| values[*place])))
        }
        CoordinateValues::Text(values) => {
            let values = places
                .iter()
                .map(|place| Some(values[*place].as_str()).filter(|text| !text.is_empty()));
            Arc::new(StringArray::from_iter(values))
        }
    }
}
