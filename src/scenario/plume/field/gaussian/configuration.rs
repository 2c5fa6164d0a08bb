//! `[plume]` of kind `gaussian`.

use super::super::super::component::{Component, Context};
use super::super::super::wind::{GriddedWindConfig, Wind};
use super::super::spread::SpreadConfig;
use super::super::{Plume, PlumeModel, SourcePosition};
use super::{GaussianPlume, MIN_WIND_M_S};
use crate::grids::Inputs;
use crate::random::StreamSeed;
use crate::scenario::{Problem, Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Steady plume carried by the mean wind and reflected at the ground.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct GaussianConfig {
    /// Source position along x, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_x_m: f64,
    /// Source position along y, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_y_m: f64,
    /// Source height above the ground, m.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub source_z_m: f64,
    /// Mass released per second, kg/s.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub source_rate_kg_s: f64,
    /// The spreads are those of a point source this far upwind of the source, m.
    #[schemars(range(min = 1e-6, max = 1e3))]
    pub virtual_origin_m: f64,
    /// How the plume widens downwind.
    pub spread: SpreadConfig,
    /// Sources beside the first; their plumes add up.
    #[schemars(length(max = 1000))]
    pub other_sources: Vec<SteadySourceConfig>,
}

impl Default for GaussianConfig {
    fn default() -> Self {
        Self {
            source_x_m: 2.0,
            source_y_m: 0.0,
            source_z_m: 1.0,
            source_rate_kg_s: 1e-6,
            virtual_origin_m: 0.05,
            spread: SpreadConfig::default(),
            other_sources: Vec::new(),
        }
    }
}

/// One more steady source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct SteadySourceConfig {
    /// Position along x, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub x_m: f64,
    /// Position along y, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub y_m: f64,
    /// Height above the ground, m.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub z_m: f64,
    /// What it releases, relative to the first source.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub relative_rate: f64,
}

impl Default for SteadySourceConfig {
    fn default() -> Self {
        Self {
            x_m: 2.0,
            y_m: 2.0,
            z_m: 1.0,
            relative_rate: 1.0,
        }
    }
}

impl GaussianConfig {
    /// Where the sources are.
    pub(super) fn positions(&self) -> Vec<SourcePosition> {
        let first = SourcePosition::new(self.source_x_m, self.source_y_m, self.source_z_m);
        let others = self.other_sources.iter();
        let others = others.map(|other| SourcePosition::new(other.x_m, other.y_m, other.z_m));
        std::iter::once(first).chain(others).collect()
    }
}

/// Briggs's formulas were fitted from this distance on, m.
const BRIGGS_FROM_M: f64 = 100.0;

impl GaussianConfig {
    /// Warns of formulas that hold nowhere in the domain.
    fn check_spread(&self, context: Context<'_>, found: &mut Problems) {
        if !matches!(self.spread, SpreadConfig::Briggs(_)) {
            return;
        }
        let domain = &context.config.episode.domain;
        let farthest = |low: f64, high: f64, place: f64| (place - low).abs().max((high - place).abs());
        let x_m = farthest(domain.x_min_m, domain.x_max_m, self.source_x_m);
        let y_m = farthest(domain.y_min_m, domain.y_max_m, self.source_y_m);
        let farthest_m = (x_m * x_m + y_m * y_m).sqrt();
        if farthest_m < BRIGGS_FROM_M {
            found.warn(
                "plume.spread.kind",
                format!(
                    "\"briggs\" holds from {BRIGGS_FROM_M} m to 10 km downwind, and no place of the domain {domain} is \
                     further than {farthest_m:.1} m from the source"
                ),
                "use plume.spread.kind = \"constant_diffusivity\", or widen episode.domain",
            );
        }
    }
}

impl Component for GaussianConfig {
    const KIND: &'static str = "gaussian";
}

impl PlumeModel for GaussianConfig {
    fn realise(&self, wind: &mut dyn Wind, _: StreamSeed, _: &Inputs) -> Result<Box<dyn Plume>, UnitFailure> {
        Ok(Box::new(GaussianPlume::new(self, wind.mean())?))
    }

    fn sources(&self, _: &Inputs) -> Vec<SourcePosition> {
        self.positions()
    }

    fn concentration_unit(&self, _: &Inputs) -> Result<String, UnitFailure> {
        Ok("kg m-3".to_owned())
    }

    /// Where it is as wide as 1 m.
    fn typical_concentration(&self, context: Context<'_>) -> Option<f64> {
        let speed_m_s = context.config.wind.mean_speed(context.inputs)?.highest_m_s;
        Some(self.source_rate_kg_s / (std::f64::consts::TAU * speed_m_s))
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn is_random(&self) -> bool {
        false
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        if context.config.wind.as_kind::<GriddedWindConfig>().is_some() {
            let message = format!(
                "{:?} is a steady plume and has no meaning in a wind of kind \"gridded\"",
                context.config.plume.kind()
            );
            let hint = "use a plume of puffs or filaments, plume.kind = \"gridded\", or wind.kind = \"constant\"";
            return Some(Problem::new("plume.kind", message, hint)).into();
        }
        let mut found = Problems::default();
        self.check_spread(context, &mut found);
        let speed = context.config.wind.mean_speed(context.inputs);
        let slow = speed.filter(|speed| speed.lowest_m_s < MIN_WIND_M_S);
        found.extend(slow.map(|speed| {
            let message = format!(
                "{} m/s is below {MIN_WIND_M_S} m/s, where an advected Gaussian plume has no meaning",
                speed.lowest_m_s
            );
            let hint = "use more wind, or plume.kind = \"gaussian_isotropic\"";
            Problem::new(speed.key, message, hint)
        }));
        found
    }
}
