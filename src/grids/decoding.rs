//! From stored numbers to physical ones.

use super::configuration::MissingPolicy;
use super::error::GridProblem;
use super::sign::Sign;
use super::variable::{AttributeValue, Kind, TEXT, Variable};
use crate::quantity::number as shown;

/// What netCDF puts where nothing was written, for both kinds of floating-point numbers.
const FILL_OF_FLOATS: f64 = 9.969_209_968_386_869e36;

/// What netCDF puts where no integer was written. All values of a byte are taken for data: it has none to spare.
fn fill_of_integers(kind: &Kind) -> Option<f64> {
    match kind {
        Kind::I16 => Some(-32_767.0),
        Kind::U16 => Some(65_535.0),
        Kind::I32 => Some(-2_147_483_647.0),
        Kind::U32 => Some(4_294_967_295.0),
        // As `f64`, like the values that it is compared with.
        Kind::I64 => Some(-9_223_372_036_854_775_806_i64 as f64),
        Kind::U64 => Some(18_446_744_073_709_551_614_u64 as f64),
        _ => None,
    }
}

/// Values from the lowest to the highest count.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Valid {
    lowest: f64,
    highest: f64,
}

impl Valid {
    const ALL: Self = Self {
        lowest: f64::NEG_INFINITY,
        highest: f64::INFINITY,
    };

    fn contains(self, value: f64) -> bool {
        value >= self.lowest && value <= self.highest
    }
}

/// Packing, missing values and unit of a variable.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decoding {
    sign: Sign,
    /// Stored numbers that are missing, and which count.
    fills: Vec<f64>,
    valid: Valid,
    /// Which unpacked values count.
    unpacked_valid: Valid,
    scale: f64,
    offset: f64,
    factor: f64,
    non_negative: bool,
    missing: MissingPolicy,
}

/// What attributes of a packed variable are about.
struct Packing<'a> {
    variable: &'a Variable,
    sign: Sign,
    /// The type of the unpacked values; `None` if nothing is packed.
    unpacked: Option<&'a Kind>,
}

impl<'a> Packing<'a> {
    fn of(variable: &'a Variable, sign: Sign) -> Self {
        let kinds = ["scale_factor", "add_offset"].map(|name| variable.attributes.typed_numbers(name));
        Self {
            variable,
            sign,
            unpacked: (kinds.into_iter().flatten().map(|(kind, _)| kind)).max_by_key(|kind| kind.bytes()),
        }
    }

    /// Whether bounds of this type are about unpacked values. They are if they have the type of unpacked values and
    /// that is wider than the stored one, or if only unpacked values have fractions.
    fn is_unpacked(&self, kind: &Kind) -> bool {
        let stored = &self.variable.kind;
        self.unpacked.is_some_and(|unpacked| {
            kind != stored
                && (kind.is_floating() && !stored.is_floating() || kind == unpacked && kind.bytes() > stored.bytes())
        })
    }

    /// The number that a stored one equal to it is compared as.
    fn stored(&self, value: f64) -> f64 {
        match self.variable.kind {
            // An attribute in double precision stands for the number that a single can hold.
            Kind::F32 => f64::from(value as f32),
            _ => self.sign.meant(value),
        }
    }

    /// Whether no stored value can be this number.
    fn is_beyond(&self, value: f64) -> bool {
        let range = self.variable.kind.integer_range();
        let range = range.map(|range| self.sign.range(range));
        range.is_some_and(|(lowest, highest)| value.fract() != 0.0 || value < lowest || value > highest)
    }

    /// Missing values as they are stored. One that no stored number can be is what such a number stands for.
    fn fills(&self, scale: f64, offset: f64) -> Vec<f64> {
        let named = ["_FillValue", "missing_value"]
            .iter()
            .filter_map(|name| self.variable.numbers(name));
        let stored = |value: f64| {
            if self.unpacked.is_some() && self.is_beyond(value) {
                ((value - offset) / scale).round()
            } else {
                self.stored(value)
            }
        };
        named.flatten().copied().map(stored).collect()
    }

    /// Bounds of stored and of unpacked values.
    fn bounds(&self, scale: f64) -> [Valid; 2] {
        let mut found = [Valid::ALL; 2];
        let mut set = |kind: &Kind, lowest: Option<f64>, highest: Option<f64>| {
            let is_unpacked = self.is_unpacked(kind);
            let bounds = &mut found[usize::from(is_unpacked)];
            let meant = |end: f64| if is_unpacked { end } else { self.stored(end) };
            if let Some(end) = lowest.filter(|end| !end.is_nan()) {
                bounds.lowest = meant(end);
            }
            if let Some(end) = highest.filter(|end| !end.is_nan()) {
                bounds.highest = meant(end);
            }
        };
        let attributes = &self.variable.attributes;
        if let Some((kind, &[lowest, highest])) = attributes.typed_numbers("valid_range") {
            set(kind, Some(lowest), Some(highest));
        }
        if let Some((kind, values)) = attributes.typed_numbers("valid_min") {
            set(kind, values.first().copied(), None);
        }
        if let Some((kind, values)) = attributes.typed_numbers("valid_max") {
            set(kind, None, values.first().copied());
        }
        // Unpacking rounds, and a bound may be in single precision.
        let give = |end: f64| 1e-6 * scale.abs() + f64::from(f32::EPSILON) * end.abs();
        found[1].lowest -= give(found[1].lowest);
        found[1].highest += give(found[1].highest);
        found
    }
}

/// `scale_factor` and `add_offset` of a variable; 1 and 0 where there are none.
fn scale_and_offset(variable: &Variable) -> Result<[f64; 2], GridProblem> {
    let number = |attribute: &'static str, default: f64| match variable.numbers(attribute) {
        None => Ok(default),
        Some(&[only]) if only.is_finite() && (attribute != "scale_factor" || only != 0.0) => Ok(only),
        Some(_) => Err(variable.unfit(attribute, "one finite number, and not 0 for a factor")),
    };
    Ok([number("scale_factor", 1.0)?, number("add_offset", 0.0)?])
}

/// Whether what says which values count can be understood: what can't must not be passed over.
fn check_bounds(variable: &Variable, is_packed: bool) -> Result<(), GridProblem> {
    for (attribute, count) in [("valid_range", 2), ("valid_min", 1), ("valid_max", 1)] {
        let expected = if count == 2 { "two numbers" } else { "one number" };
        match variable.attributes.typed_numbers(attribute) {
            Some((kind, numbers)) if numbers.len() == count && *kind == TEXT && is_packed => {
                return Err(variable.unfit(
                    attribute,
                    "numbers of a type that says whether they are packed: they were written as text",
                ));
            }
            Some((_, numbers)) if numbers.len() == count => {}
            Some(_) => return Err(variable.unfit(attribute, expected)),
            None => {}
        }
    }
    for attribute in ["_FillValue", "missing_value"] {
        if let Some(AttributeValue::Text(_)) = variable.attributes.value(attribute) {
            return Err(variable.unfit(attribute, "a number"));
        }
    }
    Ok(())
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
        variable.attributes.check(&variable.path)?;
        let sign = Sign::of(variable)?;
        let packing = Packing::of(variable, sign);
        let [scale, offset] = scale_and_offset(variable)?;
        check_bounds(variable, packing.unpacked.is_some())?;
        let mut fills = packing.fills(scale, offset);
        if variable.kind.is_floating() {
            fills.push(FILL_OF_FLOATS);
        }
        // A number, and not rarely a real one, where no netCDF library wrote the file or the file names its own.
        if is_netcdf && variable.numbers("_FillValue").is_none() {
            fills.extend(fill_of_integers(&variable.kind).map(|value| packing.stored(value)));
        }
        let [valid, unpacked_valid] = packing.bounds(scale);
        Ok(Self {
            sign,
            fills,
            valid,
            unpacked_valid,
            scale,
            offset,
            factor,
            non_negative,
            missing,
        })
    }

    /// The physical value of a stored number in double precision, and whether it is there.
    #[inline]
    pub(super) fn coordinate(&self, stored: f64) -> (f64, bool) {
        let stored = self.sign.meant(stored);
        let unpacked = stored * self.scale + self.offset;
        let is_there =
            self.valid.contains(stored) && !self.fills.contains(&stored) && self.unpacked_valid.contains(unpacked);
        (unpacked * self.factor, is_there)
    }

    /// The physical value of a stored number; `None` if it is missing and that isn't allowed.
    #[inline]
    pub(super) fn value(&self, stored: f64) -> Option<f32> {
        let (value, is_there) = self.coordinate(stored);
        let value = value as f32;
        if is_there && value.is_finite() {
            Some(if self.non_negative && value < 0.0 { 0.0 } else { value })
        } else {
            match self.missing {
                MissingPolicy::Refuse => None,
                MissingPolicy::Zero => Some(0.0),
            }
        }
    }

    /// Why a stored number counts as missing.
    pub(super) fn reason(&self, stored: f64) -> String {
        let stored = self.sign.meant(stored);
        let unpacked = stored * self.scale + self.offset;
        if !stored.is_finite() {
            "it is not finite".to_owned()
        } else if self.fills.contains(&stored) {
            "that marks missing values (`_FillValue`, `missing_value`, or what netCDF leaves where nothing was written)"
                .to_owned()
        } else if !self.valid.contains(stored) {
            format!(
                "stored values count from {} to {}",
                shown(self.valid.lowest),
                shown(self.valid.highest)
            )
        } else if !self.unpacked_valid.contains(unpacked) {
            let Valid { lowest, highest } = self.unpacked_valid;
            let [unpacked, lowest, highest] = [unpacked, lowest, highest].map(shown);
            format!("it stands for {unpacked}, and values count from {lowest} to {highest}")
        } else {
            format!(
                "it stands for {}, which single precision can't hold",
                shown(unpacked * self.factor)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::variable::{Attribute, AttributeValue, Attributes};
    use super::*;

    /// A variable of this kind with attributes.
    fn variable(kind: Kind, attributes: &[(&str, Kind, &[f64])]) -> Variable {
        Variable {
            path: "c".to_owned(),
            dimensions: Vec::new(),
            kind,
            attributes: Attributes(
                (attributes.iter())
                    .map(|(name, kind, values)| Attribute {
                        name: (*name).to_owned(),
                        value: AttributeValue::Numbers {
                            kind: kind.clone(),
                            values: values.to_vec(),
                        },
                    })
                    .collect(),
            ),
            address: None,
        }
    }

    fn decoding(variable: &Variable) -> Decoding {
        Decoding::of(variable, true, 1.0, false, MissingPolicy::Refuse).unwrap()
    }

    /// Shorts of 0.5 × stored + 10: which of three stored numbers are there.
    fn there(attributes: &[(&str, Kind, &[f64])], stored: [f64; 3]) -> [bool; 3] {
        let packed: [(&str, Kind, &[f64]); 2] =
            [("scale_factor", Kind::F64, &[0.5]), ("add_offset", Kind::F64, &[10.0])];
        let variable = variable(Kind::I16, &[&packed[..], attributes].concat());
        stored.map(|stored| decoding(&variable).value(stored).is_some())
    }

    #[test]
    fn bounds_are_packed_or_unpacked_by_their_type() {
        // Stored 4, 20 and 200 are 12, 20 and 110.
        let stored = [4.0, 20.0, 200.0];
        for (kind, expected) in [
            (Kind::I16, [false, true, true]),
            (Kind::I32, [false, true, true]),
            (Kind::F32, [false, false, true]),
            (Kind::F64, [false, false, true]),
        ] {
            // 11 as stored: from 15.5 on; as unpacked: all of them. 50 as stored: 35.
            assert_eq!(there(&[("valid_min", kind.clone(), &[10.0])], stored), {
                if kind.is_floating() { [true; 3] } else { expected }
            });
        }
        let range = |kind| there(&[("valid_range", kind, &[15.0, 100.0])], stored);
        assert_eq!(range(Kind::I16), [false, true, false]);
        assert_eq!(range(Kind::F64), [false, true, false]);
        assert_eq!(there(&[("valid_max", Kind::F32, &[30.0])], stored), [true, true, false]);
        assert_eq!(
            there(&[("valid_max", Kind::I16, &[15.0])], stored),
            [true, false, false]
        );
        // Either end by itself, each in its own units.
        let mixed: [(&str, Kind, &[f64]); 2] = [("valid_min", Kind::F64, &[15.0]), ("valid_max", Kind::I16, &[100.0])];
        assert_eq!(there(&mixed, stored), [false, true, false]);
    }

    #[test]
    fn missing_values_are_packed_unless_they_cannot_be() {
        let stored = [-999.0, 20.0, 200.0];
        let fill = |name, kind, values: &[f64]| there(&[(name, kind, values)], stored);
        assert_eq!(fill("missing_value", Kind::I16, &[-999.0]), [false, true, true]);
        assert_eq!(fill("missing_value", Kind::F64, &[-999.0, 200.0]), [false, true, false]);
        assert_eq!(fill("_FillValue", Kind::F32, &[f64::NAN]), [true; 3]);
        // −489.5 is what −999 stands for, and no short.
        assert_eq!(fill("missing_value", Kind::F64, &[-489.5]), [false, true, true]);
        assert_eq!(fill("missing_value", Kind::F64, &[1e20]), [true; 3]);
    }

    #[test]
    fn without_packing_there_is_only_one_kind_of_value() {
        let attributes: [(&str, Kind, &[f64]); 2] =
            [("valid_min", Kind::F64, &[0.0]), ("missing_value", Kind::F64, &[7.0])];
        for kind in [Kind::I16, Kind::U8, Kind::F32, Kind::F64] {
            let found = decoding(&variable(kind.clone(), &attributes));
            assert_eq!(
                [5.0, 7.0].map(|stored| found.value(stored)),
                [Some(5.0), None],
                "{kind:?}"
            );
        }
        let found = decoding(&variable(Kind::I32, &attributes));
        assert_eq!(found.value(-1.0), None);
        assert!(found.reason(-1.0).contains("from 0 to inf"), "{}", found.reason(-1.0));
    }

    #[test]
    fn unsigned_numbers_in_signed_ones() {
        let mut unsigned = variable(
            Kind::I8,
            &[
                ("valid_range", Kind::I8, &[0.0, -6.0]),
                ("_FillValue", Kind::I8, &[-1.0]),
            ],
        );
        unsigned.attributes.0.push(Attribute {
            name: "_Unsigned".to_owned(),
            value: AttributeValue::Text("true".to_owned()),
        });
        let found = decoding(&unsigned);
        assert_eq!(
            [3.0, -56.0, -6.0, -5.0, -1.0].map(|stored| found.value(stored)),
            [Some(3.0), Some(200.0), Some(250.0), None, None]
        );
    }
}
