//! Fields over space and time: what a scenario has at every place, whether a member is there or not.

use super::UnitFailure;

/// One quantity of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldQuantity {
    /// Name of the variable: lower-case words joined by `_`.
    pub name: String,
    /// Its name in the CF standard name table, where it has one: `x_wind`.
    pub standard_name: Option<String>,
    /// One line for people.
    pub long_name: String,
    /// UDUNITS string.
    pub unit: String,
}

impl FieldQuantity {
    /// A quantity without a standard name.
    #[must_use]
    pub fn new(name: &str, unit: &str, long_name: &str) -> Self {
        Self {
            name: name.to_owned(),
            standard_name: None,
            long_name: long_name.to_owned(),
            unit: unit.to_owned(),
        }
    }

    /// The quantity with a name from the CF standard name table.
    #[must_use]
    pub fn with_standard_name(mut self, standard_name: &str) -> Self {
        self.standard_name = Some(standard_name.to_owned());
        self
    }
}

/// The part of space and time that a unit is about: what is looked at unless someone asks for another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldExtent {
    /// Lowest and highest x, m.
    pub x_m: [f64; 2],
    /// Lowest and highest y, m.
    pub y_m: [f64; 2],
    /// Height, m.
    pub z_m: f64,
    /// First and last time, s.
    pub time_s: [f64; 2],
    /// Step of the unit's clock, s.
    pub dt_s: f64,
}

/// Something that members look for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldTarget {
    /// Position along x, m.
    pub x_m: f64,
    /// Position along y, m.
    pub y_m: f64,
    /// Whether it moves.
    pub moves: bool,
}

/// The fields of one unit: one realisation that moves on in time.
///
/// What it gives at a time is exactly what the unit's members meet at that time.
pub trait FieldSampler {
    /// The quantities, in the order of [`FieldSampler::sample`]; the same at all times.
    fn quantities(&self) -> Vec<FieldQuantity>;

    /// Where and when the unit takes place.
    fn extent(&self) -> FieldExtent;

    /// Where what is to be found is at the earliest time that was asked for, x and y in m, and whether it stays there;
    /// empty if there is no such thing.
    fn targets(&self) -> Vec<FieldTarget> {
        Vec::new()
    }

    /// All quantities at the time `time_s`, which never decreases from call to call and is not below 0, at the
    /// positions (`x_m[i]`, `y_m[i]`), m, and the height `z_m`, m.
    ///
    /// `out` has one list per quantity; each is cleared and filled with one value per position.
    ///
    /// # Errors
    /// As for a unit: a file that can't be read, a state that isn't finite any more.
    ///
    /// # Panics
    /// If `x_m` and `y_m` or `out` and the quantities differ in length.
    fn sample(
        &mut self,
        time_s: f64,
        x_m: &[f64],
        y_m: &[f64],
        z_m: f64,
        out: &mut [Vec<f64>],
    ) -> Result<(), UnitFailure>;
}
