//! How a plume widens with the distance downwind.
//!
//! σ_y(x) and σ_z(x) are the standard deviations (m) across the wind and upwards at distance x (m) downwind.
//! - Power law: σ = a x^b. Valid only over the range where a and b were fitted.
//! - Constant diffusivity D (m²/s) in wind U: σ = √(2 D x / U). Molecular or homogeneous turbulent mixing; it ignores
//!   that larger plumes feel larger eddies.
//! - Briggs (1973) for Pasquill–Gifford stability classes A (very unstable) … F (very stable), open country or town:
//!   σ = a x (1 + b x)^p. Fitted for 100 m < x < 10 km and 10-minute averages: far above the distances and times of a
//!   foraging insect.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `plume.spread`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum SpreadConfig {
    /// σ = a x^b, with its own a and b in each direction.
    PowerLaw(PowerLawSpread),
    /// σ = √(2 D x / U).
    ConstantDiffusivity(ConstantDiffusivity),
    /// Pasquill–Gifford classes in the formulas of Briggs (1973).
    Briggs(BriggsSpread),
}

impl Default for SpreadConfig {
    fn default() -> Self {
        Self::ConstantDiffusivity(ConstantDiffusivity::default())
    }
}

/// σ = a x^b, x and σ in m.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct PowerLawSpread {
    /// a across the wind, m^(1−b).
    #[schemars(range(min = 1e-6, max = 1e3))]
    pub crosswind_coefficient: f64,
    /// b across the wind.
    #[schemars(range(min = 0.0, max = 3.0))]
    pub crosswind_exponent: f64,
    /// a upwards, m^(1−b).
    #[schemars(range(min = 1e-6, max = 1e3))]
    pub vertical_coefficient: f64,
    /// b upwards.
    #[schemars(range(min = 0.0, max = 3.0))]
    pub vertical_exponent: f64,
}

impl Default for PowerLawSpread {
    fn default() -> Self {
        Self {
            crosswind_coefficient: 0.2,
            crosswind_exponent: 0.894,
            vertical_coefficient: 0.2,
            vertical_exponent: 0.894,
        }
    }
}

/// σ = √(2 D x / U).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ConstantDiffusivity {
    /// D across the wind, m²/s.
    #[schemars(range(min = 1e-9, max = 1e4))]
    pub crosswind_m2_s: f64,
    /// D upwards, m²/s.
    #[schemars(range(min = 1e-9, max = 1e4))]
    pub vertical_m2_s: f64,
}

impl Default for ConstantDiffusivity {
    fn default() -> Self {
        Self {
            crosswind_m2_s: 0.05,
            vertical_m2_s: 0.02,
        }
    }
}

/// Briggs's formulas.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct BriggsSpread {
    /// Stability class: A very unstable … D neutral … F stable.
    pub stability: StabilityClass,
    /// What the plume passes over.
    pub terrain: Terrain,
}

/// Pasquill–Gifford stability class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
#[expect(missing_docs, reason = "the letters are their own names")]
pub enum StabilityClass {
    A,
    B,
    C,
    #[default]
    D,
    E,
    F,
}

/// Roughness of the ground.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Terrain {
    /// Open country.
    #[default]
    Rural,
    /// Towns.
    Urban,
}

/// One σ(x), with its constants worked out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Law {
    /// a x^b.
    Power { a: f64, b: f64 },
    /// √(k x).
    Root { k: f64 },
    /// a x (1 + b x)^p.
    Briggs { a: f64, b: f64, p: BriggsPower },
}

/// The exponents that occur in Briggs's formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BriggsPower {
    MinusOne,
    MinusHalf,
    PlusHalf,
}

impl SpreadConfig {
    /// σ_y and σ_z in wind of `speed_m_s`.
    pub(super) fn laws(&self, speed_m_s: f64) -> (Law, Law) {
        match self {
            Self::PowerLaw(p) => (
                Law::Power {
                    a: p.crosswind_coefficient,
                    b: p.crosswind_exponent,
                },
                Law::Power {
                    a: p.vertical_coefficient,
                    b: p.vertical_exponent,
                },
            ),
            Self::ConstantDiffusivity(d) => (
                Law::Root {
                    k: 2.0 * d.crosswind_m2_s / speed_m_s,
                },
                Law::Root {
                    k: 2.0 * d.vertical_m2_s / speed_m_s,
                },
            ),
            Self::Briggs(briggs) => briggs.laws(),
        }
    }
}

impl BriggsSpread {
    fn laws(&self) -> (Law, Law) {
        use BriggsPower::{MinusHalf, MinusOne, PlusHalf};
        use StabilityClass::{A, B, C, D, E, F};
        let law = |a, b, p| Law::Briggs { a, b, p };
        match self.terrain {
            Terrain::Rural => {
                let crosswind = match self.stability {
                    A => 0.22,
                    B => 0.16,
                    C => 0.11,
                    D => 0.08,
                    E => 0.06,
                    F => 0.04,
                };
                let vertical = match self.stability {
                    A => law(0.20, 0.0, MinusHalf),
                    B => law(0.12, 0.0, MinusHalf),
                    C => law(0.08, 0.0002, MinusHalf),
                    D => law(0.06, 0.0015, MinusHalf),
                    E => law(0.03, 0.0003, MinusOne),
                    F => law(0.016, 0.0003, MinusOne),
                };
                (law(crosswind, 0.0001, MinusHalf), vertical)
            }
            Terrain::Urban => {
                let crosswind = match self.stability {
                    A | B => 0.32,
                    C => 0.22,
                    D => 0.16,
                    E | F => 0.11,
                };
                let vertical = match self.stability {
                    A | B => law(0.24, 0.001, PlusHalf),
                    C => law(0.20, 0.0, MinusHalf),
                    D => law(0.14, 0.0003, MinusHalf),
                    E | F => law(0.08, 0.0015, MinusHalf),
                };
                (law(crosswind, 0.0004, MinusHalf), vertical)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(law: Law, x: f64) -> f64 {
        match law {
            Law::Power { a, b } => a * x.powf(b),
            Law::Root { k } => (k * x).sqrt(),
            Law::Briggs { a, b, p } => {
                let p = match p {
                    BriggsPower::MinusOne => -1.0,
                    BriggsPower::MinusHalf => -0.5,
                    BriggsPower::PlusHalf => 0.5,
                };
                a * x * (1.0 + b * x).powf(p)
            }
        }
    }

    /// The published formulas, typed again term by term, at 1 km.
    #[test]
    fn briggs_formulas() {
        use StabilityClass::{A, B, C, D, E, F};
        let x: f64 = 1000.0;
        let y_rural = |a: f64| a * x / (1.0 + 1e-4 * x).sqrt();
        let y_urban = |a: f64| a * x / (1.0 + 4e-4 * x).sqrt();
        let rural = [
            (A, y_rural(0.22), 200.0),
            (B, y_rural(0.16), 120.0),
            (C, y_rural(0.11), 80.0 / 1.2f64.sqrt()),
            (D, y_rural(0.08), 60.0 / 2.5f64.sqrt()),
            (E, y_rural(0.06), 30.0 / 1.3),
            (F, y_rural(0.04), 16.0 / 1.3),
        ];
        let urban = [
            (A, y_urban(0.32), 240.0 * 2f64.sqrt()),
            (B, y_urban(0.32), 240.0 * 2f64.sqrt()),
            (C, y_urban(0.22), 200.0),
            (D, y_urban(0.16), 140.0 / 1.3f64.sqrt()),
            (E, y_urban(0.11), 80.0 / 2.5f64.sqrt()),
            (F, y_urban(0.11), 80.0 / 2.5f64.sqrt()),
        ];
        for (terrain, table) in [(Terrain::Rural, rural), (Terrain::Urban, urban)] {
            for (stability, sigma_y, sigma_z) in table {
                let (y, z) = BriggsSpread { stability, terrain }.laws();
                assert!((value(y, x) / sigma_y - 1.0).abs() < 1e-12, "{terrain:?} {stability:?}");
                assert!((value(z, x) / sigma_z - 1.0).abs() < 1e-12, "{terrain:?} {stability:?}");
            }
        }
    }
}
