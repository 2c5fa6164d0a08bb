//! What a file's header says about a variable, whatever the file's format.

use super::error::GridProblem;
use super::number_format::NumberFormat;
use crate::quantity::number;
use netcdf_reader::{NcAttrValue, NcType, NcVariable};

/// How values are stored.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
    /// Numbers that no register holds: half precision, quadruple precision, enumerations.
    Foreign(NumberFormat),
    /// No numbers, in words.
    Other(&'static str),
}

impl Kind {
    pub(super) fn of_netcdf(kind: &NcType) -> Self {
        match kind {
            NcType::Byte => Self::I8,
            NcType::UByte => Self::U8,
            NcType::Short => Self::I16,
            NcType::UShort => Self::U16,
            NcType::Int => Self::I32,
            NcType::UInt => Self::U32,
            NcType::Int64 => Self::I64,
            NcType::UInt64 => Self::U64,
            NcType::Float => Self::F32,
            NcType::Double => Self::F64,
            NcType::Char | NcType::String => Self::Other("text"),
            _ => Self::Other("values of a type that a user defined"),
        }
    }

    pub(super) fn is_numeric(&self) -> bool {
        !matches!(self, Self::Other(_))
    }

    /// Whether values are names for numbers: flags and classes, hardly ever amounts.
    pub(super) fn is_enumeration(&self) -> bool {
        matches!(self, Self::Foreign(format) if format.is_enumeration())
    }

    pub(super) fn is_floating(&self) -> bool {
        match self {
            Self::F32 | Self::F64 => true,
            Self::Foreign(format) => format.is_floating(),
            _ => false,
        }
    }

    /// Bytes of a value.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
            Self::Foreign(format) => format.bytes(),
            Self::Other(_) => 0,
        }
    }

    /// The lowest and the highest value of an integer.
    pub(super) fn integer_range(&self) -> Option<(f64, f64)> {
        let bits = 8 * self.bytes() as i32;
        match self {
            Self::I8 | Self::I16 | Self::I32 | Self::I64 => Some((-(2_f64.powi(bits - 1)), 2_f64.powi(bits - 1) - 1.0)),
            Self::U8 | Self::U16 | Self::U32 | Self::U64 => Some((0.0, 2_f64.powi(bits) - 1.0)),
            _ => None,
        }
    }
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum AttributeValue {
    Text(String),
    Numbers {
        kind: Kind,
        values: Vec<f64>,
    },
    /// Neither, in words: it is there, and nobody may take it for absent.
    Other(&'static str),
}

/// An attribute of a variable or of the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Attribute {
    pub name: String,
    pub value: AttributeValue,
}

/// Attributes that are numbers, whatever they are written as.
const NUMBERS: [&str; 9] = [
    "scale_factor",
    "add_offset",
    "_FillValue",
    "missing_value",
    "valid_range",
    "valid_min",
    "valid_max",
    "source_x_m",
    "source_y_m",
];

/// Attributes that are texts, and say what stored numbers or positions mean.
const TEXTS: [&str; 3] = ["units", "calendar", "_Unsigned"];

/// Whether an attribute of this name changes what is read: one that can't be understood is refused.
pub(super) fn is_needed(name: &str) -> bool {
    NUMBERS.contains(&name) || TEXTS.contains(&name)
}

/// The kind of numbers that were written as text.
pub(super) const TEXT: Kind = Kind::Other("text");

impl Attribute {
    /// Numbers that some programs write as text (`"0.01"`, `"0 200"`, `"[0, 200]"`) are taken as numbers.
    pub(super) fn new(name: &str, value: AttributeValue) -> Self {
        let value = match value {
            AttributeValue::Text(text) if NUMBERS.contains(&name) => match numbers_in(&text) {
                Some(values) => AttributeValue::Numbers { kind: TEXT, values },
                None => AttributeValue::Text(text),
            },
            other => other,
        };
        Self {
            name: name.to_owned(),
            value,
        }
    }

    /// One of a classic file.
    pub(super) fn of_netcdf(name: &str, value: &NcAttrValue) -> Self {
        let kind = match value {
            NcAttrValue::Bytes(_) => Kind::I8,
            NcAttrValue::Shorts(_) => Kind::I16,
            NcAttrValue::Ints(_) => Kind::I32,
            NcAttrValue::Floats(_) => Kind::F32,
            NcAttrValue::Doubles(_) => Kind::F64,
            NcAttrValue::UBytes(_) => Kind::U8,
            NcAttrValue::UShorts(_) => Kind::U16,
            NcAttrValue::UInts(_) => Kind::U32,
            NcAttrValue::Int64s(_) => Kind::I64,
            NcAttrValue::UInt64s(_) => Kind::U64,
            other => {
                let text = other.as_string().map(AttributeValue::Text);
                return Self::new(name, text.unwrap_or(AttributeValue::Other("several texts")));
            }
        };
        let value = match value.as_f64_vec() {
            Some(values) => AttributeValue::Numbers { kind, values },
            None => AttributeValue::Other("numbers of an unknown format"),
        };
        Self::new(name, value)
    }
}

/// The numbers that a text consists of.
fn numbers_in(text: &str) -> Option<Vec<f64>> {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let numbers: Option<Vec<f64>> = (inner.unwrap_or(text).split([' ', ',', '\t', '\n']))
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect();
    numbers.filter(|numbers| !numbers.is_empty())
}

/// Attributes, found by their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Attributes(pub Vec<Attribute>);

impl Attributes {
    pub(super) fn value(&self, name: &str) -> Option<&AttributeValue> {
        let found = self.0.iter().find(|attribute| attribute.name == name)?;
        Some(&found.value)
    }

    /// Whether there is one of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// A text; empty if there is none.
    pub(super) fn text(&self, name: &str) -> String {
        let Some(AttributeValue::Text(text)) = self.value(name) else {
            return String::new();
        };
        // Text of a fixed length may be padded.
        text.trim_matches(|c: char| c == '\0' || c.is_whitespace()).to_owned()
    }

    /// Refuses attributes that change what is read and are neither text nor numbers. `owner` has them.
    pub(super) fn check(&self, owner: &str) -> Result<(), GridProblem> {
        let odd = (self.0.iter()).find_map(|Attribute { name, value }| match value {
            AttributeValue::Other(found) if is_needed(name) => Some((name, *found)),
            _ => None,
        });
        match odd {
            None => Ok(()),
            Some((name, found)) => Err(GridProblem::AttributeType {
                owner: owner.to_owned(),
                attribute: name.clone(),
                found: found.to_owned(),
                expected: if NUMBERS.contains(&name.as_str()) {
                    "numbers"
                } else {
                    "a text"
                },
            }),
        }
    }

    /// Numbers and how they are stored; `None` if there is no such attribute. One without numbers has none.
    pub(super) fn typed_numbers(&self, name: &str) -> Option<(&Kind, &[f64])> {
        match self.value(name)? {
            AttributeValue::Numbers { kind, values } => Some((kind, values)),
            AttributeValue::Text(_) | AttributeValue::Other(_) => Some((&TEXT, &[])),
        }
    }

    /// The value as people read it; `nothing` if there is no such attribute.
    pub(super) fn shown(&self, name: &str) -> String {
        const LISTED: usize = 8;
        match self.value(name) {
            None => "nothing".to_owned(),
            Some(AttributeValue::Text(text)) => {
                format!("the text {:?}", text.chars().take(60).collect::<String>())
            }
            Some(AttributeValue::Other(found)) => (*found).to_owned(),
            Some(AttributeValue::Numbers { values, .. }) => match values[..] {
                [only] => number(only),
                _ => {
                    let mut parts: Vec<String> = values.iter().take(LISTED).map(|&value| number(value)).collect();
                    parts.extend((values.len() > LISTED).then(|| "…".to_owned()));
                    format!("[{}]", parts.join(", "))
                }
            },
        }
    }

    /// Numbers; `None` if there is no such attribute.
    pub(super) fn numbers(&self, name: &str) -> Option<&[f64]> {
        self.typed_numbers(name).map(|(_, values)| values)
    }
}

/// What the header says about a variable.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// Path from the root group, without a leading `/`.
    pub path: String,
    /// Length and, where the file names it, name of each dimension.
    pub dimensions: Vec<Dimension>,
    /// How values are stored.
    pub kind: Kind,
    pub attributes: Attributes,
    /// What tells it from others in an HDF5 file: a dataset may have several paths.
    pub address: Option<u64>,
}

/// One dimension of a variable.
#[derive(Clone, Debug)]
pub(super) struct Dimension {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its length.
    pub length: u64,
    /// Whether a program may write more along it.
    pub is_unlimited: bool,
}

impl Variable {
    /// One of a classic file, whose group has the path `prefix`.
    pub(super) fn of_netcdf(prefix: &str, variable: &NcVariable) -> Self {
        let attributes = variable.attributes().iter();
        Self {
            path: format!("{prefix}{}", variable.name()),
            dimensions: (variable.dimensions().iter())
                .map(|dimension| Dimension {
                    name: Some(dimension.name.clone()),
                    length: dimension.size,
                    is_unlimited: dimension.is_unlimited,
                })
                .collect(),
            kind: Kind::of_netcdf(variable.dtype()),
            attributes: Attributes(
                attributes
                    .map(|attribute| Attribute::of_netcdf(&attribute.name, &attribute.value))
                    .collect(),
            ),
            address: None,
        }
    }

    /// The last part of the path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The group's path, with a `/` at its end unless it is the root.
    pub(super) fn group(&self) -> &str {
        &self.path[..self.path.len() - self.name().len()]
    }

    /// A text attribute; empty if there is none.
    pub(super) fn text(&self, name: &str) -> String {
        self.attributes.text(name)
    }

    /// A text that decides what is read; empty if there is none. Anything else in its place is refused.
    pub(super) fn needed_text(&self, name: &'static str) -> Result<String, GridProblem> {
        self.attributes.check(&self.path)?;
        match self.attributes.value(name) {
            // Some programs write the unit of a pure number as a number.
            Some(AttributeValue::Numbers { values, .. }) if name == "units" && values[..] == [1.0] => {
                Ok("1".to_owned())
            }
            Some(AttributeValue::Numbers { .. }) => Err(GridProblem::AttributeType {
                owner: self.path.clone(),
                attribute: name.to_owned(),
                found: self.attributes.shown(name),
                expected: "a text",
            }),
            _ => Ok(self.text(name)),
        }
    }

    /// The problem of an attribute that isn't as it should be.
    pub(super) fn unfit(&self, attribute: &'static str, expected: &'static str) -> GridProblem {
        GridProblem::Attribute {
            variable: self.path.clone(),
            attribute,
            found: self.attributes.shown(attribute),
            expected,
        }
    }

    /// The numbers of an attribute; `None` if there is none.
    pub(super) fn numbers(&self, name: &str) -> Option<&[f64]> {
        self.attributes.numbers(name)
    }

    /// Whether values are plain numbers.
    pub(super) fn is_numeric(&self) -> bool {
        self.kind.is_numeric()
    }

    /// Names and lengths of the dimensions.
    pub(super) fn shape_text(&self) -> String {
        let parts: Vec<String> = self
            .dimensions
            .iter()
            .map(|dimension| match &dimension.name {
                Some(name) => format!("{name} = {}", dimension.length),
                None => dimension.length.to_string(),
            })
            .collect();
        format!("({})", parts.join(", "))
    }
}
