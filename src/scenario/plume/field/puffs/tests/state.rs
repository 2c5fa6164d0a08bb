//! The realisation is a function of the seed and the plume's own parameters.

use super::super::super::super::wind::Wind;
use super::super::super::Plume;
use super::super::places::Puff;
use super::fixture::{Formula, filament, filament_at, sample, turbulent};
use crate::lanes::SimdLevel;

const PLUME: &str = r#"{"spin_up_s": 5.0, "dt_s": 0.03, "vertical": "reflected", "source_z_m": 0.1}"#;

/// A wind that varies in space and time.
fn gusty() -> Formula {
    Formula::new(|x, y, time_s| {
        (
            1.0 + 0.2 * libm::sin(0.3 * x + time_s),
            0.3 * libm::cos(0.5 * y - 0.7 * time_s),
        )
    })
}

fn bits(puffs: &[Puff]) -> Vec<[u64; 4]> {
    puffs
        .iter()
        .map(|puff| [puff.x_m, puff.y_m, puff.z_m, puff.radius2_m2].map(f64::to_bits))
        .collect()
}

/// The plume at 6 s in steps of `dt_s` of whoever asks.
fn at_six(dt_s: f64) -> (Vec<[u64; 4]>, Vec<[u64; 4]>) {
    let steps = (6.0 / dt_s).round() as u32;
    let (wind, other): (&mut dyn Wind, &mut dyn Wind) = (&mut gusty(), &mut gusty());
    let (mut plume, mut turbulence) = (filament(PLUME, wind, 9), turbulent(PLUME, other, 9));
    for step in 1..=steps {
        let time_s = f64::from(step) * dt_s;
        for (plume, wind) in [
            (&mut plume as &mut dyn Plume, &mut *wind),
            (&mut turbulence as &mut dyn Plume, &mut *other),
        ] {
            plume.advance(time_s, wind).unwrap();
            wind.advance(time_s).unwrap();
        }
    }
    (bits(&plume.carried_puffs()), bits(&turbulence.carried_puffs()))
}

#[test]
fn the_agents_time_step_changes_nothing() {
    let expected = at_six(6.0);
    assert!(expected.0.len() > 50 && expected.1.len() > 50);
    for dt_s in [0.002, 0.01, 0.03, 0.04, 0.5] {
        assert!(at_six(dt_s) == expected, "{dt_s}");
    }
}

/// The wind is asked for the beginning of each step, in order, and never beyond the present.
#[test]
fn the_wind_is_asked_for_the_beginning_of_each_step() {
    let mut wind = Formula::steady();
    let mut plume = filament(r#"{"spin_up_s": 1.0, "dt_s": 0.25}"#, &mut wind, 1);
    plume.advance(0.6, &mut wind).unwrap();
    assert_eq!(wind.asked_s, [-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5]);
}

#[test]
fn the_same_bits_at_every_simd_level() {
    let positions: Vec<(f64, f64)> = (0..50)
        .map(|i| (2.0 + 0.2 * f64::from(i), 0.03 * f64::from(i) - 0.5))
        .collect();
    let run = |simd| {
        let plume = filament_at(PLUME, &mut gusty(), 12, simd);
        let concentration = sample(&plume, simd, &positions, 0.2);
        (
            bits(&plume.carried_puffs()),
            concentration.iter().map(|c| c.to_bits()).collect::<Vec<_>>(),
        )
    };
    let lowest = run(SimdLevel::Sse2);
    assert!(lowest.1.iter().any(|c| *c != 0));
    for simd in SimdLevel::available() {
        assert!(run(simd) == lowest, "{simd:?}");
    }
}

#[test]
fn the_seed_decides() {
    let run = |seed| bits(&filament(PLUME, &mut gusty(), seed).carried_puffs());
    assert!(run(1) == run(1));
    assert!(run(1) != run(2));
}
