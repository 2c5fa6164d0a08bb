//! What the store needs to know of a study, and nothing else.

use crate::random::PointKey;
use crate::results::{AxisShape, CoordinateKind, CoordinateShape, Shape};
use crate::study::{ResolvedStudy, Study};
use crate::sweep::{Coordinate, CoordinateValues, Dimension, PointIndex, UnitIndex};

/// A study as the store sees it. Implemented by [`Study`]; tests make their own.
pub trait Subject: Send + Sync {
    /// Name of the study.
    fn title(&self) -> String;
    /// Name of the scenario.
    fn scenario(&self) -> String;
    /// Seed of all random streams.
    fn seed(&self) -> u64;
    /// Names, lengths and kinds: cheap, also for designs of 10⁹ points.
    fn shape(&self) -> Shape;
    /// The axes with all their values.
    fn dimensions(&self) -> Vec<Dimension>;
    /// Identity of a design point.
    fn point_key(&self, point: PointIndex) -> PointKey;
    /// The number recorded as the seed of a unit.
    fn unit_seed(&self, unit: UnitIndex) -> u64;
    /// Hash of all that can change a unit's result.
    fn hash(&self) -> [u8; 32];
    /// Resolved configuration as TOML.
    fn toml(&self) -> String;
    /// Resolved configuration as JSON.
    fn json(&self) -> String;
    /// What input files held as JSON; empty without any.
    fn inputs(&self) -> String {
        String::new()
    }
}

/// Axes longer than this together are not expanded for planning; the length of their texts is then estimated.
const EXACT_VALUES: u64 = 1 << 20;

impl Subject for Study {
    fn title(&self) -> String {
        self.resolved.study.name.clone()
    }

    fn scenario(&self) -> String {
        self.resolved.study.scenario.clone()
    }

    fn seed(&self) -> u64 {
        self.resolved.study.seed
    }

    fn shape(&self) -> Shape {
        let lengths = self.design.dimension_lengths();
        let exact = lengths.iter().map(|(_, length)| *length).sum::<u64>() <= EXACT_VALUES;
        let axes = if exact {
            self.design.dimensions().iter().map(axis_shape).collect()
        } else {
            estimated_axes(self, &lengths)
        };
        Shape {
            axes,
            replicates: self.plan.replicates,
            member_axis: self.member_axis.clone(),
            metrics: self.metrics.as_ref().clone(),
            members: self.resolved.output.members,
            points_are_dependent: self.points_are_dependent,
            configuration_bytes: [self.toml().len() as u64, self.json().len() as u64],
            inputs_bytes: self.inputs().len() as u64,
            features: self.features.kept(),
        }
    }

    fn dimensions(&self) -> Vec<Dimension> {
        self.design.dimensions()
    }

    fn point_key(&self, point: PointIndex) -> PointKey {
        Study::point_key(self, point)
    }

    fn unit_seed(&self, unit: UnitIndex) -> u64 {
        self.unit(unit).streams.seed("unit").0
    }

    fn hash(&self) -> [u8; 32] {
        self.resolved.hash()
    }

    fn toml(&self) -> String {
        self.resolved.to_toml()
    }

    fn json(&self) -> String {
        serde_json::to_string(self.resolved.as_ref()).expect("a resolved study is plain data with text keys")
    }

    fn inputs(&self) -> String {
        inputs_text(&self.resolved)
    }
}

/// What input files held as JSON; empty without any.
pub(super) fn inputs_text(study: &ResolvedStudy) -> String {
    if study.inputs.is_empty() {
        return String::new();
    }
    serde_json::to_string(&study.inputs).expect("a list of records is plain data")
}

/// The shape of an expanded axis.
pub(super) fn axis_shape(dimension: &Dimension) -> AxisShape {
    AxisShape {
        name: dimension.name.clone(),
        length: dimension.length,
        coordinates: dimension.coordinates.iter().map(coordinate_shape).collect(),
    }
}

fn coordinate_shape(coordinate: &Coordinate) -> CoordinateShape {
    let (kind, text_bytes) = match &coordinate.values {
        CoordinateValues::Real(_) => (CoordinateKind::Real, 0),
        CoordinateValues::Integer(_) => (CoordinateKind::Integer, 0),
        CoordinateValues::Text(texts) => {
            let stored = texts
                .iter()
                .map(|text| super::size::heap_bytes(text.len() as u64))
                .sum();
            (CoordinateKind::Text, stored)
        }
    };
    CoordinateShape {
        name: coordinate.name.clone(),
        key: coordinate.key.clone(),
        kind,
        text_bytes,
    }
}

/// Axes of a design that is too long to expand for a plan: kinds from one point, lengths of texts from a sample of
/// evenly spread points. All keys are put on the longest axis, which dominates the size.
fn estimated_axes(study: &Study, lengths: &[(String, u64)]) -> Vec<AxisShape> {
    const SAMPLE: u64 = 256;
    let mut axes: Vec<AxisShape> = lengths
        .iter()
        .map(|(name, length)| AxisShape {
            name: name.clone(),
            length: *length,
            coordinates: Vec::new(),
        })
        .collect();
    let Some(longest) = axes.iter_mut().max_by_key(|axis| axis.length) else {
        return axes;
    };
    let points = study.design.point_count();
    for sample in 0..SAMPLE {
        let point = PointIndex((u128::from(sample) * u128::from(points) / u128::from(SAMPLE)) as u64);
        for assignment in study.design.assignments(point) {
            let known = longest.coordinates.iter().position(|shape| shape.key == assignment.key);
            let index = known.unwrap_or_else(|| {
                let kind = match &assignment.value {
                    value if value.is_i64() || value.is_u64() => CoordinateKind::Integer,
                    value if value.is_number() => CoordinateKind::Real,
                    _ => CoordinateKind::Text,
                };
                longest.coordinates.push(CoordinateShape {
                    name: assignment.key.replace('.', "_"),
                    key: assignment.key.clone(),
                    kind,
                    text_bytes: 0,
                });
                longest.coordinates.len() - 1
            });
            if longest.coordinates[index].kind == CoordinateKind::Text {
                let stored = super::size::heap_bytes(assignment.label.len() as u64);
                longest.coordinates[index].text_bytes += stored * longest.length / SAMPLE;
            }
        }
    }
    axes
}
