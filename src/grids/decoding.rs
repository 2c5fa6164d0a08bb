//! From stored numbers to physical ones.

use super::configuration::MissingPolicy;
use super::container::Variable;
use super::error::GridProblem;
use netcdf_reader::NcType;

/// What netCDF puts where nothing was written, for both kinds of floating-point numbers.
const FILL_OF_FLOATS: f64 = 9.969_209_968_386_869e36;

/// What netCDF puts where no integer was written. All values of a byte are taken for data: it has none to spare.
fn fill_of_integers(kind: &NcType) -> Option<f64> {
    match kind {
        NcType::Short => Some(-32_767.0),
        NcType::UShort => Some(65_535.0),
        NcType::Int => Some(-2_147_483_647.0),
        NcType::UInt => Some(4_294_967_295.0),
        // As `f64`, like the values that it is compared with.
        NcType::Int64 => Some(-9_223_372_036_854_775_806_i64 as f64),
        NcType::UInt64 => Some(18_446_744_073_709_551_614_u64 as f64),
        _ => None,
    }
}

/// Packing, missing values and unit of a variable.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decoding {
    /// 2⁸, 2¹⁶, … where signed numbers are meant as unsigned.
    wrap: f64,
    fills: Vec<f64>,
    lowest: f64,
    highest: f64,
    scale: f64,
    offset: f64,
    factor: f64,
    non_negative: bool,
    missing: MissingPolicy,
}

impl Decoding {
    /// The decoding that the attributes of `variable` ask for. Values are multiplied by `factor` at the end; below 0
    /// they become 0 where `non_negative`. What the netCDF library puts where nothing was written is missing where
    /// `is_netcdf`.
    pub(super) fn of(
        variable: &Variable,
        is_netcdf: bool,
        factor: f64,
        non_negative: bool,
        missing: MissingPolicy,
    ) -> Result<Self, GridProblem> {
        let number = |attribute: &'static str, default: f64| -> Result<f64, GridProblem> {
            let Some(found) = variable.numbers(attribute) else {
                return Ok(default);
            };
            match found[..] {
                [only] if only.is_finite() && (attribute != "scale_factor" || only != 0.0) => Ok(only),
                _ => Err(GridProblem::Attribute {
                    variable: variable.path.clone(),
                    attribute,
                    found: format!("{found:?}"),
                }),
            }
        };
        let wrap = match (variable.text("_Unsigned").as_str(), &variable.kind) {
            ("true" | "True", NcType::Byte) => 256.0,
            ("true" | "True", NcType::Short) => 65_536.0,
            ("true" | "True", NcType::Int) => 4_294_967_296.0,
            _ => 0.0,
        };
        let stored = |value: f64| match variable.kind {
            // An attribute in double precision stands for the number that a single can hold.
            NcType::Float => f64::from(value as f32),
            _ if value < 0.0 => value + wrap,
            _ => value,
        };
        let mut fills: Vec<f64> = ["_FillValue", "missing_value"]
            .iter()
            .filter_map(|name| variable.numbers(name))
            .flatten()
            .map(stored)
            .collect();
        if matches!(variable.kind, NcType::Float | NcType::Double) {
            fills.push(FILL_OF_FLOATS);
        }
        // A number, and not rarely a real one, where no netCDF library wrote the file or the file names its own.
        if is_netcdf && variable.numbers("_FillValue").is_none() {
            fills.extend(fill_of_integers(&variable.kind).map(stored));
        }
        let range = variable.numbers("valid_range").filter(|range| range.len() == 2);
        let end = |name, place: usize, none: f64| {
            let alone = variable.numbers(name).and_then(|numbers| numbers.first().copied());
            let end = alone.or_else(|| range.as_ref().map(|range| range[place]));
            end.filter(|end| !end.is_nan()).map_or(none, stored)
        };
        Ok(Self {
            wrap,
            fills,
            lowest: end("valid_min", 0, f64::NEG_INFINITY),
            highest: end("valid_max", 1, f64::INFINITY),
            scale: number("scale_factor", 1.0)?,
            offset: number("add_offset", 0.0)?,
            factor,
            non_negative,
            missing,
        })
    }

    /// The physical value of a stored number; `None` if it is missing and that isn't allowed.
    #[inline]
    pub(super) fn value(&self, stored: f64) -> Option<f32> {
        let stored = if stored < 0.0 { stored + self.wrap } else { stored };
        let is_there = stored >= self.lowest && stored <= self.highest && !self.fills.contains(&stored);
        let value = ((stored * self.scale + self.offset) * self.factor) as f32;
        if is_there && value.is_finite() {
            Some(if self.non_negative && value < 0.0 { 0.0 } else { value })
        } else {
            match self.missing {
                MissingPolicy::Refuse => None,
                MissingPolicy::Zero => Some(0.0),
            }
        }
    }
}
