//! Attributes that say what a dataset means (CF conventions).

use super::{SchemaVersion, udunits};
use crate::netcdf4::{AttributeValue, StoredType, Variable};
use crate::results::{CoordinateKind, CoordinateShape, Shape};
use crate::stats::IntervalMethod;

/// The variable of one swept key along an axis.
pub(super) fn coordinate(coordinate: &CoordinateShape, axis: usize) -> Variable {
    let stored = match coordinate.kind {
        CoordinateKind::Real => StoredType::F64,
        CoordinateKind::Integer => StoredType::I64,
        CoordinateKind::Text => StoredType::Text,
    };
    let words = match coordinate.kind {
        CoordinateKind::Text => coordinate.key.replace(['.', '_'], " "),
        CoordinateKind::Real | CoordinateKind::Integer => udunits::words_of_key(&coordinate.key),
    };
    let variable = Variable::new(coordinate.name.clone(), stored, &[axis], words).with_text("key", &coordinate.key);
    match coordinate.kind {
        CoordinateKind::Text => variable,
        CoordinateKind::Real | CoordinateKind::Integer => variable.with_text("units", udunits::of_key(&coordinate.key)),
    }
}

/// Adds the value that stands for a missing one.
pub(super) fn fill(variable: Variable) -> Variable {
    let value = match variable.stored {
        StoredType::F64 => AttributeValue::F64(f64::NAN),
        StoredType::I64 => AttributeValue::I64(-1),
        StoredType::I32 => AttributeValue::I32(vec![-1]),
        StoredType::I8 => AttributeValue::I8(vec![-1]),
        StoredType::U64 | StoredType::U32 | StoredType::FixedText(_) | StoredType::Characters(_) | StoredType::Text => {
            return variable;
        }
    };
    variable.with("_FillValue", value)
}

/// Attribute that says how texts are encoded that are arrays of characters.
pub(super) const ENCODING: &str = "_Encoding";

/// A variable of texts of at most `bytes` bytes, as files of a version have them.
pub(super) fn text(version: SchemaVersion, name: &str, bytes: usize, axes: &[usize], long_name: &str) -> Variable {
    if version.has_characters() {
        Variable::new(name, StoredType::Characters(bytes), axes, long_name).with_text(ENCODING, "utf-8")
    } else {
        Variable::new(name, StoredType::FixedText(bytes), axes, long_name)
    }
}

/// Adds the meanings of the values of a flag.
pub(super) fn flags(variable: Variable, meanings: &[(i8, &str)]) -> Variable {
    let values = meanings.iter().map(|(value, _)| *value).collect();
    let words: Vec<&str> = meanings.iter().map(|(_, meaning)| *meaning).collect();
    (variable.with("flag_values", AttributeValue::I8(values))).with_text("flag_meanings", &words.join(" "))
}

/// Adds the meanings of the codes of interval methods.
pub(super) fn methods(variable: Variable) -> Variable {
    let meanings: Vec<(i8, &str)> = IntervalMethod::ALL
        .iter()
        .map(|method| (*method as i8, method.name()))
        .collect();
    flags(variable, &meanings)
}

/// The text of `/provenance/layout`.
pub(super) fn layout_text(shape: &Shape) -> String {
    serde_json::to_string(shape).expect("a shape is plain data with text keys")
}
