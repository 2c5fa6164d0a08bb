//! The wind near the ground, at the height of the agents.
//!
//! u(z) = (u*/κ) ln((z − d)/z₀) in a surface layer of neutral stratification: friction velocity u* (m/s), von Kármán's
//! constant κ = 0.40, height z above the ground, displacement height d and roughness length z₀ (m). Of a speed U_r that
//! was measured at a height z_r, u* = κ U_r/ln((z_r − d)/z₀). Prandtl (1932); Stull, *An Introduction to Boundary Layer
//! Meteorology* (1988), section 9.7.

use super::super::component::{Component, Context};
use super::{ConstantWind, ConstantWindConfig, MeanSpeedRange, Wind, WindModel};
use crate::grids::Inputs;
use crate::lanes::F64x8;
use crate::quantity::number;
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Von Kármán's constant (Högström 1996: 0.40 ± 0.01).
const VON_KARMAN: f64 = 0.4;

/// As all winds have it.
const MAX_SPEED_M_S: f64 = 100.0;

/// Logarithmic profile over rough ground, taken at the height of the agents' plane; the same everywhere, at all times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct LogarithmicWindConfig {
    /// What is known of the wind: its speed at some height, or its friction velocity.
    pub measured: MeasuredWindConfig,
    /// Direction that the wind blows to, counter-clockwise from +x, rad.
    #[schemars(range(min = -std::f64::consts::TAU, max = std::f64::consts::TAU))]
    pub direction_rad: f64,
    /// Height of the plane that is simulated above the ground, m: the same as agents.height_m.
    #[schemars(range(min = 1e-4, max = 200.0))]
    pub height_m: f64,
    /// Roughness length of the ground, m: about a tenth of the height of what it is covered with.
    #[schemars(range(min = 1e-6, max = 10.0))]
    pub roughness_length_m: f64,
    /// Height by which dense cover lifts the profile, m: about two thirds of its own height, 0 over open ground.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub displacement_height_m: f64,
}

/// `wind.measured`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum MeasuredWindConfig {
    /// The mean speed at a height, as an anemometer measures it.
    Speed(MeasuredSpeed),
    /// The friction velocity.
    FrictionVelocity(MeasuredFriction),
}

/// The mean speed at a height.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct MeasuredSpeed {
    /// Mean speed, m/s.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub speed_m_s: f64,
    /// Height of the anemometer above the ground, m.
    #[schemars(range(min = 1e-4, max = 200.0))]
    pub height_m: f64,
}

impl Default for MeasuredSpeed {
    fn default() -> Self {
        Self {
            speed_m_s: 2.0,
            height_m: 10.0,
        }
    }
}

/// The friction velocity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct MeasuredFriction {
    /// Friction velocity: the root of the ground's drag over the air's density, m/s.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub friction_velocity_m_s: f64,
}

impl Default for MeasuredFriction {
    fn default() -> Self {
        Self {
            friction_velocity_m_s: 0.2,
        }
    }
}

impl Default for MeasuredWindConfig {
    fn default() -> Self {
        Self::Speed(MeasuredSpeed::default())
    }
}

impl Default for LogarithmicWindConfig {
    fn default() -> Self {
        Self {
            measured: MeasuredWindConfig::default(),
            direction_rad: 0.0,
            height_m: 1.0,
            roughness_length_m: 0.03,
            displacement_height_m: 0.0,
        }
    }
}

impl LogarithmicWindConfig {
    /// Where the profile ends at 0 m/s, m.
    fn lowest_m(&self) -> f64 {
        self.displacement_height_m + self.roughness_length_m
    }

    /// ln((z − d)/z₀), by our own logarithm: the platform's may differ in the last bit.
    fn shape(&self, height_m: f64) -> f64 {
        let above = (height_m - self.displacement_height_m) / self.roughness_length_m;
        F64x8::splat(above).ln().0[0]
    }

    /// Mean speed in the plane that is simulated, m/s. It has a meaning above [`Self::lowest_m`] only.
    fn speed_m_s(&self) -> f64 {
        match &self.measured {
            MeasuredWindConfig::Speed(at) if at.height_m == self.height_m => at.speed_m_s,
            MeasuredWindConfig::Speed(at) => at.speed_m_s * self.shape(self.height_m) / self.shape(at.height_m),
            MeasuredWindConfig::FrictionVelocity(friction) => {
                friction.friction_velocity_m_s / VON_KARMAN * self.shape(self.height_m)
            }
        }
    }

    /// The key that sets the speed.
    fn speed_key(&self) -> &'static str {
        match self.measured {
            MeasuredWindConfig::Speed(_) => "wind.measured.speed_m_s",
            MeasuredWindConfig::FrictionVelocity(_) => "wind.measured.friction_velocity_m_s",
        }
    }

    /// Heights at which the profile is looked at, with their keys.
    fn heights_m(&self) -> Vec<(&'static str, f64)> {
        let mut heights_m = vec![("wind.height_m", self.height_m)];
        if let MeasuredWindConfig::Speed(at) = &self.measured {
            heights_m.push(("wind.measured.height_m", at.height_m));
        }
        heights_m
    }
}

impl Component for LogarithmicWindConfig {
    const KIND: &'static str = "logarithmic";
}

impl WindModel for LogarithmicWindConfig {
    fn realise(&self, _: f64, _: StreamSeed, _: &Inputs) -> Result<Box<dyn Wind>, UnitFailure> {
        Ok(Box::new(ConstantWind::new(&ConstantWindConfig {
            speed_m_s: self.speed_m_s(),
            direction_rad: self.direction_rad,
        })))
    }

    fn mean_speed(&self, _: &Inputs) -> Option<MeanSpeedRange> {
        let lowest_m = self.lowest_m();
        let is_known = self.heights_m().iter().all(|(_, height_m)| *height_m > lowest_m);
        is_known.then(|| MeanSpeedRange {
            key: self.speed_key(),
            ..MeanSpeedRange::steady(self.speed_m_s(), false)
        })
    }

    fn is_random(&self) -> bool {
        false
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = Problems::default();
        let lowest_m = self.lowest_m();
        for (key, height_m) in self.heights_m() {
            if height_m <= lowest_m {
                found.add(
                    key,
                    format!(
                        "{height_m} m isn't above displacement height and roughness length together, {lowest_m} m, where \
                         the profile begins at 0 m/s"
                    ),
                    "use a greater height, or smoother ground",
                );
            }
        }
        let speed_m_s = self.speed_m_s();
        if found.is_empty() && (speed_m_s.is_nan() || speed_m_s > MAX_SPEED_M_S) {
            found.add(
                self.speed_key(),
                format!(
                    "gives {} m/s at the agents' height, more than {MAX_SPEED_M_S} m/s",
                    number(speed_m_s)
                ),
                "use a lower speed, or heights that are well above the roughness length",
            );
        }
        let agents_m = context.config.agents.height_m;
        if self.height_m != agents_m {
            found.add(
                "wind.height_m",
                format!("{} m isn't agents.height_m = {agents_m} m", self.height_m),
                "give both the same value, in a sweep by zip: agents and odour are in the wind at their own height",
            );
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ErasedScenario;
    use crate::scenario::plume::PlumeNavigation;
    use serde_json::{Value, json};

    fn wind(table: Value) -> LogarithmicWindConfig {
        serde_json::from_value(table).unwrap()
    }

    fn speed_m_s(table: Value) -> f64 {
        let config = wind(table);
        let wind = config.realise(0.0, StreamSeed(1), &Inputs::default()).unwrap();
        let mean = config.mean_speed(&Inputs::default()).unwrap();
        assert_eq!(
            (mean.lowest_m_s, mean.highest_m_s),
            (wind.mean().speed_m_s, wind.mean().speed_m_s)
        );
        wind.mean().speed_m_s
    }

    /// (u*/κ) ln((z − d)/z₀) where the logarithm is a whole number.
    #[test]
    fn it_is_the_profile_of_a_neutral_surface_layer() {
        for n in [1.0, 2.0, 5.0f64] {
            let height_m = 0.4 + 0.03 * n.exp();
            let found = speed_m_s(json!({
                "measured": {"kind": "friction_velocity", "friction_velocity_m_s": 0.2},
                "height_m": height_m, "roughness_length_m": 0.03, "displacement_height_m": 0.4,
            }));
            assert!((found - 0.5 * n).abs() < 1e-13, "{found}");
        }
    }

    /// 10 m/s at 10 m are 7.7 m/s at 2 m over short grass (z₀ = 0.01 m: ln 200/ln 1000 = 0.767) and 4.6 m/s over bushes
    /// (z₀ = 0.5 m: ln 4/ln 20 = 0.463), and as fast as measured at the anemometer itself.
    #[test]
    fn speeds_measured_at_another_height_are_brought_down() {
        let at = |height_m: f64, roughness_length_m: f64| {
            speed_m_s(json!({
                "measured": {"kind": "speed", "speed_m_s": 10.0, "height_m": 10.0},
                "height_m": height_m, "roughness_length_m": roughness_length_m,
            }))
        };
        assert!((at(2.0, 0.01) - 10.0 * 200f64.ln() / 1000f64.ln()).abs() < 1e-12);
        assert!((at(2.0, 0.5) - 10.0 * 4f64.ln() / 20f64.ln()).abs() < 1e-12);
        assert_eq!(at(10.0, 0.5), 10.0);
        // Twice the height over z₀ adds ln 2 times u*/κ, whatever the height.
        let steps = [(1.0, 2.0), (4.0, 8.0)].map(|(low, high)| at(high, 0.1) - at(low, 0.1));
        assert!((steps[0] - steps[1]).abs() < 1e-12);
        assert!((steps[0] - 10.0 * 2f64.ln() / 100f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn heights_have_to_fit() {
        let blamed = |table: Value| -> Vec<String> {
            let problems = ErasedScenario::check(&PlumeNavigation::default(), &json!({"wind": table})).unwrap();
            problems.into_iter().map(|problem| problem.key).collect()
        };
        assert!(blamed(json!({"kind": "logarithmic"})).is_empty());
        assert_eq!(
            blamed(json!({"kind": "logarithmic", "height_m": 2.0})),
            ["wind.height_m"]
        );
        let measured = json!({"kind": "speed", "height_m": 0.4});
        assert_eq!(
            blamed(json!({"kind": "logarithmic", "displacement_height_m": 0.4, "measured": measured})),
            ["wind.measured.height_m"]
        );
        let calm = json!({"kind": "friction_velocity", "friction_velocity_m_s": 0.0});
        let key = "wind.measured.friction_velocity_m_s";
        assert_eq!(blamed(json!({"kind": "logarithmic", "measured": calm})), [key, key]);
    }

    /// A mast that ends in the grass measures next to nothing: what is above it would be a storm.
    #[test]
    fn a_storm_is_refused() {
        let check = |wind: Value| {
            let config = json!({"wind": wind, "agents": {"height_m": 1.0}});
            ErasedScenario::check(&PlumeNavigation::default(), &config).unwrap()
        };
        let mast = |height_m: f64| {
            let measured = json!({"kind": "speed", "speed_m_s": 2.0, "height_m": height_m});
            check(json!({"kind": "logarithmic", "measured": measured}))
        };
        assert_eq!(mast(10.0).len(), 0);
        let found = mast(0.0301);
        assert!(
            found
                .iter()
                .any(|problem| problem.message.contains("more than 100 m/s")),
            "{found:?}"
        );
    }
}
