//! The plume that a searcher takes the real one for.

use super::super::super::wind::MeanWind;
use crate::scenario::inference::observation::bessel_k0_scaled;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `navigator.assumed`: the plume that the searcher takes the real one for. How far it is from the real one is the model
/// mismatch of a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct AssumedPlumeConfig {
    /// D: effective diffusivity of the odour, m²/s.
    #[schemars(range(min = 1e-9, max = 1e6))]
    pub diffusivity_m2_s: f64,
    /// τ: mean lifetime of what can be detected, s.
    #[schemars(range(min = 1e-6, max = 1e9))]
    pub lifetime_s: f64,
    /// R: rate at which the source emits detectable packets of odour, 1/s.
    #[schemars(range(min = 1e-9, max = 1e9))]
    pub emission_rate_per_s: f64,
    /// a: radius of the searcher, within which it detects them, m.
    #[schemars(range(min = 1e-6, max = 1e4))]
    pub searcher_radius_m: f64,
    /// Rate of hits that have nothing to do with the source, 1/s: keeps a single unexpected hit from ruling out the
    /// true position.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub background_rate_per_s: f64,
    /// The wind that is assumed.
    pub wind: AssumedWindConfig,
}

impl Default for AssumedPlumeConfig {
    fn default() -> Self {
        Self {
            diffusivity_m2_s: 0.1,
            lifetime_s: 30.0,
            emission_rate_per_s: 10.0,
            searcher_radius_m: 0.05,
            background_rate_per_s: 1e-3,
            wind: AssumedWindConfig::default(),
        }
    }
}

/// The wind that a searcher assumes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum AssumedWindConfig {
    /// The mean wind at the start of the episode, or a known error of it.
    Mean(AssumedMeanWindConfig),
    /// A given wind, whatever the true one is.
    Given(AssumedGivenWindConfig),
}

impl Default for AssumedWindConfig {
    fn default() -> Self {
        Self::Mean(AssumedMeanWindConfig::default())
    }
}

/// `assumed.wind` of kind `mean`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct AssumedMeanWindConfig {
    /// Assumed speed over true mean speed.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub speed_factor: f64,
    /// Assumed minus true mean direction, rad.
    #[schemars(range(min = -std::f64::consts::PI, max = std::f64::consts::PI))]
    pub turn_rad: f64,
}

impl Default for AssumedMeanWindConfig {
    fn default() -> Self {
        Self {
            speed_factor: 1.0,
            turn_rad: 0.0,
        }
    }
}

/// `assumed.wind` of kind `given`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct AssumedGivenWindConfig {
    /// Wind speed, m/s; 0 for still air.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub speed_m_s: f64,
    /// Direction that the wind blows to, counter-clockwise from +x, rad.
    #[schemars(range(min = -std::f64::consts::TAU, max = std::f64::consts::TAU))]
    pub direction_rad: f64,
}

impl Default for AssumedGivenWindConfig {
    fn default() -> Self {
        Self {
            speed_m_s: 1.0,
            direction_rad: 0.0,
        }
    }
}

impl AssumedWindConfig {
    /// The assumed wind, for a true mean wind.
    #[must_use]
    pub fn wind(&self, truth: MeanWind) -> MeanWind {
        match self {
            Self::Mean(mean) => MeanWind {
                speed_m_s: truth.speed_m_s * mean.speed_factor,
                direction_rad: truth.direction_rad + mean.turn_rad,
            },
            Self::Given(given) => MeanWind {
                speed_m_s: given.speed_m_s,
                direction_rad: given.direction_rad,
            },
        }
    }
}

impl AssumedPlumeConfig {
    /// λ = √(D τ / (1 + w² τ / 4D)) in a wind of speed w, m.
    #[must_use]
    pub fn decay_length_m(&self, wind_speed_m_s: f64) -> f64 {
        let (diffusivity, lifetime) = (self.diffusivity_m2_s, self.lifetime_s);
        let drift = wind_speed_m_s * wind_speed_m_s * lifetime / (4.0 * diffusivity);
        (diffusivity * lifetime / (1.0 + drift)).sqrt()
    }
}

/// Mean rate of hits around a source, as a searcher assumes it.
///
/// Particles are released at the rate R, diffuse (D), drift with the wind (w) and vanish after τ on average; a searcher
/// of radius a in two dimensions meets, at the distance d and x of it downwind,
/// `R / ln(λ/a) · exp(w x / 2D) · K₀(d/λ)` of them per second, with λ as in [`AssumedPlumeConfig::decay_length_m`]
/// (Vergassola, Villermaux & Shraiman 2007), and b more of unknown origin.
#[derive(Clone, Debug, PartialEq)]
pub struct AssumedPlume {
    strength_per_s: f64,
    decay_length_m: f64,
    drift_per_m: f64,
    downwind: [f64; 2],
    searcher_radius_m: f64,
    background_per_s: f64,
}

impl AssumedPlume {
    /// The plume that `config` assumes in the wind `truth`; `None` if λ isn't above a, where the formula has no
    /// meaning.
    #[must_use]
    pub fn new(config: &AssumedPlumeConfig, truth: MeanWind) -> Option<Self> {
        let wind = config.wind.wind(truth);
        let decay_length_m = config.decay_length_m(wind.speed_m_s);
        let log_ratio = libm::log(decay_length_m / config.searcher_radius_m);
        (log_ratio > 0.0).then(|| Self {
            strength_per_s: config.emission_rate_per_s / log_ratio,
            decay_length_m,
            drift_per_m: wind.speed_m_s / (2.0 * config.diffusivity_m2_s),
            downwind: [libm::cos(wind.direction_rad), libm::sin(wind.direction_rad)],
            searcher_radius_m: config.searcher_radius_m,
            background_per_s: config.background_rate_per_s,
        })
    }

    /// Hits per second at `(x_m, y_m)` from the source. Within the searcher's radius it is as at the radius.
    #[must_use]
    pub fn rate_per_s(&self, x_m: f64, y_m: f64) -> f64 {
        let distance = (x_m * x_m + y_m * y_m).sqrt().max(self.searcher_radius_m);
        self.rate_at(distance, self.scaled_bessel(distance), x_m, y_m)
    }

    /// e^(d/λ) K₀(d/λ): what takes long and depends on the distance only.
    pub(super) fn scaled_bessel(&self, distance_m: f64) -> f64 {
        bessel_k0_scaled(distance_m / self.decay_length_m)
    }

    pub(super) fn rate_at(&self, distance_m: f64, scaled_bessel: f64, x_m: f64, y_m: f64) -> f64 {
        let downwind_m = x_m * self.downwind[0] + y_m * self.downwind[1];
        let exponent = self.drift_per_m * downwind_m - distance_m / self.decay_length_m;
        self.strength_per_s * scaled_bessel * libm::exp(exponent) + self.background_per_s
    }
}
