//! A sweep, expanded: any point from its index alone.

use super::PointIndex;
use super::axis::{Axis, Cell, Grid};
use super::canonical;
use super::covering::Covering;
use super::dimension::{Coordinate, Dimension, SweptKey, coordinates};
use super::error::{Problems, SweepError};
use super::exclusion;
use super::form::{self, Form};
use super::key;
use super::names::{self, AxisNames};
use super::parse;
use super::selection::Selection;
use super::sequence::ValueKind;
use super::table::AxisTable;
use crate::random::PointKey;
use crate::{printable, quantity};
use serde::Deserialize;
use serde_json::Value;
use std::ops::Range;

/// One swept value of one design point.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// Dotted key, `wind.speed_m_s` or the name of a whole component, `navigator`.
    pub key: String,
    /// The value to put there.
    pub value: Value,
    /// What to call it in tables: the value itself, or the label given in the study.
    pub label: String,
}

impl Assignment {
    /// The value for people: numbers with five significant digits, text without what can't be seen.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.value {
            Value::Number(number) if number.is_f64() && self.label == number.to_string() => {
                quantity::number_written(self.label.clone(), number.as_f64().unwrap_or(f64::NAN))
            }
            _ => printable::short(&self.label, MAX_SHOWN),
        }
    }
}

/// Characters of a label that are shown.
const MAX_SHOWN: usize = 80;

/// A sweep, expanded: any point from its index alone. The default is no sweep: one point without assignments.
#[derive(Clone, Debug, Default)]
pub struct Design {
    grid: Grid,
    names: Vec<AxisNames>,
    selection: Option<Selection>,
}

impl Design {
    /// Reads a `[sweep]` table (keys `axes` and `exclude`) in which the names of components have been replaced by the
    /// components themselves. An empty table is no sweep.
    ///
    /// # Errors
    /// Every problem that was found. Exclusions are looked at only once the axes are right.
    pub fn parse(sweep: &Value) -> Result<Self, Vec<SweepError>> {
        let mut problems = Problems::default();
        let design = Self::read(sweep, &mut problems).unwrap_or_default();
        problems.or(design)
    }

    fn read(sweep: &Value, problems: &mut Problems) -> Option<Self> {
        form::check(sweep, Form::sweep(), "", problems);
        let axes = match sweep.get("axes") {
            None => &[][..],
            Some(axes) => axes.as_array()?,
        };
        parse::check_number(axes.len(), problems)?;
        // What is wrong with the form of an axis was said; the others are looked at all the same.
        let wrong = problems.in_list("axes");
        let axes = (axes.iter().enumerate())
            .map(|(number, axis)| {
                (!wrong.contains(&number))
                    .then(|| AxisTable::deserialize(axis).ok())
                    .flatten()
            })
            .collect();
        let grid = parse::grid(axes, "axes", &[], 0, problems)?;
        let names = names::assign(&grid.axes, problems);
        let selection = sweep
            .get("exclude")
            .and_then(|rules| exclusion::selection(rules, &grid, problems));
        Some(Self { grid, names, selection })
    }

    /// Number of design points (after exclusions); at least 1.
    #[must_use]
    pub fn point_count(&self) -> u64 {
        self.selection.as_ref().map_or(self.grid.count, Selection::count)
    }

    /// The swept values of one point, in axis order.
    ///
    /// # Panics
    /// If the point is not below [`Self::point_count`]; so do all functions of a point.
    #[must_use]
    pub fn assignments(&self, point: PointIndex) -> Vec<Assignment> {
        let mut assignments = Vec::new();
        self.visit(point, &mut |cell| {
            assignments.push(Assignment {
                label: cell.label(),
                key: cell.key.to_owned(),
                value: cell.value.into_owned(),
            });
        });
        assignments
    }

    /// The point's identity for seeding (see [`PointKey`]): a hash of its keys and values, so that neither the order
    /// of the axes, nor other values on them, nor the spelling of numbers (1, 1.0) or labels change it. Points of a
    /// sample that drew the same values are the same point.
    #[must_use]
    pub fn point_key(&self, point: PointIndex) -> PointKey {
        let mut encoded = Vec::new();
        self.visit(point, &mut |cell| {
            encoded.push((cell.key, canonical::bytes(&cell.value)))
        });
        canonical::point_key(encoded)
    }

    /// The identity of those values of a point that touch one of `keys`: the key itself, a component that holds it, or a part of
    /// it. Points with the same one differ elsewhere only.
    #[must_use]
    pub fn part_key(&self, point: PointIndex, keys: &[&str]) -> PointKey {
        let mut encoded = Vec::new();
        self.visit(point, &mut |cell| {
            if keys.iter().any(|wanted| key::touches(cell.key, wanted)) {
                encoded.push((cell.key, canonical::bytes(&cell.value)));
            }
        });
        canonical::point_key(encoded)
    }

    /// `base` with the point's values put in, in axis order: a part of a component that is swept after the component
    /// itself is set within it.
    #[must_use]
    pub fn configuration(&self, base: &Value, point: PointIndex) -> Value {
        let mut configuration = base.clone();
        self.visit(point, &mut |cell| {
            key::set(&mut configuration, cell.key, cell.value.into_owned());
        });
        configuration
    }

    /// The axes of the results, slowest first; their lengths multiply to [`Self::point_count`]. Without exclusions
    /// they are the top-level axes (none without a sweep); with exclusions the one dimension `point`. The coordinates
    /// are expanded here, so call it only for designs to be run.
    #[must_use]
    pub fn dimensions(&self) -> Vec<Dimension> {
        if self.selection.is_some() {
            let length = self.point_count();
            return vec![Dimension {
                name: "point".to_owned(),
                length,
                coordinates: self.point_coordinates(0..length),
            }];
        }
        self.grid
            .axes
            .iter()
            .zip(&self.names)
            .map(|(axis, names)| Dimension {
                name: names.dimension.clone(),
                length: axis.count(),
                coordinates: coordinates(axis_keys(axis, names), axis.count() as usize, |digit, visitor| {
                    axis.visit(digit as u64, visitor);
                }),
            })
            .collect()
    }

    /// Names and lengths of [`Self::dimensions`] without their coordinates: O(axes), for planning.
    #[must_use]
    pub fn dimension_lengths(&self) -> Vec<(String, u64)> {
        if self.selection.is_some() {
            return vec![("point".to_owned(), self.point_count())];
        }
        self.grid
            .axes
            .iter()
            .zip(&self.names)
            .map(|(axis, names)| (names.dimension.clone(), axis.count()))
            .collect()
    }

    /// The swept keys, in axis order: the columns of the table of points.
    #[must_use]
    pub fn swept_keys(&self) -> Vec<SweptKey> {
        self.grid
            .axes
            .iter()
            .zip(&self.names)
            .flat_map(|(axis, names)| axis_keys(axis, names))
            .collect()
    }

    /// The keys of the dimension or coordinate that has this name in the results; none if there is none.
    #[must_use]
    pub fn keys_called(&self, name: &str) -> Vec<String> {
        let axes = || self.grid.axes.iter().zip(&self.names);
        let of_axis = axes().find(|(_, names)| names.dimension == name);
        match of_axis {
            Some((axis, names)) => axis_keys(axis, names).into_iter().map(|swept| swept.key).collect(),
            None => (self.swept_keys().into_iter().filter(|swept| swept.name == name))
                .map(|swept| swept.key)
                .collect(),
        }
    }

    /// The values of all [`Self::swept_keys`] at consecutive points: rows of the table of points.
    #[must_use]
    pub fn point_coordinates(&self, points: Range<u64>) -> Vec<Coordinate> {
        let length = points.end.saturating_sub(points.start) as usize;
        coordinates(self.swept_keys(), length, |position, visitor| {
            self.visit(PointIndex(points.start + position as u64), visitor);
        })
    }

    /// Points that together show every combination of values of the axes that touch one of `keys` (the key itself, a
    /// component that holds it, or a part of it), with everything else at the first value that isn't excluded.
    /// Combinations that are excluded altogether are left out. For fixing shapes without a scan.
    ///
    /// # Errors
    /// If there are more than `limit` combinations: their number.
    pub fn points_covering(&self, keys: &[&str], limit: u64) -> Result<Vec<PointIndex>, u64> {
        // Inside the cases of a nested axis, too, only what touches counts. With exclusions all of it does: the first
        // values of the rest may be excluded where others aren't.
        let whole = self.selection.is_some();
        let coverings = self.grid.axes.iter().map(|axis| axis.covering(keys, whole));
        let coverings: Vec<Option<Covering<'_>>> = coverings.collect();
        let radices: Vec<u64> = (coverings.iter())
            .map(|covering| covering.as_ref().map_or(1, Covering::count))
            .collect();
        let combinations = radices.iter().copied().fold(1, u64::saturating_mul);
        if combinations > limit {
            return Err(combinations);
        }
        let points = (0..combinations).filter_map(|mut combination| {
            let mut digits = vec![None; radices.len()];
            for (axis, radix) in radices.iter().enumerate().rev() {
                digits[axis] = coverings[axis]
                    .as_ref()
                    .map(|covering| covering.digit(combination % radix));
                combination /= radix;
            }
            self.first_with(&digits)
        });
        Ok(points.collect())
    }

    /// The first point with these digits where they are given.
    fn first_with(&self, digits: &[Option<u64>]) -> Option<PointIndex> {
        let index = match &self.selection {
            Some(selection) => selection.index(&selection.first_with(digits)?)?,
            None => self
                .grid
                .axes
                .iter()
                .zip(digits)
                .fold(0, |index, (axis, digit)| index * axis.count() + digit.unwrap_or(0)),
        };
        Some(PointIndex(index))
    }

    /// How many running totals the exclusions keep: the memory that grows with the rules.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.selection.as_ref().map_or(0, Selection::remembered)
    }

    fn visit<'a>(&'a self, point: PointIndex, visitor: &mut dyn FnMut(Cell<'a>)) {
        assert!(
            point.0 < self.point_count(),
            "{point} of a design with {} points",
            self.point_count()
        );
        match &self.selection {
            None => self.grid.visit(point.0, visitor),
            Some(selection) => {
                for (axis, digit) in self.grid.axes.iter().zip(selection.digits(point.0)) {
                    axis.visit(digit, visitor);
                }
            }
        }
    }
}

fn axis_keys(axis: &Axis, names: &AxisNames) -> Vec<SweptKey> {
    axis.keys()
        .into_iter()
        .zip(&names.coordinates)
        .map(|(entry, name)| SweptKey {
            key: entry.key.to_owned(),
            name: name.clone(),
            kind: match entry.kind {
                ValueKind::Integer if entry.sometimes_unset => ValueKind::Real,
                kind => kind,
            },
        })
        .collect()
}
