//! Attributes in an HDF5 file: numbers and texts of any type that means one, and a name for the types of the others.

use super::number_format::NumberFormat;
use super::variable::{Attribute, AttributeValue, Attributes, Kind, is_needed};
use hdf5_reader::datatype_api::VarLenKind;
use hdf5_reader::error::Error;
use hdf5_reader::messages::datatype::StringSize;
use hdf5_reader::{Datatype, RawAttribute};
use std::collections::HashMap;

/// What the attributes `found` say. `raw` gives the same ones as they are stored: what a number's bits mean is only there.
pub(super) fn attributes(
    found: &[hdf5_reader::Attribute],
    raw: impl FnOnce() -> Result<Vec<RawAttribute>, Error>,
) -> Attributes {
    let is_number =
        |datatype: &Datatype| matches!(datatype, Datatype::FixedPoint { .. } | Datatype::FloatingPoint { .. });
    // It takes reading the header again, which files of thousands of datasets are spared.
    let formats: HashMap<String, NumberFormat> = if found
        .iter()
        .any(|attribute| is_number(&attribute.datatype) && is_needed(&attribute.name))
    {
        let raw = raw().unwrap_or_default().into_iter();
        raw.filter_map(|attribute| {
            let format = NumberFormat::parse(attribute.raw_datatype())?;
            Some((attribute.name().to_owned(), format))
        })
        .collect()
    } else {
        HashMap::new()
    };
    let attribute = |found: &hdf5_reader::Attribute| {
        let value = if is_number(&found.datatype) {
            numbers(found, formats.get(&found.name))
        } else {
            text(found)
        };
        Attribute::new(&found.name, value)
    };
    Attributes(found.iter().map(attribute).collect())
}

fn numbers(found: &hdf5_reader::Attribute, format: Option<&NumberFormat>) -> AttributeValue {
    let count = found.num_elements().ok().and_then(|count| usize::try_from(count).ok());
    match (format, count) {
        (Some(format), Some(count)) if count.checked_mul(format.bytes()) == Some(found.raw_data.len()) => {
            let stored = found.raw_data.chunks_exact(format.bytes());
            AttributeValue::Numbers {
                values: stored.map(|stored| format.number(stored)).collect(),
                kind: kind_of_format(*format),
            }
        }
        _ => AttributeValue::Other("numbers of an unknown format"),
    }
}

fn text(found: &hdf5_reader::Attribute) -> AttributeValue {
    const UNKNOWN: AttributeValue = AttributeValue::Other("text in an encoding other than UTF-8");
    let texts = match (&found.datatype, &found.decoded_strings) {
        (_, Some(texts)) => Ok(texts.clone()),
        (
            Datatype::String {
                size: StringSize::Fixed(_),
                ..
            },
            None,
        ) => found.read_strings(),
        (
            Datatype::VarLen {
                kind: VarLenKind::String,
                ..
            },
            None,
        ) => found.read_string().map(|text| vec![text]),
        (other, None) if other_kind(other) != "text" => return AttributeValue::Other(other_kind(other)),
        _ => return UNKNOWN,
    };
    match texts.as_deref() {
        Ok([only]) => AttributeValue::Text(only.clone()),
        Ok([]) => AttributeValue::Text(String::new()),
        // Numbers that were written as texts are numbers.
        Ok(several) if several.iter().all(|text| text.trim().parse::<f64>().is_ok()) => {
            AttributeValue::Text(several.join(" "))
        }
        Ok(_) => AttributeValue::Other("several texts"),
        Err(_) => UNKNOWN,
    }
}

pub(super) fn kind_of_format(format: NumberFormat) -> Kind {
    match (format.bytes(), format.plain_integer()) {
        (1, Some(true)) => Kind::I8,
        (1, Some(false)) => Kind::U8,
        (2, Some(true)) => Kind::I16,
        (2, Some(false)) => Kind::U16,
        (4, Some(true)) => Kind::I32,
        (4, Some(false)) => Kind::U32,
        (8, Some(true)) => Kind::I64,
        (8, Some(false)) => Kind::U64,
        _ if format.is_single() => Kind::F32,
        _ if format.is_double() => Kind::F64,
        _ => Kind::Foreign(format),
    }
}

/// What isn't a number, in words.
pub(super) fn other_kind(datatype: &Datatype) -> &'static str {
    match datatype {
        Datatype::String { .. }
        | Datatype::VarLen {
            kind: VarLenKind::String,
            ..
        } => "text",
        Datatype::Enum { .. } => "an enumeration (truth values, for example)",
        Datatype::Bitfield { .. } => "bits",
        Datatype::Compound { .. } => "compound values (complex numbers, for example)",
        Datatype::Opaque { .. } => "opaque bytes",
        Datatype::Array { .. } => "arrays",
        Datatype::VarLen { .. } => "lists of varying length",
        Datatype::Reference { .. } => "references",
        _ => "values of an unknown type",
    }
}
