//! The mean width of the plume is the analytic one.

use super::super::super::super::wind::Wind;
use super::super::super::Plume;
use super::fixture::{Formula, filament, moments, turbulent};
use crate::lanes::LANES;

const PUFFS: usize = 20_000;

/// Bound on the variance of n normal numbers, over the true one: 5 standard errors √(2/n), a false alarm with
/// probability 6·10⁻⁷ per comparison.
fn bound() -> f64 {
    5.0 * (2.0 / PUFFS as f64).sqrt()
}

/// All puffs released at once at (10, 0, 5) m, in a region that none leaves.
fn cloud(keys: &str) -> String {
    format!(
        r#"{{"spin_up_s": 0.0, "release_rate_per_s": 0.0, "puffs_at_start": {PUFFS}, "puffs_max": {PUFFS},
             "source_x_m": 10.0, "source_z_m": 5.0, {keys}
             "region": {{"x_min_m": -1e5, "x_max_m": 1e5, "y_min_m": -1e5, "y_max_m": 1e5}}}}"#
    )
}

/// Variances along x, y and z.
fn variances(puffs: &[super::super::places::Puff]) -> [f64; 3] {
    assert_eq!(puffs.len(), PUFFS);
    [
        moments(puffs.iter().map(|puff| puff.x_m)).1,
        moments(puffs.iter().map(|puff| puff.y_m)).1,
        moments(puffs.iter().map(|puff| puff.z_m)).1,
    ]
}

/// σ² = 2 D t for the consistent form, at any time step; σ² = σ_d² dt t for Farrell's, which doubles with the step.
#[test]
fn filaments_spread_as_they_should() {
    for (dispersion, dt_s, per_s) in [
        (r#""kind": "diffusivity", "diffusivity_m2_s": 0.02"#, 0.01, 0.04),
        (r#""kind": "diffusivity", "diffusivity_m2_s": 0.02"#, 0.02, 0.04),
        (r#""kind": "diffusivity", "diffusivity_m2_s": 0.02"#, 0.1, 0.04),
        (r#""kind": "farrell", "sd_m_s": 2.0"#, 0.01, 0.04),
        (r#""kind": "farrell", "sd_m_s": 2.0"#, 0.02, 0.08),
        (r#""kind": "farrell", "sd_m_s": 2.0"#, 0.1, 0.4),
    ] {
        let wind: &mut dyn Wind = &mut Formula::steady();
        let mut plume = filament(
            &cloud(&format!(r#""dispersion": {{{dispersion}}}, "dt_s": {dt_s},"#)),
            wind,
            21,
        );
        for time_s in [dt_s, 0.3, 1.0] {
            plume.advance(time_s, wind).unwrap();
            let puffs = plume.carried_puffs();
            let time_s = (time_s / dt_s + 1e-6).floor() * dt_s;
            for (axis, variance) in variances(&puffs).into_iter().enumerate() {
                let ratio = variance / (per_s * time_s);
                assert!(
                    (ratio - 1.0).abs() < bound(),
                    "{dispersion}, dt {dt_s}, {time_s} s, axis {axis}: {ratio}"
                );
            }
            let (mean, _) = moments(puffs.iter().map(|puff| puff.x_m));
            let error = (per_s * time_s / PUFFS as f64).sqrt();
            assert!((mean - 10.0 - time_s).abs() < 5.0 * error, "{dispersion}: {mean}");
            let size = puffs[77].radius2_m2;
            assert!((size - 1e-3 * (1.0 + time_s)).abs() < 1e-9, "{size}");
        }
    }
}

/// Puffs that stay level don't spread upwards, and a reflecting ground folds the distribution.
#[test]
fn the_ground_reflects() {
    let wind: &mut dyn Wind = &mut Formula::steady();
    let mut level = filament(&cloud(r#""vertical": "level","#), wind, 2);
    level.advance(1.0, wind).unwrap();
    assert!(level.carried_puffs().iter().all(|puff| puff.z_m == 5.0));
    let low = cloud(
        r#""vertical": "reflected", "dispersion": {"kind": "diffusivity", "diffusivity_m2_s": 0.5}, "dt_s": 0.05,"#,
    )
    .replace(r#""source_z_m": 5.0"#, r#""source_z_m": 0.0"#);
    let mut reflected = filament(&low, &mut Formula::steady(), 2);
    reflected.advance(1.0, &mut Formula::steady()).unwrap();
    let puffs = reflected.carried_puffs();
    assert!(puffs.iter().all(|puff| puff.z_m >= 0.0));
    // A half-normal distribution with σ² = 2 D t = 1: mean √(2/π), E[z²] = 1 with Var[z²] = 2.
    let (mean, variance) = moments(puffs.iter().map(|puff| puff.z_m));
    let n = PUFFS as f64;
    let expected = (2.0 / std::f64::consts::PI).sqrt();
    assert!(
        (mean - expected).abs() < 5.0 * ((1.0 - expected * expected) / n).sqrt(),
        "{mean}"
    );
    assert!(
        (variance + mean * mean - 1.0).abs() < 5.0 * (2.0 / n).sqrt(),
        "{variance}"
    );
}

/// σ² = 2 σ_v² T_L² (t/T_L − 1 + e^(−t/T_L)) (Taylor 1921) along, across and up; with dt = T_L/40 the splitting's error
/// is below 10⁻⁴.
#[test]
fn turbulent_puffs_spread_as_taylor_says() {
    let text =
        cloud(r#""time_scale_s": 0.8, "sd_along_m_s": 0.3, "sd_across_m_s": 0.2, "sd_up_m_s": 0.1, "dt_s": 0.02,"#);
    let wind: &mut dyn Wind = &mut Formula::steady();
    let mut plume = turbulent(&text, wind, 33);
    for time_s in [0.1, 0.8, 3.2] {
        plume.advance(time_s, wind).unwrap();
        let t = time_s / 0.8;
        for (sd, variance) in [0.3, 0.2, 0.1].into_iter().zip(variances(&plume.carried_puffs())) {
            let taylor = 2.0 * (sd * 0.8f64).powi(2) * (t - 1.0 + (-t).exp());
            assert!(
                (variance / taylor - 1.0).abs() < bound() + 1e-3,
                "{time_s} s, σ {sd}: {}",
                variance / taylor
            );
        }
    }
}

/// Along and across are those of the mean wind: in wind to 30° the spread is turned with it.
#[test]
fn fluctuations_turn_with_the_wind() {
    let text = cloud(r#""time_scale_s": 100.0, "sd_along_m_s": 0.3, "sd_across_m_s": 0.0, "dt_s": 0.5,"#);
    let mut wind = Formula::new(|_, _, _| (0.0, 0.0));
    wind.direction_rad = std::f64::consts::FRAC_PI_6;
    let mut plume = turbulent(&text, &mut wind, 33);
    plume.advance(1.0, &mut wind).unwrap();
    let (cosine, sine) = (0.75f64.sqrt(), 0.5);
    for puff in plume.carried_puffs() {
        assert!((puff.y_m * cosine - (puff.x_m - 10.0) * sine).abs() < 1e-12);
    }
}

/// The fluctuation is stationary from the start with variance σ², and its autocorrelation is e^(−t/T_L).
#[test]
fn fluctuations_are_stationary_and_forget() {
    let text =
        cloud(r#""time_scale_s": 0.5, "sd_along_m_s": 0.3, "sd_across_m_s": 0.2, "sd_up_m_s": 0.1, "dt_s": 0.05,"#);
    let wind: &mut dyn Wind = &mut Formula::steady();
    let mut plume = turbulent(&text, wind, 35);
    let flat = |axis: usize, plume: &super::super::plume::PuffPlume<super::super::turbulent::Fluctuation>| {
        let velocity = &plume.motion().velocity_m_s[axis];
        velocity.iter().flat_map(|block| block.0).collect::<Vec<f64>>()
    };
    let start: Vec<Vec<f64>> = (0..3).map(|axis| flat(axis, &plume)).collect();
    assert_eq!(start[0].len() % LANES, 0);
    for time_s in [0.0, 0.05, 0.5, 1.5] {
        plume.advance(time_s, wind).unwrap();
        for (axis, sd) in [0.3, 0.2, 0.1].into_iter().enumerate() {
            let now = flat(axis, &plume);
            let (mean, variance) = moments(now.iter().copied());
            assert!(mean.abs() < 5.0 * sd / (PUFFS as f64).sqrt(), "{time_s} s: {mean}");
            assert!((variance / (sd * sd) - 1.0).abs() < bound(), "{time_s} s: {variance}");
            let product: f64 = start[axis].iter().zip(&now).map(|(a, b)| a * b).sum();
            let correlation = product / PUFFS as f64 / (sd * sd);
            // The variance of a product of two normal numbers with correlation ρ is 1 + ρ².
            let expected = (-time_s / 0.5f64).exp();
            let error = ((1.0 + expected * expected) / PUFFS as f64).sqrt();
            assert!(
                (correlation - expected).abs() < 5.0 * error,
                "{time_s} s: {correlation}"
            );
        }
    }
}
