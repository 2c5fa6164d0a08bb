//! Halving the time step changes the mean plume by the order that the models' pages state.

use super::super::super::super::wind::Wind;
use super::super::super::Plume;
use super::fixture::{Formula, filament, moments, turbulent};

const PUFFS: usize = 100_000;

fn cloud(keys: &str) -> String {
    format!(
        r#"{{"spin_up_s": 0.0, "release_rate_per_s": 0.0, "puffs_at_start": {PUFFS}, "puffs_max": {PUFFS},
             "source_x_m": 10.0, "source_z_m": 5.0, {keys}
             "region": {{"x_min_m": -1e5, "x_max_m": 1e5, "y_min_m": -1e5, "y_max_m": 1e5}}}}"#
    )
}

/// In wind that converges on y = 0, v = −s y, a diffusing cloud has the variance (D/s)(1 − e^(−2st)), and in Euler's
/// steps it has 2 D dt (1 − q^(2n))/(1 − q²), q = 1 − s dt, n = t/dt: an error of first order. Both are met (5 standard
/// errors √(2/n), false alarm 6·10⁻⁷ each), and halving the step halves the error: the ratio is 2.1, its bounds leave
/// out orders 0 and 2 and raise a false alarm with probability 3·10⁻⁴.
#[test]
fn filaments_in_varying_wind_are_of_first_order() {
    let (s, d, t) = (1.0f64, 0.02, 2.0);
    let exact = d / s * (1.0 - (-2.0 * s * t).exp());
    let error = |dt_s: f64| {
        let keys = format!(r#""dispersion": {{"kind": "diffusivity", "diffusivity_m2_s": {d}}}, "dt_s": {dt_s},"#);
        let wind: &mut dyn Wind = &mut Formula::new(|_, y, _| (1.0, -y));
        let mut plume = filament(&cloud(&keys), wind, 71);
        plume.advance(t, wind).unwrap();
        let (_, variance) = moments(plume.carried_puffs().iter().map(|puff| puff.y_m));
        let q2 = (1.0 - s * dt_s).powi(2);
        let steps = (t / dt_s).round();
        let expected = 2.0 * d * dt_s * (1.0 - q2.powf(steps)) / (1.0 - q2);
        let bound = 5.0 * (2.0 / PUFFS as f64).sqrt();
        assert!(
            (variance / expected - 1.0).abs() < bound,
            "dt {dt_s}: {variance}, {expected}"
        );
        variance / exact - 1.0
    };
    let ratio = error(0.2) / error(0.1);
    assert!((1.5..3.0).contains(&ratio), "{ratio}");
}

/// In uniform wind the splitting's error of Taylor's variance is of second order in dt/T_L. The variances along, across
/// and up are three samples of one: 3·10⁵ numbers. Their Euler sum is σ² dt² [n (1+ρ)/(1−ρ) − 2ρ(1−ρⁿ)/(1−ρ)²], which is
/// met (5 standard errors); the ratio of errors is 3.9, its bounds leave out orders 1 and 3 and raise a false alarm with
/// probability 10⁻⁵.
#[test]
fn turbulent_puffs_in_uniform_wind_are_of_second_order() {
    let (sd, t) = (0.2f64, 4.0f64);
    let exact = 2.0 * sd * sd * (t - 1.0 + (-t).exp());
    let error = |dt_s: f64| {
        let keys = format!(
            r#""time_scale_s": 1.0, "sd_along_m_s": {sd}, "sd_across_m_s": {sd}, "sd_up_m_s": {sd}, "dt_s": {dt_s},"#
        );
        let wind: &mut dyn Wind = &mut Formula::steady();
        let mut plume = turbulent(&cloud(&keys), wind, 73);
        plume.advance(t, wind).unwrap();
        let puffs = plume.carried_puffs();
        let variance = (moments(puffs.iter().map(|puff| puff.x_m)).1
            + moments(puffs.iter().map(|puff| puff.y_m)).1
            + moments(puffs.iter().map(|puff| puff.z_m)).1)
            / 3.0;
        let (rho, n) = ((-dt_s).exp(), t / dt_s);
        let sum = n * (1.0 + rho) / (1.0 - rho) - 2.0 * rho * (1.0 - rho.powf(n)) / (1.0 - rho).powi(2);
        let expected = sd * sd * dt_s * dt_s * sum;
        let bound = 5.0 * (2.0 / (3.0 * PUFFS as f64)).sqrt();
        assert!(
            (variance / expected - 1.0).abs() < bound,
            "dt {dt_s}: {variance}, {expected}"
        );
        variance / exact - 1.0
    };
    let ratio = error(1.0) / error(0.5);
    assert!((2.8..6.0).contains(&ratio), "{ratio}");
}
