//! A steady plume carried by the wind and reflected at the ground.

use super::super::super::wind::{MeanWind, Wind};
use super::super::spread::{Law, SpreadConfig};
use super::super::{Gradient, Plume, SourcePosition};
use super::GaussianConfig;
use super::kernel::{Sample, Slope};
use crate::lanes::{F64x8, SimdLevel};
use crate::scenario::UnitFailure;

/// Below this mean wind an advected plume isn't slender any more: diffusion along the wind counts.
pub(super) const MIN_WIND_M_S: f64 = 0.01;

/// A steady plume carried by the wind and reflected at the ground.
///
/// c = Q / (2π U σ_y σ_z) · exp(−y²/2σ_y²) · [exp(−(z−H)²/2σ_z²) + exp(−(z+H)²/2σ_z²)] downwind, 0 upwind:
/// source rate Q (kg/s), mean wind U (m/s), distance x downwind and y across the wind (m), height z (m), source height
/// H (m), spreads σ_y(x) and σ_z(x) (m, see [`SpreadConfig`]). Sutton (1932); Pasquill & Smith, *Atmospheric
/// Diffusion* (1983). It is a time average: no whiffs, no meander. Invalid in calm air and close to the source, where
/// diffusion along the wind counts. The spreads are σ(x + x₀) with the virtual origin x₀ (`virtual_origin_m`, m): a
/// source of finite size looks like a point x₀ further upwind, which also keeps the concentration finite.
///
/// Several sources add up. When the mean wind changes, the whole plume turns and rescales at once (quasi-steady): right
/// only for changes slower than the time of flight x/U.
#[derive(Clone, Debug)]
pub struct GaussianPlume {
    pub(super) sources: Vec<SourcePosition>,
    /// Q / 2πU of each source.
    pub(super) strengths: Vec<f64>,
    pub(super) along_x: f64,
    pub(super) along_y: f64,
    pub(super) virtual_origin_m: f64,
    pub(super) crosswind: Law,
    pub(super) vertical: Law,
    rates_kg_s: Vec<f64>,
    spread: SpreadConfig,
    wind: MeanWind,
}

impl GaussianPlume {
    /// The plume of `config` in the mean wind `wind`.
    ///
    /// # Errors
    /// If there is hardly any wind.
    pub fn new(config: &GaussianConfig, wind: MeanWind) -> Result<Self, UnitFailure> {
        let others = config.other_sources.iter();
        let others = others.map(|other| config.source_rate_kg_s * other.relative_rate);
        let rates_kg_s: Vec<f64> = std::iter::once(config.source_rate_kg_s).chain(others).collect();
        let (crosswind, vertical) = config.spread.laws(wind.speed_m_s);
        let mut plume = Self {
            sources: config.positions(),
            strengths: vec![0.0; rates_kg_s.len()],
            along_x: 1.0,
            along_y: 0.0,
            virtual_origin_m: config.virtual_origin_m,
            crosswind,
            vertical,
            rates_kg_s,
            spread: config.spread.clone(),
            wind,
        };
        plume.align(wind)?;
        Ok(plume)
    }

    /// Turns and rescales the plume to the mean wind `wind`.
    fn align(&mut self, wind: MeanWind) -> Result<(), UnitFailure> {
        if wind.speed_m_s.is_nan() || wind.speed_m_s < MIN_WIND_M_S {
            return Err(UnitFailure::Scenario(format!(
                "the mean wind is {} m/s, and below {MIN_WIND_M_S} m/s an advected Gaussian plume has no meaning \
                 (hint: use more wind, or another plume)",
                wind.speed_m_s
            )));
        }
        let (sine, cosine) = F64x8::splat(wind.direction_rad).sin_cos();
        (self.along_x, self.along_y) = (cosine.0[0], sine.0[0]);
        for (strength, rate_kg_s) in self.strengths.iter_mut().zip(&self.rates_kg_s) {
            *strength = rate_kg_s / (std::f64::consts::TAU * wind.speed_m_s);
        }
        (self.crosswind, self.vertical) = self.spread.laws(wind.speed_m_s);
        self.wind = wind;
        Ok(())
    }
}

impl Plume for GaussianPlume {
    fn sources(&self) -> &[SourcePosition] {
        &self.sources
    }

    fn advance(&mut self, time_s: f64, wind: &mut dyn Wind) -> Result<(), UnitFailure> {
        if wind.is_uniform_and_steady() {
            return Ok(());
        }
        wind.advance(time_s)?;
        let mean = wind.mean();
        if mean == self.wind { Ok(()) } else { self.align(mean) }
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
        simd.run(Sample {
            plume: self,
            blocks,
            x_m,
            y_m,
            z_m,
            concentration,
        });
    }

    /// At x = 0, where the plume begins, the concentration has a step: the slope is 0 there and upwind.
    fn sample_gradient(
        &self,
        simd: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        z_m: f64,
        gradient: &mut Gradient,
    ) -> bool {
        simd.run(Slope {
            plume: self,
            blocks,
            x_m,
            y_m,
            z_m,
            gradient,
        });
        true
    }
}
