//! A steady plume carried by the wind and reflected at the ground.

use super::super::wind::{MeanWind, Wind};
use super::spread::{BriggsPower, Law, SpreadConfig};
use super::{Plume, SourcePosition};
use crate::lanes::{F64x8, Kernel, SimdLevel};
use crate::scenario::UnitFailure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[plume]` of kind `gaussian`.
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
        }
    }
}

impl GaussianConfig {
    pub(super) fn source(&self) -> SourcePosition {
        SourcePosition {
            x_m: self.source_x_m,
            y_m: self.source_y_m,
            z_m: self.source_z_m,
        }
    }
}

/// A steady plume carried by the wind and reflected at the ground.
///
/// c = Q / (2π U σ_y σ_z) · exp(−y²/2σ_y²) · [exp(−(z−H)²/2σ_z²) + exp(−(z+H)²/2σ_z²)] downwind, 0 upwind:
/// source rate Q (kg/s), mean wind U (m/s), distance x downwind and y across the wind (m), height z (m), source height
/// H (m), spreads σ_y(x) and σ_z(x) (m, see [`SpreadConfig`]). Sutton (1932); Pasquill & Smith, *Atmospheric
/// Diffusion* (1983). It is a time average: no whiffs, no meander. Invalid in calm air and close to the source, where
/// diffusion along the wind counts. The spreads are σ(x + x₀) with the virtual origin x₀ (`virtual_origin_m`, m): a
/// source of finite size looks like a point x₀ further upwind, which also keeps the concentration finite.
#[derive(Clone, Debug)]
pub struct GaussianPlume {
    source: SourcePosition,
    along_x: f64,
    along_y: f64,
    /// Q / 2πU.
    strength: f64,
    virtual_origin_m: f64,
    crosswind: Law,
    vertical: Law,
}

impl GaussianPlume {
    /// The plume of `config` in the mean wind `wind`, whose speed must be above 0.
    #[must_use]
    pub fn new(config: &GaussianConfig, wind: MeanWind) -> Self {
        let (sine, cosine) = F64x8::splat(wind.direction_rad).sin_cos();
        let (crosswind, vertical) = config.spread.laws(wind.speed_m_s);
        Self {
            source: config.source(),
            along_x: cosine.0[0],
            along_y: sine.0[0],
            strength: config.source_rate_kg_s / (std::f64::consts::TAU * wind.speed_m_s),
            virtual_origin_m: config.virtual_origin_m,
            crosswind,
            vertical,
        }
    }
}

impl Plume for GaussianPlume {
    fn sources(&self) -> &[SourcePosition] {
        std::slice::from_ref(&self.source)
    }

    fn advance(&mut self, _time_s: f64, _wind: &mut dyn Wind) -> Result<(), UnitFailure> {
        Ok(())
    }

    fn sample(
        &self,
        level: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        z_m: f64,
        concentration: &mut [F64x8],
    ) {
        level.run(Sample {
            plume: self,
            blocks,
            x_m,
            y_m,
            z_m,
            concentration,
        });
    }
}

struct Sample<'a> {
    plume: &'a GaussianPlume,
    blocks: &'a [usize],
    x_m: &'a [F64x8],
    y_m: &'a [F64x8],
    z_m: f64,
    concentration: &'a mut [F64x8],
}

impl Kernel for Sample<'_> {
    type Output = ();

    /// Chooses the spread once, outside the loop over agents.
    #[inline(always)]
    fn run(self) {
        match (self.plume.crosswind, self.plume.vertical) {
            (Law::Root { k: y }, Law::Root { k: z }) => self.over_blocks(Roots { y, z }),
            (crosswind, vertical) => self.over_blocks(AnyLaws { crosswind, vertical }),
        }
    }
}

/// σ_y² and σ_z² at a distance downwind. A trait rather than a closure, because its method can be always inlined: what
/// isn't inlined into a kernel is compiled for the lowest instruction set.
trait Variances {
    fn at(&self, x_m: F64x8) -> (F64x8, F64x8);
}

/// Constant diffusivity in both directions.
struct Roots {
    y: f64,
    z: f64,
}

impl Variances for Roots {
    #[inline(always)]
    fn at(&self, x_m: F64x8) -> (F64x8, F64x8) {
        (F64x8::splat(self.y) * x_m, F64x8::splat(self.z) * x_m)
    }
}

/// Any other pair of laws.
struct AnyLaws {
    crosswind: Law,
    vertical: Law,
}

impl Variances for AnyLaws {
    #[inline(always)]
    fn at(&self, x_m: F64x8) -> (F64x8, F64x8) {
        (variance(self.crosswind, x_m), variance(self.vertical, x_m))
    }
}

impl Sample<'_> {
    #[inline(always)]
    fn over_blocks(self, variances: impl Variances) {
        let plume = self.plume;
        let (along_x, along_y) = (F64x8::splat(plume.along_x), F64x8::splat(plume.along_y));
        let half = F64x8::splat(-0.5);
        let origin = F64x8::splat(plume.virtual_origin_m);
        let above = F64x8::splat((self.z_m - plume.source.z_m) * (self.z_m - plume.source.z_m));
        let mirrored = F64x8::splat((self.z_m + plume.source.z_m) * (self.z_m + plume.source.z_m));
        for &block in self.blocks {
            let dx = self.x_m[block] - F64x8::splat(plume.source.x_m);
            let dy = self.y_m[block] - F64x8::splat(plume.source.y_m);
            let x = dx * along_x + dy * along_y;
            let y = dy * along_x - dx * along_y;
            let (variance_y, variance_z) = variances.at(x.max(F64x8::ZERO) + origin);
            // One division serves both exponents and the prefactor.
            let inverse = F64x8::ONE / (variance_y * variance_z);
            let across = half * (y * y) * (inverse * variance_z);
            let per_z = half * (inverse * variance_y);
            let shape = (across + per_z * above).exp() + (across + per_z * mirrored).exp();
            let c = F64x8::splat(plume.strength) * inverse.sqrt() * shape;
            self.concentration[block] = x.gt(F64x8::ZERO).select(c, F64x8::ZERO);
        }
    }
}

/// σ² of any law.
#[inline(always)]
fn variance(law: Law, x: F64x8) -> F64x8 {
    match law {
        Law::Root { k } => F64x8::splat(k) * x,
        Law::Power { a, b } => {
            let sigma = F64x8::splat(a) * x.powf(b);
            sigma * sigma
        }
        Law::Briggs { a, b, p } => {
            let straight = F64x8::splat(a) * x;
            let bend = F64x8::ONE + F64x8::splat(b) * x;
            let square = straight * straight;
            match p {
                BriggsPower::MinusOne => square / (bend * bend),
                BriggsPower::MinusHalf => square / bend,
                BriggsPower::PlusHalf => square * bend,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::spread::{BriggsSpread, ConstantDiffusivity, PowerLawSpread, StabilityClass, Terrain};
    use super::*;

    /// σ_y and σ_z at a distance.
    type Sigmas<'a> = &'a dyn Fn(f64) -> (f64, f64);

    const SPREADS: [fn() -> SpreadConfig; 4] = [
        || SpreadConfig::PowerLaw(PowerLawSpread::default()),
        || SpreadConfig::ConstantDiffusivity(ConstantDiffusivity::default()),
        || SpreadConfig::Briggs(BriggsSpread::default()),
        || {
            SpreadConfig::Briggs(BriggsSpread {
                stability: StabilityClass::A,
                terrain: Terrain::Urban,
            })
        },
    ];

    fn concentration(plume: &GaussianPlume, x: f64, y: f64, z: f64) -> f64 {
        let mut c = [F64x8::ZERO];
        let (x, y) = ([F64x8::splat(x)], [F64x8::splat(y)]);
        plume.sample(SimdLevel::detect(), &[0], &x, &y, z, &mut c);
        assert!(c[0].0.iter().all(|lane| lane.to_bits() == c[0].0[0].to_bits()));
        c[0].0[0]
    }

    fn plume(spread: SpreadConfig, speed_m_s: f64, direction_rad: f64) -> GaussianPlume {
        let config = GaussianConfig {
            source_x_m: 0.0,
            source_rate_kg_s: 0.5,
            source_z_m: 2.0,
            spread,
            ..GaussianConfig::default()
        };
        GaussianPlume::new(
            &config,
            MeanWind {
                speed_m_s,
                direction_rad,
            },
        )
    }

    /// The equation, typed again with the standard library.
    #[test]
    fn it_follows_the_scalar_equation() {
        let (u, h, q) = (1.5, 2.0, 0.5);
        let p = PowerLawSpread::default();
        let sigmas: [(SpreadConfig, Sigmas<'_>); 3] = [
            (SpreadConfig::PowerLaw(p.clone()), &|x: f64| {
                (
                    p.crosswind_coefficient * x.powf(p.crosswind_exponent),
                    p.vertical_coefficient * x.powf(p.vertical_exponent),
                )
            }),
            (SPREADS[1](), &|x: f64| {
                ((2.0 * 0.05 * x / u).sqrt(), (2.0 * 0.02 * x / u).sqrt())
            }),
            (SPREADS[2](), &|x: f64| {
                (0.08 * x / (1.0 + 1e-4 * x).sqrt(), 0.06 * x / (1.0 + 0.0015 * x).sqrt())
            }),
        ];
        for (spread, sigma) in sigmas {
            let plume = plume(spread.clone(), u, 0.0);
            for x in [1e-9, 0.06, 0.5, 3.0, 40.0, 900.0] {
                for (y, z) in [(0.0, 2.0), (0.3, 1.0), (-2.0, 0.0), (5.0, 4.0)] {
                    let (sy, sz) = sigma(x + 0.05);
                    let image = |offset: f64| (-offset * offset / (2.0 * sz * sz)).exp();
                    let expected = q / (std::f64::consts::TAU * u * sy * sz)
                        * (-y * y / (2.0 * sy * sy)).exp()
                        * (image(z - h) + image(z + h));
                    let found = concentration(&plume, x, y, z);
                    // The lanes flush to zero below 10⁻³⁰⁷.
                    let error = (found - expected).abs();
                    assert!(
                        error <= 1e-12 * expected + 1e-300,
                        "{spread:?} {x} {y} {z}: {found} {expected}"
                    );
                }
            }
            assert_eq!(concentration(&plume, -0.1, 0.0, 2.0), 0.0);
            assert_eq!(concentration(&plume, 0.0, 0.0, 2.0), 0.0);
        }
    }

    /// ∫∫ c U dy dz over a plane across the wind is Q, by the trapezoidal rule, to 0.1 %.
    #[test]
    fn the_flux_through_a_plane_is_the_source_rate() {
        for spread in SPREADS {
            let u = 2.0;
            let plume = plume(spread(), u, 0.0);
            for x in [10.0, 300.0] {
                let (y, z) = (
                    variance(plume.crosswind, F64x8::splat(x + 0.05)),
                    variance(plume.vertical, F64x8::splat(x + 0.05)),
                );
                let (reach_y, reach_z) = (6.0 * y.0[0].sqrt(), 2.0 + 6.0 * z.0[0].sqrt());
                let (n_y, n_z) = (80, 400);
                let (step_y, step_z) = (2.0 * reach_y / f64::from(n_y), reach_z / f64::from(n_z));
                let mut flux = 0.0;
                for i in 0..=n_y {
                    for k in 0..=n_z {
                        let weight = if k == 0 || k == n_z { 0.5 } else { 1.0 };
                        let (y, z) = (-reach_y + f64::from(i) * step_y, f64::from(k) * step_z);
                        flux += weight * concentration(&plume, x, y, z) * u * step_y * step_z;
                    }
                }
                assert!((flux / 0.5 - 1.0).abs() < 1e-3, "x = {x}: {flux}");
            }
        }
    }

    #[test]
    fn turning_the_wind_turns_the_field() {
        for spread in SPREADS {
            let straight = plume(spread(), 1.0, 0.0);
            for direction in [0.7, -2.0, 3.1] {
                let turned = plume(spread(), 1.0, direction);
                let (sine, cosine) = f64::sin_cos(direction);
                for (x, y) in [(1.0, 0.1), (5.0, -1.0), (20.0, 2.0)] {
                    let before = concentration(&straight, x, y, 1.0);
                    let after = concentration(&turned, x * cosine - y * sine, x * sine + y * cosine, 1.0);
                    assert!((after / before - 1.0).abs() < 1e-11, "{before} {after}");
                }
            }
        }
    }

    #[test]
    fn it_is_finite_and_never_negative() {
        for spread in SPREADS {
            let plume = plume(spread(), 0.01, 0.0);
            for x in [-1e6, -1.0, 0.0, 1e-300, 1e-9, 1e-3, 1e6] {
                for y in [0.0, 1e-9, 1e6] {
                    let c = concentration(&plume, x, y, 2.0);
                    assert!(c.is_finite() && c >= 0.0, "({x}, {y}): {c}");
                }
            }
        }
    }
}
