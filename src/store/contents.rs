//! What is in the datasets of a new results file: coordinates, design points, configuration.

use super::failures::fixed_text;
use super::fill::hex;
use super::layout::Layout;
use super::{Subject, describe};
use crate::netcdf4::{Group, StoredType, Variable};
use crate::sweep::{Coordinate, CoordinateValues, Dimension, PointIndex};
use hdf5::Dataset;
use hdf5::types::VarLenUnicode;
use std::ops::Range;

/// Texts that are made and written at a time.
const BLOCK: u64 = 1 << 16;

/// Makes the bytes of a run of elements.
pub(super) type Elements<'a> = Box<dyn Fn(Range<u64>) -> Vec<u8> + 'a>;

/// Where the elements of a new file come from.
pub(super) struct Contents<'a, S> {
    pub study: &'a S,
    pub layout: &'a Layout,
    pub dimensions: &'a [Dimension],
}

impl<S: Subject> Contents<'_, S> {
    /// The elements of a dataset; `None` if they are zeros to begin with, or texts that HDF5 writes.
    pub fn of(&self, group: &Group, variable: &Variable) -> Option<Elements<'_>> {
        match (group.name, variable.name.as_str()) {
            ("provenance", "session") | ("failures", "failure") | ("points", "point") => Some(indices(variable)),
            ("provenance", name) => self.provenance(variable, name),
            ("failures", "unit") => Some(elements(|_| (-1_i64).to_le_bytes())),
            ("points", "point_key") => Some(elements(|point| {
                let key = hex(&self.study.point_key(PointIndex(point)).0);
                <[u8; 32]>::try_from(key.as_bytes()).expect("16 bytes are 32 digits")
            })),
            _ => match find(group, variable, self.dimensions) {
                Some((coordinate, at)) => numbers(&coordinate.values, at),
                None => (variable.axes.len() == 1 && group.is_scale(variable)).then(|| indices(variable)),
            },
        }
    }

    fn provenance(&self, variable: &Variable, name: &str) -> Option<Elements<'_>> {
        let text = match name {
            "configuration_toml" => self.study.toml(),
            "configuration_json" => self.study.json(),
            "configuration_hash" => hex(&self.study.hash()),
            "inputs" => self.study.inputs(),
            "layout" => describe::layout_text(self.layout.shape()),
            // Sessions and flags: zero bytes are right.
            _ => return None,
        };
        let (StoredType::FixedText(bytes) | StoredType::Characters(bytes)) = variable.stored else {
            return None;
        };
        let text = fixed_text(&text, bytes);
        Some(Box::new(move |_| text.clone()))
    }
}

/// Writes the texts of a coordinate, or those of the design points.
pub(super) fn write_texts(
    group: &Group,
    variable: &Variable,
    dimensions: &[Dimension],
    dataset: &Dataset,
) -> hdf5::Result<()> {
    let Some((coordinate, at)) = find(group, variable, dimensions) else {
        return Ok(());
    };
    let CoordinateValues::Text(texts) = &coordinate.values else {
        return Ok(());
    };
    let texts = (texts.iter())
        .map(|text| {
            text.parse::<VarLenUnicode>()
                .map_err(|error| hdf5::Error::Internal(error.to_string()))
        })
        .collect::<hdf5::Result<Vec<_>>>()?;
    let length = dataset.size() as u64;
    for start in (0..length).step_by(BLOCK as usize) {
        let range = start..(start + BLOCK).min(length);
        let block: Vec<VarLenUnicode> = range.clone().map(|i| texts[at.value(i)].clone()).collect();
        dataset.write_slice(block.as_slice(), range.start as usize..range.end as usize)?;
    }
    Ok(())
}

/// Which value of a coordinate belongs to an element: each of `length` values for `stride` elements, over and over.
#[derive(Clone, Copy)]
struct At {
    stride: u64,
    length: u64,
}

impl At {
    fn value(self, element: u64) -> usize {
        (element / self.stride % self.length) as usize
    }
}

/// The coordinate that a variable shows, if it shows one, and which value belongs to which of its elements.
fn find<'a>(group: &Group, variable: &Variable, dimensions: &'a [Dimension]) -> Option<(&'a Coordinate, At)> {
    let on =
        |dimension: &'a Dimension| (dimension.coordinates.iter()).find(|coordinate| coordinate.name == variable.name);
    if group.name == "points" {
        // The values of a swept key at every point, from the axis that it lies on.
        let mut stride = 1;
        for dimension in dimensions.iter().rev() {
            let length = dimension.length;
            if let Some(coordinate) = on(dimension) {
                return Some((coordinate, At { stride, length }));
            }
            stride *= length;
        }
        return None;
    }
    let &[axis] = variable.axes.as_slice() else {
        return None;
    };
    let dimension = dimensions.get(axis)?;
    let length = dimension.length;
    Some((on(dimension)?, At { stride: 1, length }))
}

fn numbers(values: &CoordinateValues, at: At) -> Option<Elements<'_>> {
    match values {
        CoordinateValues::Real(values) => Some(elements(move |i| values[at.value(i)].to_le_bytes())),
        CoordinateValues::Integer(values) => Some(elements(move |i| values[at.value(i)].to_le_bytes())),
        CoordinateValues::Text(_) => None,
    }
}

fn indices(variable: &Variable) -> Elements<'static> {
    match variable.stored {
        StoredType::I32 => elements(|i| (i as i32).to_le_bytes()),
        _ => elements(u64::to_le_bytes),
    }
}

fn elements<'a, const N: usize>(element: impl Fn(u64) -> [u8; N] + 'a) -> Elements<'a> {
    Box::new(move |range| range.flat_map(&element).collect())
}
