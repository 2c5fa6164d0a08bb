//! What is released, when and where, and what happens without room.

use super::super::super::super::wind::Wind;
use super::super::super::Plume;
use super::super::FilamentConfig;
use super::fixture::{Formula, filament, moments};
use crate::lanes::SimdLevel;
use crate::random::StreamSeed;

/// Puffs due in each of `count` spans of `span_s`.
fn releases(text: &str, span_s: f64, count: u32) -> Vec<f64> {
    let wind: &mut dyn Wind = &mut Formula::steady();
    let mut plume = filament(text, wind, 11);
    let mut before = plume.due()[0];
    (1..=count)
        .map(|span| {
            plume.advance(f64::from(span) * span_s, wind).unwrap();
            let due = plume.due()[0];
            std::mem::replace(&mut before, due).abs_diff(due) as f64
        })
        .collect()
}

/// Counts in 1000 spans of 1 s have Poisson's mean and variance (5 standard errors, false alarm 6·10⁻⁷ each; the
/// variance of a Poisson sample's variance is (2 m² + m)/n), and neighbouring spans aren't correlated.
#[test]
fn releases_are_poisson() {
    for dt_s in [0.02, 0.25] {
        let text = format!(r#"{{"spin_up_s": 0.0, "dt_s": {dt_s}, "release_rate_per_s": 7.0}}"#);
        let counts = releases(&text, 1.0, 1000);
        let (mean, variance) = moments(counts.iter().copied());
        let (m, n) = (7.0f64, 1000.0);
        assert!((mean - m).abs() < 5.0 * (m / n).sqrt(), "dt {dt_s}: mean {mean}");
        assert!(
            (variance - m).abs() < 5.0 * ((2.0 * m * m + m) / n).sqrt(),
            "dt {dt_s}: variance {variance}"
        );
        let neighbours: f64 = counts.windows(2).map(|pair| (pair[0] - m) * (pair[1] - m)).sum();
        assert!((neighbours / n / m).abs() < 5.0 / n.sqrt(), "dt {dt_s}: {neighbours}");
    }
}

/// Pulses of 2 s every 5 s: nothing between them, Poisson's mean within them (5 standard errors, false alarm 6·10⁻⁷),
/// though ends of pulses fall into steps.
#[test]
fn a_schedule_switches_the_release() {
    let text = r#"{"spin_up_s": 0.0, "dt_s": 0.3, "release_rate_per_s": 9.0, "puffs_at_start": 0,
                   "source_schedule": {"kind": "pulses", "period_s": 5.0, "on_s": 2.0, "first_s": 0.0}}"#;
    let counts = releases(text, 0.3, 2000);
    let mut within = 0.0;
    for (step, count) in counts.iter().enumerate() {
        // Entry i counts what is due at the beginning of step i + 1.
        let (begin, end) = ((step + 1) as f64 * 0.3 % 5.0, (step + 2) as f64 * 0.3 % 5.0);
        if begin > 2.0 + 1e-6 && end > begin {
            assert_eq!(*count, 0.0, "step {step}");
        }
        within += count;
    }
    let expected = 2000.0 * 0.3 * 0.4 * 9.0;
    assert!(
        (within - expected).abs() < 5.0 * expected.sqrt() + 9.0,
        "{within}, {expected}"
    );
}

/// Without wind and dispersion puffs lie where they were released: on the path of the source.
#[test]
fn puffs_are_released_where_the_source_is() {
    let text = r#"{"spin_up_s": 2.0, "dt_s": 0.5, "release_rate_per_s": 50.0, "puffs_at_start": 3, "source_x_m": 5.0,
                   "dispersion": {"kind": "diffusivity", "diffusivity_m2_s": 0.0},
                   "source_path": {"kind": "waypoints", "time_s": [0.0, 4.0], "offset_x_m": [0.0, 8.0],
                                   "offset_y_m": [0.0, -4.0]}}"#;
    let wind: &mut dyn Wind = &mut Formula::new(|_, _, _| (0.0, 0.0));
    let mut plume = filament(text, wind, 4);
    assert_eq!(plume.sources()[0].x_m, 5.0);
    assert!(
        plume
            .carried_puffs()
            .iter()
            .all(|puff| (puff.x_m, puff.y_m) == (5.0, 0.0))
    );
    plume.advance(2.0, wind).unwrap();
    assert_eq!((plume.sources()[0].x_m, plume.sources()[0].y_m), (9.0, -2.0));
    let mut places: Vec<(f64, f64)> = plume.carried_puffs().iter().map(|puff| (puff.x_m, puff.y_m)).collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    places.dedup();
    assert_eq!(places, [(5.0, 0.0), (6.0, -0.5), (7.0, -1.0), (8.0, -1.5)]);
}

/// New puffs smell once they have moved, and are one step old then.
#[test]
fn new_puffs_move_before_they_smell() {
    let text = r#"{"spin_up_s": 0.0, "dt_s": 0.1, "release_rate_per_s": 1000.0, "puffs_at_start": 5,
                   "dispersion": {"kind": "diffusivity", "diffusivity_m2_s": 0.0}}"#;
    let wind: &mut dyn Wind = &mut Formula::steady();
    let mut plume = filament(text, wind, 4);
    assert_eq!(plume.carried_puffs().len(), 5);
    let due = plume.due()[0];
    assert!(due > 50);
    plume.advance(0.1, wind).unwrap();
    let puffs = plume.carried_puffs();
    assert_eq!(puffs.len() as u64, due);
    for puff in puffs {
        assert!((puff.x_m - 2.1).abs() < 1e-12 && (puff.radius2_m2 - 0.0011).abs() < 1e-9);
    }
}

/// All are there until the first can have left; then they go where they cross the edge.
#[test]
fn puffs_stay_until_they_leave_the_region() {
    let text = r#"{"spin_up_s": 0.0, "dt_s": 0.1, "release_rate_per_s": 20.0, "puffs_at_start": 10,
                   "dispersion": {"kind": "diffusivity", "diffusivity_m2_s": 0.001}, "region": {"x_max_m": 10.0}}"#;
    let wind: &mut dyn Wind = &mut Formula::steady();
    let mut plume = filament(text, wind, 4);
    for step in 1..=300 {
        let due = plume.due()[0];
        plume.advance(f64::from(step) * 0.1, wind).unwrap();
        let puffs = plume.carried_puffs();
        if step < 60 {
            assert_eq!(puffs.len() as u64, due);
        }
        assert!(puffs.iter().all(|puff| puff.x_m <= 10.0));
    }
    // Released in the last 8 s: 160 ± 13, and five standard deviations of both counts.
    let count = plume.carried_puffs().len() as f64;
    assert!((count - 160.0).abs() < 5.0 * 160f64.sqrt(), "{count}");
}

#[test]
fn a_full_plume_fails_or_skips() {
    let text = |when_full: &str| {
        format!(r#"{{"puffs_max": 40, "when_full": "{when_full}", "release_rate_per_s": 100.0, "spin_up_s": 3.0}}"#)
    };
    let skipping = filament(&text("skip"), &mut Formula::steady(), 1);
    assert_eq!(skipping.carried_puffs().len(), 40);
    assert_eq!(skipping.due()[0], 40 + skipping.skipped());
    let config: FilamentConfig = serde_json::from_str(&text("fail")).unwrap();
    let Err(failure) = config.with_simd(&mut Formula::steady(), StreamSeed(1), SimdLevel::detect()) else {
        panic!("40 puffs can't be enough");
    };
    let message = failure.to_string();
    assert!(
        message.contains("plume.puffs_max = 40") && message.contains("(hint: "),
        "{message}"
    );
}

/// A second source changes nothing for the puffs of the first.
#[test]
fn sources_have_their_own_random_numbers() {
    let alone = filament(r#"{"spin_up_s": 10.0}"#, &mut Formula::steady(), 6).carried_puffs();
    let text = r#"{"spin_up_s": 10.0, "other_sources": [{"x_m": 4.0, "y_m": -3.0, "relative_rate": 2.0}]}"#;
    let both = filament(text, &mut Formula::steady(), 6);
    let puffs = both.carried_puffs();
    assert!(alone.iter().all(|puff| puffs.contains(puff)));
    // Twice the rate: 200 ± 14 besides, five standard deviations (false alarm 6·10⁻⁷).
    let others = both.due()[1] as f64;
    assert!((others - 200.0).abs() < 5.0 * 200f64.sqrt(), "{others}");
}

#[test]
fn what_is_not_a_number_is_told() {
    let text = r#"{"spin_up_s": 0.0, "dt_s": 0.1}"#;
    let wind: &mut dyn Wind = &mut Formula::new(|_, _, time_s| (if time_s < 0.45 { 1.0 } else { f64::NAN }, 0.0));
    let mut plume = filament(text, wind, 1);
    plume.advance(0.5, wind).unwrap();
    let failure = plume.advance(0.6, wind).unwrap_err().to_string();
    assert!(failure.contains("x_m of a puff became NaN at step 6"), "{failure}");
}
