//! How odour spreads and how often a searcher meets it.

use crate::scenario::inference::observation::bessel_k0_scaled;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How odour spreads, and how strong the source is. Lengths are in cells (the searcher's step), times in steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct MediumConfig {
    /// Dimensions that are searched: 1, 2 or 3.
    #[schemars(range(min = 1, max = 3))]
    pub dimensions: u32,
    /// Dimensions that odour spreads in, at least those that are searched; 0: the same. With 3, `dimensions = 2` is the
    /// search of the plane that the source is in, in a three-dimensional plume.
    #[schemars(range(min = 0, max = 3))]
    pub odour_dimensions: u32,
    /// L: the distance over which odour disperses in still air before it decays, √(D τ), in cells.
    #[schemars(range(min = 1.0, max = 200.0))]
    pub dispersion_length: f64,
    /// I: particles that the source emits during one step of the searcher, R Δt.
    #[schemars(range(min = 1e-6, max = 100.0))]
    pub source_intensity: f64,
    /// Mean wind to the positive end of the first axis, w Δx / D; 0 is still air.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub wind: f64,
}

impl Default for MediumConfig {
    fn default() -> Self {
        Self {
            dimensions: 2,
            odour_dimensions: 0,
            dispersion_length: 2.0,
            source_intensity: 2.0,
            wind: 0.0,
        }
    }
}

impl MediumConfig {
    /// Dimensions that odour spreads in.
    #[must_use]
    pub fn spreads_in(&self) -> u32 {
        match self.odour_dimensions {
            0 => self.dimensions,
            given => given,
        }
    }

    /// λ/Δx: the dispersion length, shortened by the wind.
    #[must_use]
    pub fn decay_length(&self) -> f64 {
        let relative = 0.5 * self.dispersion_length * self.wind;
        self.dispersion_length / (1.0 + relative * relative).sqrt()
    }

    /// μ: mean number of hits during one step at `distance` > 0 cells from the source, of which `downwind` along the
    /// wind.
    ///
    /// With λ the decay length in cells, I the intensity, V the wind, and a searcher of radius half a cell, by the
    /// dimensions that odour spreads in: 1-D `I 2λ/(2λ − 1) e^(−d/λ)`; 2-D `I/ln(2λ) e^(V x/2) K₀(d/λ)`; 3-D `I/(2 d) e^(V x/2) e^(−d/λ)`.
    #[must_use]
    pub fn mean_hits(&self, distance: f64, downwind: f64) -> f64 {
        let length = self.decay_length();
        let decay = libm::exp(0.5 * self.wind * downwind - distance / length);
        let strength = match self.spreads_in() {
            1 => 2.0 * length / (2.0 * length - 1.0),
            2 => bessel_k0_scaled(distance / length) / libm::log(2.0 * length),
            _ => 0.5 / distance,
        };
        self.source_intensity * strength * decay
    }

    /// μ next to the source, on its downwind side: the largest that a searcher meets.
    #[must_use]
    pub fn mean_hits_next_to_source(&self) -> f64 {
        self.mean_hits(1.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn medium(dimensions: u32, dispersion_length: f64, source_intensity: f64, wind: f64) -> MediumConfig {
        MediumConfig {
            dimensions,
            odour_dimensions: 0,
            dispersion_length,
            source_intensity,
            wind,
        }
    }

    /// `_mean_number_of_hits(1.0)` of OTTO 1.0.2.
    #[test]
    fn hits_next_to_the_source_are_those_of_the_reference() {
        for (dimensions, length, intensity, expected) in [
            (1, 1.0, 2.0, 1.471_517_764_685_769_3),
            (1, 5.0, 0.5, 0.454_850_418_376_656_7),
            (2, 1.0, 5.0, 3.037_049_345_714_658),
            (2, 2.0, 2.0, 1.333_654_809_763_334_7),
            (2, 3.0, 1.0, 0.712_475_300_852_503_3),
            (3, 2.0, 5.0, 1.516_326_649_281_583_7),
            (3, 5.0, 1.0, 0.409_365_376_538_990_97),
        ] {
            let found = medium(dimensions, length, intensity, 0.0).mean_hits_next_to_source();
            assert!(
                (found / expected - 1.0).abs() < 1e-14,
                "{dimensions}-D, L = {length}: {found}"
            );
        }
    }

    /// A plane through the source of a plume in space is met by the law of space, whatever is searched.
    #[test]
    fn the_law_is_that_of_the_dimensions_odour_spreads_in() {
        let space = medium(3, 4.0, 5.0, 0.6);
        for dimensions in 1..=3 {
            let section = MediumConfig {
                dimensions,
                odour_dimensions: 3,
                ..space.clone()
            };
            for (distance, downwind) in [(1.0, 1.0), (3.7, -2.0), (12.0, 0.0)] {
                assert_eq!(
                    section.mean_hits(distance, downwind),
                    space.mean_hits(distance, downwind)
                );
            }
        }
        // By hand: R/d e^(V x/2 − d/λ) with R = I/2 and λ = L/√(1 + L²V²/4).
        let (length, by_hand) = (4.0 / f64::sqrt(1.0 + 1.44), |d: f64, x: f64, length: f64| {
            2.5 / d * (0.3 * x - d / length).exp()
        });
        assert!((space.mean_hits(3.7, -2.0) / by_hand(3.7, -2.0, length) - 1.0).abs() < 1e-14);
    }

    /// Away from the source μ solves D∇²μ − w·∇μ − μ/τ = 0; in cells, with τ from L² = D τ/Δx²: ∇²μ − V ∂μ/∂x − μ/L² = 0.
    #[test]
    fn mean_hits_solve_the_transport_equation() {
        for dimensions in 1..=3_u32 {
            for wind in [0.0, 0.3] {
                let medium = medium(dimensions, 3.0, 2.0, wind);
                let mean = |x: f64, y: f64, z: f64| medium.mean_hits((x * x + y * y + z * z).sqrt(), x);
                let (x, y, z) = match dimensions {
                    1 => (2.5, 0.0, 0.0),
                    2 => (1.5, -2.0, 0.0),
                    _ => (1.5, -2.0, 0.7),
                };
                let h = 1e-3;
                let centre = mean(x, y, z);
                let mut laplacian = mean(x + h, y, z) + mean(x - h, y, z) - 2.0 * centre;
                if dimensions > 1 {
                    laplacian += mean(x, y + h, z) + mean(x, y - h, z) - 2.0 * centre;
                }
                if dimensions > 2 {
                    laplacian += mean(x, y, z + h) + mean(x, y, z - h) - 2.0 * centre;
                }
                let slope = (mean(x + h, y, z) - mean(x - h, y, z)) / (2.0 * h);
                let residual = laplacian / (h * h) - wind * slope - centre / 9.0;
                // In 1-D the wind is refused; without it the equation holds as well.
                if dimensions > 1 || wind == 0.0 {
                    assert!(
                        residual.abs() < 1e-6 * centre,
                        "{dimensions}-D, wind {wind}: {residual}"
                    );
                }
            }
        }
    }
}
