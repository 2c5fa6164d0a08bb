//! What is in a field file, as plain data.

use crate::netcdf4::AttributeValue;
use crate::version::{GIT_REVISION, SOFTWARE_VERSION};

/// Root attribute `file_type`.
pub(super) const FILE_TYPE: &str = "plume-nav-sim field";

/// One quantity over (time, y, x).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldVariable {
    /// Name in the file.
    pub name: String,
    /// CF standard name, where there is one.
    pub standard_name: Option<String>,
    /// One line for people.
    pub long_name: String,
    /// UDUNITS string.
    pub unit: String,
}

/// A field over space and time: coordinates, variables and global attributes. The frames come later.
///
/// Values belong to the points (`x_m[i]`, `y_m[j]`): nodes of a grid, or centres of pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldFile {
    /// Ascending, at least one, m.
    pub x_m: Vec<f64>,
    /// Ascending, at least one, m.
    pub y_m: Vec<f64>,
    /// Height of the plane, m, where it is known.
    pub height_m: Option<f64>,
    /// The variables, at least one.
    pub variables: Vec<FieldVariable>,
    /// Global attributes, after those that every file has.
    pub attributes: Vec<(&'static str, AttributeValue)>,
}

impl FieldFile {
    /// Values in a frame of one variable.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.x_m.len() * self.y_m.len()
    }

    /// Bytes of a frame of all variables, before compression.
    #[must_use]
    pub fn frame_bytes(&self) -> u64 {
        self.cells() as u64 * self.variables.len() as u64 * size_of::<f32>() as u64
    }

    /// Global attributes that every file has.
    pub(super) fn common_attributes() -> [(&'static str, AttributeValue); 3] {
        [
            ("Conventions", AttributeValue::Text("CF-1.11".to_owned())),
            ("source", AttributeValue::Text(program())),
            ("file_type", AttributeValue::Text(FILE_TYPE.to_owned())),
        ]
    }
}

/// Name, version and revision of this program.
fn program() -> String {
    format!("plume-nav-sim {SOFTWARE_VERSION} (git revision {GIT_REVISION})")
}
