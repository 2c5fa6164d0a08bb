//! Steps that are too long, and grids that are none.

use super::super::field::Field;
use super::config;
use crate::lanes::{F64x8, SimdLevel};

fn keys(text: &str) -> Vec<String> {
    let problems = config(text).problems();
    for problem in &problems {
        assert!(!problem.message.is_empty() && !problem.hint.is_empty());
    }
    problems.into_iter().map(|problem| problem.key).collect()
}

#[test]
fn each_mistake_is_blamed_on_its_key() {
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
        let problems = config.problems();
        let hint = &problems[0].hint;
        let number = hint
            .trim_start_matches("use dt_s of at most ")
            .split(',')
            .next()
            .unwrap();
        let allowed_s: f64 = number.parse().unwrap_or_else(|_| panic!("{hint}"));
        config.dt_s = allowed_s;
        assert_eq!(config.problems(), [], "{text}");
        config.dt_s = 1.0001 * allowed_s;
        assert!(!config.problems().is_empty(), "{text}");
    }
}

/// The growth of the shortest and of long waves in a uniform wind: bounded within the limits, unbounded beyond them.
#[test]
fn the_limits_are_those_of_the_scheme() {
    for (text, speed) in [
        // Diffusion sets the limit in one, advection in the other.
        (r#"{"speed_m_s": 0.5, "n_x": 40, "n_y": 40}"#, 0.5),
        (r#"{"speed_m_s": 20.0, "n_x": 40, "n_y": 40}"#, 20.0),
    ] {
        let grid = config(text).grid();
        let limit_s = grid.diffusion_limit_s().min(grid.advection_limit_s(speed, 0.0));
        let grows = |dt_s: f64| {
            // Small waves of several lengths, so small that the equation is linear.
            let mut field = Field::from_nodes(grid, |i, j| {
                let sign = if (i + j) % 2 == 0 { 1.0 } else { -1.0 };
                let wave: f64 = (1..20_u32).map(|k| (f64::from(k) * 0.15 * i as f64).cos()).sum();
                (1e-30 * (sign + wave), 0.0)
            });
            for _ in 0..600 {
                if !field.step(SimdLevel::detect(), dt_s, F64x8::ZERO) {
                    return true;
                }
            }
            let largest = (0..grid.n_y)
                .flat_map(|j| field.row(j)[0].to_vec())
                .fold(0.0, |a: f64, b| a.max(b.abs()));
            largest > 1e-28
        };
        assert!(!grows(limit_s), "{text}");
        assert!(grows(1.2 * limit_s), "{text}");
    }
}
