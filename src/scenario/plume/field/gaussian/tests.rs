//! The plume against its equation, and what must hold whatever the equation.

use super::super::super::wind::{MeanWind, Wind, WindSample};
use super::super::spread::{BriggsSpread, ConstantDiffusivity, PowerLawSpread, SpreadConfig, StabilityClass, Terrain};
use super::super::{Gradient, Plume};
use super::kernel::variance;
use super::{GaussianConfig, GaussianPlume, SteadySourceConfig};
use crate::lanes::{F64x8, SimdLevel};
use crate::scenario::UnitFailure;

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
    .unwrap()
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

fn slope(plume: &GaussianPlume, x: f64, y: f64, z: f64) -> (f64, f64) {
    let mut gradient = Gradient::new(1);
    let (x, y) = ([F64x8::splat(x)], [F64x8::splat(y)]);
    assert!(plume.sample_gradient(SimdLevel::detect(), &[0], &x, &y, z, &mut gradient));
    (gradient.x_per_m[0].0[2], gradient.y_per_m[0].0[2])
}

/// Two sources of different height and rate, in a wind that isn't along an axis.
fn two_sources(spread: SpreadConfig) -> (GaussianPlume, [GaussianPlume; 2]) {
    let wind = MeanWind {
        speed_m_s: 1.5,
        direction_rad: 0.6,
    };
    let both = GaussianConfig {
        source_z_m: 2.0,
        source_rate_kg_s: 0.5,
        other_sources: vec![SteadySourceConfig {
            x_m: 6.0,
            y_m: 5.0,
            z_m: 0.4,
            relative_rate: 0.3,
        }],
        spread,
        ..GaussianConfig::default()
    };
    let first = GaussianConfig {
        other_sources: Vec::new(),
        ..both.clone()
    };
    let second = GaussianConfig {
        source_x_m: 6.0,
        source_y_m: 5.0,
        source_z_m: 0.4,
        source_rate_kg_s: 0.15,
        ..first.clone()
    };
    let plume = |config| GaussianPlume::new(&config, wind).unwrap();
    (plume(both), [plume(first), plume(second)])
}

#[test]
fn several_sources_add_up() {
    for spread in SPREADS {
        let (both, [first, second]) = two_sources(spread());
        assert_eq!(both.sources()[1].z_m, 0.4);
        for (x, y) in [(3.0, 1.0), (8.0, 6.0), (12.0, 9.0), (30.0, 20.0), (0.0, 0.0)] {
            let sum = concentration(&first, x, y, 1.0) + concentration(&second, x, y, 1.0);
            let found = concentration(&both, x, y, 1.0);
            assert!((found - sum).abs() <= 1e-14 * sum, "({x}, {y}): {found} {sum}");
        }
    }
}

/// Against central differences: their own error, h²/6 c‴ and rounding, is below 10⁻⁶ of the larger component.
#[test]
fn the_slope_is_that_of_the_concentration() {
    let h = 1e-5;
    for spread in SPREADS {
        let (plume, _) = two_sources(spread());
        for (x, y, z) in [
            (3.0, 1.0, 1.0),
            (4.0, 0.5, 2.0),
            (9.0, 6.5, 0.0),
            (12.0, 9.0, 0.5),
            (40.0, 25.0, 3.0),
        ] {
            let difference = |dx: f64, dy: f64| {
                (concentration(&plume, x + dx, y + dy, z) - concentration(&plume, x - dx, y - dy, z)) / (2.0 * h)
            };
            let (expected_x, expected_y) = (difference(h, 0.0), difference(0.0, h));
            let (found_x, found_y) = slope(&plume, x, y, z);
            let scale = expected_x.abs().max(expected_y.abs());
            assert!(scale > 0.0);
            assert!((found_x - expected_x).abs() < 1e-6 * scale, "{found_x} {expected_x}");
            assert!((found_y - expected_y).abs() < 1e-6 * scale, "{found_y} {expected_y}");
        }
        assert_eq!(slope(&plume, 0.0, 0.0, 1.0), (0.0, 0.0));
    }
}

#[test]
fn the_slope_is_finite() {
    for spread in SPREADS {
        let plume = plume(spread(), 0.01, 0.0);
        for x in [-1e6, 0.0, 1e-300, 1e-9, 1e-3, 1e6] {
            for y in [0.0, 1e-9, 1e6] {
                let (along, across) = slope(&plume, x, y, 2.0);
                assert!(along.is_finite() && across.is_finite(), "({x}, {y}): {along} {across}");
            }
        }
    }
}

/// A wind that turns at 1 s and dies at 2 s.
struct Turning(f64);

impl Wind for Turning {
    fn mean(&self) -> MeanWind {
        MeanWind {
            speed_m_s: if self.0 < 2.0 { 1.0 + self.0 } else { 0.0 },
            direction_rad: self.0,
        }
    }

    fn advance(&mut self, time_s: f64) -> Result<(), UnitFailure> {
        self.0 = time_s.floor();
        Ok(())
    }

    fn sample(&self, _: SimdLevel, _: &[usize], _: &[F64x8], _: &[F64x8], _: &mut WindSample) {}
}

#[test]
fn it_follows_the_mean_wind() {
    let config = GaussianConfig::default();
    let mut wind = Turning(0.0);
    let mut plume = GaussianPlume::new(&config, wind.mean()).unwrap();
    let at = |plume: &GaussianPlume| concentration(plume, 4.0, 1.0, 1.0);
    let before = at(&plume);
    plume.advance(0.9, &mut wind).unwrap();
    assert_eq!(at(&plume), before);
    plume.advance(1.0, &mut wind).unwrap();
    let turned = GaussianPlume::new(&config, Turning(1.0).mean()).unwrap();
    assert_eq!(at(&plume), at(&turned));
    assert_ne!(at(&plume), before);
    let failure = plume.advance(2.0, &mut wind).unwrap_err().to_string();
    assert!(failure.contains("mean wind is 0 m/s"), "{failure}");
    assert!(GaussianPlume::new(&config, Turning(2.0).mean()).is_err());
}
