//! A condition over the columns of a table.

use super::ConditionError;
use super::parse::{Expression, Operand, OperandValue, Parsed};
use super::token::Operator;
use crate::tables::names;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int32Type, Int64Type, UInt8Type};
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch};
use arrow_schema::{DataType, Schema};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Range;

/// A condition whose names are columns of a table.
#[derive(Clone, Debug)]
pub struct Condition {
    root: Bound,
    columns: BTreeSet<usize>,
}

#[derive(Clone, Debug)]
enum Bound {
    Or(Vec<Bound>),
    And(Vec<Bound>),
    Not(Box<Bound>),
    Compare(Side, Operator, Side),
    Holds(usize),
    Missing(usize),
}

#[derive(Clone, Debug)]
enum Side {
    Column(usize),
    Number(f64),
    Text(String),
    Flag(bool),
}

/// What can be compared with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Flag,
}

impl Kind {
    fn of(kind: &DataType) -> Self {
        match kind {
            DataType::Boolean => Self::Flag,
            DataType::Utf8 | DataType::Dictionary(_, _) => Self::Text,
            _ => Self::Number,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Flag => "true or false",
        }
    }
}

impl Condition {
    /// Binds a condition to columns; `member` is another name for the column of this name.
    ///
    /// # Errors
    /// If it has a name that no column has, or compares what can't be compared.
    pub fn bind(parsed: &Parsed, schema: &Schema, member: &str) -> Result<Self, ConditionError> {
        let mut binder = Binder {
            text: &parsed.text,
            schema,
            member,
            columns: BTreeSet::new(),
        };
        let root = binder.bind(&parsed.expression)?;
        Ok(Self {
            root,
            columns: binder.columns,
        })
    }

    /// The columns that it looks at.
    #[must_use]
    pub fn columns(&self) -> &BTreeSet<usize> {
        &self.columns
    }

    /// Which rows of a batch it holds for. `place` says where in the batch a column of the table is.
    ///
    /// # Panics
    /// If the batch lacks a column of [`Self::columns`].
    #[must_use]
    pub fn holds(&self, batch: &RecordBatch, place: &dyn Fn(usize) -> usize) -> BooleanArray {
        let values = |column: usize| Values::Column(batch.column(place(column)));
        let rows = 0..batch.num_rows();
        let truth = self.root.evaluate(&values, rows.len());
        rows.map(|row| Some(truth[row] == Some(true))).collect()
    }
}

struct Binder<'a> {
    text: &'a str,
    schema: &'a Schema,
    member: &'a str,
    columns: BTreeSet<usize>,
}

impl Binder<'_> {
    fn bind(&mut self, expression: &Expression) -> Result<Bound, ConditionError> {
        Ok(match expression {
            Expression::Or(parts) => Bound::Or(self.all(parts)?),
            Expression::And(parts) => Bound::And(self.all(parts)?),
            Expression::Not(inner) => Bound::Not(Box::new(self.bind(inner)?)),
            Expression::Missing(operand) => Bound::Missing(self.name(operand)?),
            Expression::Holds(operand) => {
                let column = self.name(operand)?;
                let kind = self.kind(column);
                if kind != Kind::Flag {
                    return Err(self.error(
                        &operand.place,
                        format!(
                            "`{}` is {}, not true or false",
                            self.schema.field(column).name(),
                            kind.words()
                        ),
                        "compare it with something",
                    ));
                }
                Bound::Holds(column)
            }
            Expression::Compare(left, operator, right) => self.compare(left, *operator, right)?,
        })
    }

    fn all(&mut self, parts: &[Expression]) -> Result<Vec<Bound>, ConditionError> {
        parts.iter().map(|part| self.bind(part)).collect()
    }

    fn compare(&mut self, left: &Operand, operator: Operator, right: &Operand) -> Result<Bound, ConditionError> {
        let is_name = |operand: &Operand| matches!(operand.value, OperandValue::Name(_));
        if !is_name(left) && !is_name(right) {
            let place = left.place.start..right.place.end;
            return Err(self.error(&place, "no column is compared here", "name one on one of the sides"));
        }
        let ((left_side, left_kind), (right_side, right_kind)) = (self.side(left)?, self.side(right)?);
        if left_kind != right_kind {
            let (words, other) = (right_kind.words(), left_kind.words());
            return Err(self.error(
                &right.place,
                format!("{words} is compared with {other}"),
                match left_kind {
                    Kind::Number => "write a number",
                    Kind::Text => "write a text in quotes",
                    Kind::Flag => "write true or false",
                },
            ));
        }
        if left_kind != Kind::Number && !matches!(operator, Operator::Equal | Operator::Unequal) {
            let place = left.place.start..right.place.end;
            let problem = format!("{} has no order", left_kind.words());
            return Err(self.error(&place, problem, "compare it with = or !="));
        }
        let (left, right) = (
            self.rounded(&left_side, &right_side),
            self.rounded(&right_side, &left_side),
        );
        Ok(Bound::Compare(left, operator, right))
    }

    /// A number as the column that it is compared with keeps it: 0.1 is 0.1 in 32 bits, too.
    fn rounded(&self, side: &Side, other: &Side) -> Side {
        match (side, other) {
            (Side::Number(number), Side::Column(column))
                if *self.schema.field(*column).data_type() == DataType::Float32 =>
            {
                Side::Number(f64::from(*number as f32))
            }
            _ => side.clone(),
        }
    }

    fn side(&mut self, operand: &Operand) -> Result<(Side, Kind), ConditionError> {
        Ok(match &operand.value {
            OperandValue::Name(_) => {
                let column = self.name(operand)?;
                (Side::Column(column), self.kind(column))
            }
            OperandValue::Number(number) => (Side::Number(*number), Kind::Number),
            OperandValue::Text(text) => (Side::Text(text.clone()), Kind::Text),
            OperandValue::Flag(flag) => (Side::Flag(*flag), Kind::Flag),
        })
    }

    fn kind(&self, column: usize) -> Kind {
        Kind::of(self.schema.field(column).data_type())
    }

    fn name(&mut self, operand: &Operand) -> Result<usize, ConditionError> {
        let OperandValue::Name(name) = &operand.value else {
            return Err(self.error(&operand.place, "this is no column", "name a column here"));
        };
        match names::find(name, self.schema, self.member) {
            Ok(column) => {
                self.columns.insert(column);
                Ok(column)
            }
            Err(hint) => Err(self.error(
                &operand.place,
                format!("there is no column `{name}`"),
                format!("{hint}; texts stand in quotes"),
            )),
        }
    }

    fn error(&self, place: &Range<usize>, problem: impl Into<String>, hint: impl Into<String>) -> ConditionError {
        ConditionError::new(self.text, place.clone(), problem, hint)
    }
}

/// Truth of rows: true, false, or unknown where something is missing.
type Truth = Vec<Option<bool>>;

impl Bound {
    fn evaluate<'b>(&self, values: &dyn Fn(usize) -> Values<'b>, rows: usize) -> Truth {
        match self {
            // One that is true makes it true whatever the others are, as one that is false makes all of `and` false.
            Self::Or(parts) => combine(parts, values, rows, true),
            Self::And(parts) => combine(parts, values, rows, false),
            Self::Not(inner) => {
                let inner = inner.evaluate(values, rows);
                inner.into_iter().map(|truth| truth.map(|truth| !truth)).collect()
            }
            Self::Holds(column) => {
                let values = values(*column);
                (0..rows).map(|row| values.flag(row)).collect()
            }
            Self::Missing(column) => {
                let values = values(*column);
                (0..rows).map(|row| Some(values.is_missing(row))).collect()
            }
            Self::Compare(left, operator, right) => compare(left, *operator, right, values, rows),
        }
    }
}

fn combine<'b>(parts: &[Bound], values: &dyn Fn(usize) -> Values<'b>, rows: usize, decisive: bool) -> Truth {
    let mut whole = vec![Some(!decisive); rows];
    for part in parts {
        for (whole, part) in whole.iter_mut().zip(part.evaluate(values, rows)) {
            *whole = match (*whole, part) {
                (Some(one), _) | (_, Some(one)) if one == decisive => Some(decisive),
                (_, Some(other)) if other == decisive => Some(decisive),
                (None, _) | (_, None) => None,
                _ => Some(!decisive),
            };
        }
    }
    whole
}

fn compare<'b>(
    left: &Side,
    operator: Operator,
    right: &Side,
    values: &dyn Fn(usize) -> Values<'b>,
    rows: usize,
) -> Truth {
    let of = |side: &Side| match side {
        Side::Column(column) => values(*column),
        Side::Number(number) => Values::Number(*number),
        Side::Text(text) => Values::Word(text.clone()),
        Side::Flag(flag) => Values::Truth(*flag),
    };
    let (left, right) = (of(left), of(right));
    let order = |row: usize| -> Option<Ordering> {
        if let (Some(left), Some(right)) = (left.text(row), right.text(row)) {
            return Some(left.cmp(right));
        }
        if let (Some(left), Some(right)) = (left.flag(row), right.flag(row)) {
            return Some(left.cmp(&right));
        }
        left.number(row)?.partial_cmp(&right.number(row)?)
    };
    (0..rows)
        .map(|row| {
            order(row).map(|order| match operator {
                Operator::Less => order.is_lt(),
                Operator::AtMost => order.is_le(),
                Operator::Greater => order.is_gt(),
                Operator::AtLeast => order.is_ge(),
                Operator::Equal => order.is_eq(),
                Operator::Unequal => order.is_ne(),
            })
        })
        .collect()
}

/// The values of a side in a batch.
enum Values<'a> {
    Column(&'a ArrayRef),
    Number(f64),
    Word(String),
    Truth(bool),
}

impl Values<'_> {
    fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Column(array) => {
                array.is_null(row)
                    || matches!(array.data_type(), DataType::Float64 | DataType::Float32)
                        && self.number(row).is_none_or(f64::is_nan)
            }
            _ => false,
        }
    }

    fn number(&self, row: usize) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Column(array) if array.is_valid(row) => match array.data_type() {
                DataType::Float64 => Some(array.as_primitive::<Float64Type>().value(row)),
                DataType::Float32 => Some(array.as_primitive::<Float32Type>().value(row).into()),
                DataType::Int64 => Some(array.as_primitive::<Int64Type>().value(row) as f64),
                DataType::Int32 => Some(array.as_primitive::<Int32Type>().value(row).into()),
                DataType::UInt8 => Some(array.as_primitive::<UInt8Type>().value(row).into()),
                _ => None,
            },
            _ => None,
        }
    }

    fn flag(&self, row: usize) -> Option<bool> {
        match self {
            Self::Truth(flag) => Some(*flag),
            Self::Column(array) if array.is_valid(row) => array.as_boolean_opt().map(|flags| flags.value(row)),
            _ => None,
        }
    }

    fn text(&self, row: usize) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Column(array) if array.is_valid(row) => match array.data_type() {
                DataType::Utf8 => Some(array.as_string::<i32>().value(row)),
                DataType::Dictionary(_, _) => {
                    let dictionary = array.as_dictionary::<Int32Type>();
                    let words = dictionary.values().as_string::<i32>();
                    Some(words.value(dictionary.keys().value(row) as usize))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
