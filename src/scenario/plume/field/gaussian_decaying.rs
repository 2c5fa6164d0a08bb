//! A steady plume whose odour is lost on its way.

use super::super::component::{Component, Context};
use super::super::wind::{MeanWind, Wind};
use super::{
    GaussianConfig, GaussianPlume, Gradient, Plume, PlumeModel, SourcePosition, SpreadConfig, SteadySourceConfig,
};
use crate::grids::Inputs;
use crate::lanes::{F64x8, SimdLevel, kernel};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Steady plume whose odour decays on its way, by chemistry or deposition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct GaussianDecayingConfig {
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
    /// Fraction of the odour that is lost per second (first order), the inverse of its lifetime or ln 2 over its half-life, 1/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub loss_rate_per_s: f64,
    /// The spreads are those of a point source this far upwind of the source, m.
    #[schemars(range(min = 1e-6, max = 1e3))]
    pub virtual_origin_m: f64,
    /// How the plume widens downwind.
    pub spread: SpreadConfig,
    /// Sources beside the first; their plumes add up.
    #[schemars(length(max = 1000))]
    pub other_sources: Vec<SteadySourceConfig>,
}

impl Default for GaussianDecayingConfig {
    fn default() -> Self {
        let lasting = GaussianConfig::default();
        Self {
            source_x_m: lasting.source_x_m,
            source_y_m: lasting.source_y_m,
            source_z_m: lasting.source_z_m,
            source_rate_kg_s: lasting.source_rate_kg_s,
            loss_rate_per_s: 0.1,
            virtual_origin_m: lasting.virtual_origin_m,
            spread: lasting.spread,
            other_sources: lasting.other_sources,
        }
    }
}

impl GaussianDecayingConfig {
    /// The same plume without the loss.
    fn lasting(&self) -> GaussianConfig {
        GaussianConfig {
            source_x_m: self.source_x_m,
            source_y_m: self.source_y_m,
            source_z_m: self.source_z_m,
            source_rate_kg_s: self.source_rate_kg_s,
            virtual_origin_m: self.virtual_origin_m,
            spread: self.spread.clone(),
            other_sources: self.other_sources.clone(),
        }
    }

    /// The plume of each source, without the loss.
    fn each(&self) -> Vec<GaussianConfig> {
        let first = GaussianConfig {
            other_sources: Vec::new(),
            ..self.lasting()
        };
        let others = self.other_sources.iter().map(|other| GaussianConfig {
            source_x_m: other.x_m,
            source_y_m: other.y_m,
            source_z_m: other.z_m,
            source_rate_kg_s: self.source_rate_kg_s * other.relative_rate,
            ..first.clone()
        });
        std::iter::once(first.clone()).chain(others).collect()
    }
}

impl Component for GaussianDecayingConfig {
    const KIND: &'static str = "gaussian_decaying";
}

impl PlumeModel for GaussianDecayingConfig {
    fn realise(&self, wind: &mut dyn Wind, _: StreamSeed, _: &Inputs) -> Result<Box<dyn Plume>, UnitFailure> {
        Ok(Box::new(GaussianDecayingPlume::new(self, wind.mean())?))
    }

    fn sources(&self, inputs: &Inputs) -> Vec<SourcePosition> {
        self.lasting().sources(inputs)
    }

    fn concentration_unit(&self, _: &Inputs) -> Result<String, UnitFailure> {
        Ok("kg m-3".to_owned())
    }

    /// As without loss, which is small near the source.
    fn typical_concentration(&self, context: Context<'_>) -> Option<f64> {
        self.lasting().typical_concentration(context)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn is_random(&self) -> bool {
        false
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        self.lasting().problems(context)
    }
}

/// A steady plume whose odour is lost on its way.
///
/// c = c_G e^(−λ x/U): the concentration c_G of a [`GaussianPlume`] (kg/m³), the loss rate λ (1/s), the distance x
/// downwind of the source (m) and the mean wind U (m/s), so that x/U is the age of the odour. Through any plane across
/// the wind flows Q e^(−λ x/U). The decay term of regulatory models (ISC3: EPA-454/B-95-003b, section 1.1.7). λ is that
/// of a first-order reaction, or of deposition from a layer that stays well mixed over its depth h: v_d/h with the
/// deposition velocity v_d. Deposition that empties a plume from below changes its profile too, which this doesn't.
#[derive(Clone, Debug)]
pub struct GaussianDecayingPlume {
    /// One for each source: what is lost depends on the way from that one.
    plumes: Vec<GaussianPlume>,
    sources: Vec<SourcePosition>,
    loss_rate_per_s: f64,
    wind: MeanWind,
    /// The direction downwind.
    along: [f64; 2],
}

impl GaussianDecayingPlume {
    /// The plume of `config` in the mean wind `wind`.
    ///
    /// # Errors
    /// If there is hardly any wind.
    pub fn new(config: &GaussianDecayingConfig, wind: MeanWind) -> Result<Self, UnitFailure> {
        let plumes: Result<Vec<_>, _> = (config.each().iter())
            .map(|lasting| GaussianPlume::new(lasting, wind))
            .collect();
        let plumes = plumes?;
        Ok(Self {
            sources: plumes.iter().map(|plume| plume.sources()[0]).collect(),
            plumes,
            loss_rate_per_s: config.loss_rate_per_s,
            wind,
            along: direction(wind),
        })
    }

    /// What happens on the way from a source to `places`.
    fn loss<'a>(&self, source: usize, places: Places<'a>) -> Loss<'a> {
        Loss {
            x_m: self.sources[source].x_m,
            y_m: self.sources[source].y_m,
            along: self.along,
            per_m: self.loss_rate_per_s / self.wind.speed_m_s,
            places,
        }
    }
}

fn direction(wind: MeanWind) -> [f64; 2] {
    let (sine, cosine) = F64x8::splat(wind.direction_rad).sin_cos();
    [cosine.0[0], sine.0[0]]
}

impl Plume for GaussianDecayingPlume {
    fn sources(&self) -> &[SourcePosition] {
        &self.sources
    }

    fn advance(&mut self, time_s: f64, wind: &mut dyn Wind) -> Result<(), UnitFailure> {
        for plume in &mut self.plumes {
            plume.advance(time_s, wind)?;
        }
        self.wind = wind.mean();
        self.along = direction(self.wind);
        Ok(())
    }

    fn sample(
        &self,
        simd: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        z_m: f64,
        concentration: &mut [F64x8],
    ) {
        let places = Places { blocks, x_m, y_m };
        self.plumes[0].sample(simd, blocks, x_m, y_m, z_m, concentration);
        lose(simd, self.loss(0, places), concentration);
        for (source, plume) in self.plumes.iter().enumerate().skip(1) {
            let mut other = vec![F64x8::ZERO; concentration.len()];
            plume.sample(simd, blocks, x_m, y_m, z_m, &mut other);
            lose(simd, self.loss(source, places), &mut other);
            add(blocks, &other, concentration);
        }
    }

    fn sample_gradient(
        &self,
        simd: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        z_m: f64,
        gradient: &mut Gradient,
    ) -> bool {
        let places = Places { blocks, x_m, y_m };
        for &block in blocks {
            (gradient.x_per_m[block], gradient.y_per_m[block]) = (F64x8::ZERO, F64x8::ZERO);
        }
        for (source, plume) in self.plumes.iter().enumerate() {
            let mut concentration = vec![F64x8::ZERO; x_m.len()];
            let mut lasting = Gradient::new(x_m.len());
            plume.sample(simd, blocks, x_m, y_m, z_m, &mut concentration);
            plume.sample_gradient(simd, blocks, x_m, y_m, z_m, &mut lasting);
            // Adds ∇c = e^(−λ x/U) (∇c_G − c_G λ/U e_x) to the slope, with e_x downwind.
            let loss = self.loss(source, places);
            let concentration = &concentration;
            let lasting = &lasting;
            kernel!(simd, |loss: Loss<'_>,
                           concentration: &[F64x8],
                           lasting: &Gradient,
                           gradient: &mut Gradient| {
                let [along_x, along_y] = loss.along.map(F64x8::splat);
                let per_m = F64x8::splat(loss.per_m);
                for &block in loss.places.blocks {
                    let (left, lost) = (loss.left(block), per_m * concentration[block]);
                    gradient.x_per_m[block] += left * (lasting.x_per_m[block] - lost * along_x);
                    gradient.y_per_m[block] += left * (lasting.y_per_m[block] - lost * along_y);
                }
            });
        }
        true
    }
}

/// Where the plume is looked at.
#[derive(Clone, Copy)]
struct Places<'a> {
    blocks: &'a [usize],
    x_m: &'a [F64x8],
    y_m: &'a [F64x8],
}

/// What is lost on the way from one source.
struct Loss<'a> {
    x_m: f64,
    y_m: f64,
    along: [f64; 2],
    per_m: f64,
    places: Places<'a>,
}

impl Loss<'_> {
    /// e^(−λ x/U) at the places of a block. Upwind, where there is no odour, nothing is lost.
    #[inline(always)]
    fn left(&self, block: usize) -> F64x8 {
        let dx = self.places.x_m[block] - F64x8::splat(self.x_m);
        let dy = self.places.y_m[block] - F64x8::splat(self.y_m);
        let downwind = dx * F64x8::splat(self.along[0]) + dy * F64x8::splat(self.along[1]);
        (-(F64x8::splat(self.per_m) * downwind.max(F64x8::ZERO))).exp()
    }
}

/// c_G → c.
fn lose(simd: SimdLevel, loss: Loss<'_>, concentration: &mut [F64x8]) {
    kernel!(simd, |loss: Loss<'_>, concentration: &mut [F64x8]| {
        for &block in loss.places.blocks {
            concentration[block] = concentration[block] * loss.left(block);
        }
    });
}

fn add(blocks: &[usize], what: &[F64x8], to: &mut [F64x8]) {
    for &block in blocks {
        to[block] += what[block];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::plume::wind::{TimeVaryingWindConfig, WindModel};

    const WIND: MeanWind = MeanWind {
        speed_m_s: 1.5,
        direction_rad: 0.6,
    };

    fn concentration(plume: &dyn Plume, x: f64, y: f64, z: f64) -> f64 {
        let mut c = [F64x8::ZERO];
        plume.sample(
            SimdLevel::detect(),
            &[0],
            &[F64x8::splat(x)],
            &[F64x8::splat(y)],
            z,
            &mut c,
        );
        c[0].0[3]
    }

    fn two_sources(loss_rate_per_s: f64) -> GaussianDecayingConfig {
        GaussianDecayingConfig {
            source_rate_kg_s: 0.5,
            loss_rate_per_s,
            other_sources: vec![SteadySourceConfig {
                x_m: 6.0,
                y_m: 5.0,
                z_m: 0.4,
                relative_rate: 0.3,
            }],
            ..GaussianDecayingConfig::default()
        }
    }

    /// ∫∫ U c dy dz over a plane across the wind is Q e^(−λ x/U), by the trapezoidal rule out to 8 standard deviations,
    /// which leaves out less than 10⁻¹².
    #[test]
    fn what_flows_downwind_decays_with_its_age() {
        let config = GaussianDecayingConfig {
            source_rate_kg_s: 2.0,
            loss_rate_per_s: 0.25,
            ..GaussianDecayingConfig::default()
        };
        let wind = MeanWind {
            direction_rad: 0.0,
            ..WIND
        };
        let plume = GaussianDecayingPlume::new(&config, wind).unwrap();
        for x in [0.5, 3.0, 12.0, 40.0] {
            let from_origin = x + config.virtual_origin_m;
            let spread = |diffusivity: f64| (2.0 * diffusivity * from_origin / wind.speed_m_s).sqrt();
            let (sigma_y, sigma_z) = (spread(0.05), spread(0.02));
            let (step_y, step_z) = (0.1 * sigma_y, 0.1 * sigma_z);
            let levels = ((config.source_z_m + 8.0 * sigma_z) / step_z) as i32;
            let mut flux = 0.0;
            for row in 0..=levels {
                // Half of the first cell is below the ground.
                let share = if row == 0 { 0.5 } else { 1.0 };
                for column in -80..=80 {
                    let (y, z) = (f64::from(column) * step_y, f64::from(row) * step_z);
                    flux += share * concentration(&plume, config.source_x_m + x, y, z);
                }
            }
            flux *= wind.speed_m_s * step_y * step_z;
            let expected = 2.0 * (-0.25 * x / wind.speed_m_s).exp();
            assert!((flux / expected - 1.0).abs() < 1e-6, "{x} m: {flux} {expected}");
        }
    }

    /// Without loss it is the plume without loss, to the last bit; with loss each source's odour has its own age.
    #[test]
    fn every_source_has_its_own_way() {
        let lasting = GaussianPlume::new(&two_sources(0.0).lasting(), WIND).unwrap();
        let none = GaussianDecayingPlume::new(&two_sources(0.0), WIND).unwrap();
        let plume = GaussianDecayingPlume::new(&two_sources(0.8), WIND).unwrap();
        let parts = two_sources(0.8).each().into_iter();
        let parts: Vec<_> = parts.map(|part| GaussianPlume::new(&part, WIND).unwrap()).collect();
        let (sine, cosine) = WIND.direction_rad.sin_cos();
        for (x, y) in [(3.0, 1.0), (8.0, 6.0), (12.0, 9.0), (30.0, 20.0), (0.0, 0.0)] {
            assert_eq!(concentration(&none, x, y, 1.0), concentration(&lasting, x, y, 1.0));
            let of = |part: &GaussianPlume| {
                let source = part.sources()[0];
                let age_s = ((x - source.x_m) * cosine + (y - source.y_m) * sine) / WIND.speed_m_s;
                concentration(part, x, y, 1.0) * (-0.8 * age_s.max(0.0)).exp()
            };
            let (found, expected) = (concentration(&plume, x, y, 1.0), of(&parts[0]) + of(&parts[1]));
            assert!(
                (found - expected).abs() <= 1e-13 * expected,
                "({x}, {y}): {found} {expected}"
            );
        }
    }

    /// Against central differences, whose own error is below 10⁻⁶ of the larger component.
    #[test]
    fn the_slope_is_that_of_the_concentration() {
        let plume = GaussianDecayingPlume::new(&two_sources(0.8), WIND).unwrap();
        let h = 1e-5;
        for (x, y, z) in [(3.0, 1.0, 1.0), (9.0, 6.5, 0.0), (12.0, 9.0, 0.5), (40.0, 25.0, 3.0)] {
            let mut gradient = Gradient::new(1);
            let place = ([F64x8::splat(x)], [F64x8::splat(y)]);
            assert!(plume.sample_gradient(SimdLevel::detect(), &[0], &place.0, &place.1, z, &mut gradient));
            let at = |dx: f64, dy: f64| concentration(&plume, x + dx, y + dy, z);
            let expected = [
                (at(h, 0.0) - at(-h, 0.0)) / (2.0 * h),
                (at(0.0, h) - at(0.0, -h)) / (2.0 * h),
            ];
            let found = [gradient.x_per_m[0].0[1], gradient.y_per_m[0].0[1]];
            let scale = expected[0].abs().max(expected[1].abs());
            assert!(scale > 0.0);
            for (found, expected) in found.into_iter().zip(expected) {
                assert!((found - expected).abs() < 1e-6 * scale, "{found} {expected}");
            }
        }
    }

    /// In a wind that turns and freshens it is the plume of the new wind.
    #[test]
    fn it_follows_the_mean_wind() {
        let table: TimeVaryingWindConfig = serde_json::from_str(
            r#"{"time_s": [0.0, 5.0], "speed_m_s": [1.0, 2.0], "direction_rad": [0.0, 0.5], "interpolation": "step"}"#,
        )
        .unwrap();
        let inputs = Inputs::default();
        let mut wind = table.realise(0.0, StreamSeed(1), &inputs).unwrap();
        let mut plume = GaussianDecayingPlume::new(&two_sources(0.8), wind.mean()).unwrap();
        plume.advance(6.0, wind.as_mut()).unwrap();
        let turned = MeanWind {
            speed_m_s: 2.0,
            direction_rad: 0.5,
        };
        assert_eq!(wind.mean(), turned);
        let expected = GaussianDecayingPlume::new(&two_sources(0.8), turned).unwrap();
        let at = |plume: &GaussianDecayingPlume| concentration(plume, 9.0, 6.0, 1.0);
        assert!(at(&plume) > 0.0);
        assert_eq!(at(&plume), at(&expected));
    }
}
