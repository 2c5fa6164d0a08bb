//! Steps that are too long, and grids that are none.

use super::super::field::Field;
use super::config;
use crate::lanes::{F64x8, SimdLevel};
use std::f64::consts::PI;

fn keys(text: &str) -> Vec<String> {
    let problems = config(text).check();
    for problem in &problems {
        assert!(!problem.message.is_empty() && !problem.hint.is_empty());
    }
    problems.into_iter().map(|problem| problem.key).collect()
}

#[test]
fn each_problem_is_blamed_on_its_key() {
    assert!(keys("{}").is_empty());
    for (text, key) in [
        (r#"{"x_max_m": 0.0}"#, "wind.x_max_m"),
        (r#"{"y_min_m": 60.0}"#, "wind.y_max_m"),
        (r#"{"k_x_m2_s": 3000.0}"#, "wind.dt_s"),
        (r#"{"n_y": 512, "noise_gain": 0.0, "dt_s": 0.01}"#, "wind.dt_s"),
        (r#"{"speed_m_s": 60.0}"#, "wind.dt_s"),
        (r#"{"noise_gain": 60.0}"#, "wind.dt_s"),
        (r#"{"noise_bandwidth_rad_s": 60.0}"#, "wind.dt_s"),
        (
            r#"{"noise_form": "farrell", "noise_bandwidth_rad_s": 6.0}"#,
            "wind.dt_s",
        ),
        (r#"{"spin_up_s": 1e5, "dt_s": 0.001}"#, "wind.spin_up_s"),
    ] {
        assert_eq!(keys(text), [key], "{text}");
    }
}

/// The hint's step is the largest one that passes.
#[test]
fn the_hint_tells_the_largest_step() {
    for text in [
        r#"{"k_x_m2_s": 3000.0, "noise_gain": 0.0, "dt_s": 5.0}"#,
        r#"{"speed_m_s": 60.0}"#,
        r#"{"noise_form": "farrell", "noise_bandwidth_rad_s": 6.0}"#,
    ] {
        let mut config = config(text);
        let problems = config.check();
        let hint = &problems[0].hint;
        let number = hint
            .trim_start_matches("use dt_s of at most ")
            .split(',')
            .next()
            .unwrap();
        let allowed_s: f64 = number.parse().unwrap_or_else(|_| panic!("{hint}"));
        config.dt_s = allowed_s;
        assert_eq!(config.check(), [], "{text}");
        config.dt_s = 1.0001 * allowed_s;
        assert!(!config.check().is_empty(), "{text}");
    }
}

/// Von Neumann's analysis by experiment: how much one step amplifies a plane wave e^{i(αm + βn)} in a uniform wind. The x
/// component carries the wave's cosine, the y component its sine, so small that the equation is linear. Within the limit
/// no wave grows, 2 % beyond it some wave does.
#[test]
fn the_limits_are_those_of_the_scheme() {
    // Diffusion sets the limit in the first, advection in the others; the last one has different spacings.
    for (speed, direction, n_x) in [(0.5, 0.3, 5), (20.0, 0.0, 5), (20.0, 0.7, 5), (12.0, 1.2, 9)] {
        let text = format!(r#"{{"speed_m_s": {speed}, "direction_rad": {direction}, "n_x": {n_x}, "n_y": 5}}"#);
        let grid = config(&text).grid();
        let limit_s = grid
            .diffusion_limit_s()
            .min(grid.advection_limit_s(grid.mean_x_m_s, grid.mean_y_m_s));
        let largest = |dt_s: f64| {
            let mut largest: f64 = 0.0;
            // Diffusion makes the shortest waves grow first, advection long ones in a certain direction.
            for (a, b, unit) in (-32..=32).flat_map(|a| (-32..=32).flat_map(move |b| [(a, b, PI / 32.0), (a, b, 0.02)]))
            {
                let (alpha, beta) = (f64::from(a) * unit, f64::from(b) * unit);
                let mut field = Field::from_nodes(grid, |i, j| {
                    let (sine, cosine) = (alpha * i as f64 + beta * j as f64).sin_cos();
                    (1e-30 * cosine, 1e-30 * sine)
                });
                field.step(SimdLevel::detect(), dt_s, F64x8::ZERO);
                let (x, y) = field.node(3, 3);
                largest = largest.max((1e30 * x).hypot(1e30 * y));
            }
            largest
        };
        assert!(largest(limit_s) < 1.0 + 1e-13, "{text}");
        assert!(largest(1.02 * limit_s) > 1.0 + 1e-9, "{text}");
    }
}
