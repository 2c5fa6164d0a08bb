//! A made-up study for the tests of the store.

use super::Subject;
use super::subject::axis_shape;
use crate::random::PointKey;
use crate::results::{
    CellKind, EndReason, FinishedUnit, MemberAxis, MemberDetail, MetricColumn, MetricKind, RowColumn, RowMeaning,
    RowTable, Shape, UnitFeatures,
};
use crate::sweep::{Coordinate, CoordinateValues, Dimension, PointIndex, UnitIndex};

/// A study without a scenario: shapes and made-up values.
#[derive(Clone, Debug)]
pub(crate) struct Synthetic {
    pub dimensions: Vec<Dimension>,
    pub replicates: u32,
    pub members: u32,
    pub detail: MemberDetail,
    pub metrics: Vec<MetricColumn>,
    pub seed: u64,
    pub features: UnitFeatures,
}

/// A dimension with one coordinate of its own name.
pub(crate) fn axis(name: &str, key: &str, values: CoordinateValues) -> Dimension {
    let length = match &values {
        CoordinateValues::Real(values) => values.len(),
        CoordinateValues::Integer(values) => values.len(),
        CoordinateValues::Text(values) => values.len(),
    };
    Dimension {
        name: name.to_owned(),
        length: length as u64,
        coordinates: vec![Coordinate {
            name: name.to_owned(),
            key: key.to_owned(),
            values,
        }],
    }
}

impl Synthetic {
    /// 3 × 2 points on a numeric and a text axis, 5 replicates of 4 members, three metrics of the three kinds.
    pub fn small() -> Self {
        let strategies = ["surge_cast", "walk, überlang"].map(str::to_owned).to_vec();
        Self {
            dimensions: vec![
                axis(
                    "speed_m_s",
                    "wind.speed_m_s",
                    CoordinateValues::Real(vec![0.5, 1.0, 2.0]),
                ),
                axis("navigator", "navigator", CoordinateValues::Text(strategies)),
            ],
            replicates: 5,
            members: 4,
            detail: MemberDetail::All,
            metrics: vec![
                MetricColumn::new("success", MetricKind::Flag, "1", "whether the source was reached"),
                MetricColumn::new(
                    "search_time_s",
                    MetricKind::Real,
                    "s",
                    "time from release to the source",
                )
                .conditional("agents that reached the source"),
                MetricColumn::new("steps", MetricKind::Count, "1", "steps made"),
            ],
            seed: 42,
            features: UnitFeatures::PLAIN,
        }
    }

    /// The same, keeping only statistics.
    pub fn statistics(mut self) -> Self {
        self.detail = MemberDetail::Statistics;
        self
    }

    /// The same, with ragged members and two reasons to end early.
    pub fn ragged(mut self) -> Self {
        self.features = UnitFeatures {
            ragged_members: true,
            ends: vec![
                EndReason::new("extinct", "nobody is left"),
                EndReason::new("all_found", "everybody has found the source"),
            ],
            ..UnitFeatures::PLAIN
        };
        self
    }

    /// The same, with a table of three columns.
    pub fn with_rows(mut self) -> Self {
        self.features.tables = vec![RowTable {
            name: "track".to_owned(),
            long_name: "where agents were".to_owned(),
            row: RowMeaning::MemberAtStep,
            recorded: false,
            columns: vec![
                RowColumn::new("agent", CellKind::I32, "1", "agent"),
                RowColumn::new("x_m", CellKind::F64, "m", "place"),
                RowColumn::new("mood", CellKind::Text(5), "1", "mood"),
            ],
        }];
        self
    }

    /// A unit with these metrics that went its full course.
    pub fn finished<'a>(&self, values: &'a [f64]) -> FinishedUnit<'a> {
        FinishedUnit {
            values,
            members: self.members,
            end: 0,
            rows: None,
        }
    }

    /// Made-up metrics of a unit, `[metrics, members]`; every third time is missing.
    pub fn values(&self, unit: u64) -> Vec<f64> {
        let members = u64::from(self.members);
        (self.metrics.iter().enumerate())
            .flat_map(|(index, metric)| {
                (0..members).map(move |member| {
                    let number = unit * members + member + index as u64;
                    match metric.kind {
                        MetricKind::Flag => (number % 2) as f64,
                        MetricKind::Code => 0.0,
                        MetricKind::Count => number as f64,
                        MetricKind::Real if number.is_multiple_of(3) => f64::NAN,
                        MetricKind::Real => number as f64 + 0.25,
                    }
                })
            })
            .collect()
    }
}

impl Subject for Synthetic {
    fn title(&self) -> String {
        "synthetic".to_owned()
    }

    fn scenario(&self) -> String {
        "none".to_owned()
    }

    fn seed(&self) -> u64 {
        self.seed
    }

    fn shape(&self) -> Shape {
        Shape {
            axes: self.dimensions.iter().map(axis_shape).collect(),
            replicates: self.replicates,
            member_axis: MemberAxis {
                name: "agent".to_owned(),
                count: self.members,
            },
            metrics: self.metrics.clone(),
            members: self.detail,
            points_are_dependent: false,
            configuration_bytes: [self.toml().len() as u64, self.json().len() as u64],
            inputs_bytes: self.inputs().len() as u64,
            features: self.features.kept(),
        }
    }

    fn dimensions(&self) -> Vec<Dimension> {
        self.dimensions.clone()
    }

    fn point_key(&self, point: PointIndex) -> PointKey {
        PointKey(u128::from(point.0).to_be_bytes())
    }

    fn unit_seed(&self, unit: UnitIndex) -> u64 {
        unit.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ self.seed
    }

    fn hash(&self) -> [u8; 32] {
        *blake3::hash(&self.seed.to_le_bytes()).as_bytes()
    }

    fn toml(&self) -> String {
        format!("[study]\nseed = {}\n", self.seed)
    }

    fn json(&self) -> String {
        format!("{{\"seed\":{}}}", self.seed)
    }
}
