//! Small puffs against theory and a plain scalar program.

use super::super::super::wind::{ConstantWind, ConstantWindConfig, Wind};
use super::super::Plume;
use super::super::puffs::WhenFull;
use super::{SmallPuffConfig, SmallPuffPlume};
use crate::lanes::{F64x8, SimdLevel, lane};
use crate::random::StreamSeed;

fn wind(direction_rad: f64) -> ConstantWind {
    ConstantWind::new(&ConstantWindConfig {
        speed_m_s: 0.5,
        direction_rad,
    })
}

fn config(text: &str) -> SmallPuffConfig {
    serde_json::from_str(text).unwrap()
}

fn plume(text: &str, wind: &mut dyn Wind) -> SmallPuffPlume {
    SmallPuffPlume::new(&config(text), wind, StreamSeed(2026), SimdLevel::detect()).unwrap()
}

/// (x, y, r) of all puffs of source `source`.
fn puffs(plume: &SmallPuffPlume, source: usize) -> Vec<(f64, f64, f64)> {
    let train = &plume.trains[source];
    (0..train.count())
        .map(|i| (lane(&train.x_m, i), lane(&train.y_m, i), lane(&train.radius_m, i)))
        .collect()
}

/// The published sum, puff by puff.
fn reference(plume: &SmallPuffPlume, x: f64, y: f64) -> f64 {
    let mut c = 0.0;
    for source in 0..plume.trains.len() {
        for (puff_x, puff_y, r) in puffs(plume, source) {
            if x > puff_x - r && x < puff_x + r && y > puff_y - r && y < puff_y + r {
                c += (0.01 / r).powi(3);
            }
        }
    }
    if c < 1e-4 { 0.0 } else { c.min(1.0) }
}

fn sample(plume: &SmallPuffPlume, simd: SimdLevel, x: &[F64x8], y: &[F64x8]) -> Vec<F64x8> {
    let mut c = vec![F64x8::splat(f64::NAN); x.len()];
    let blocks: Vec<usize> = (0..x.len()).collect();
    plume.sample(simd, &blocks, x, y, 0.0, &mut c);
    c
}

#[test]
fn it_follows_the_scalar_sum() {
    let text = r#"{"spin_up_s": 20.0, "other_sources": [{"x_m": 4.0, "y_m": 0.3, "relative_rate": 0.5}]}"#;
    let plume = plume(text, &mut wind(0.0));
    let mut random = StreamSeed(1).generator(0);
    let blocks = 100;
    let (mut x, mut y) = (vec![F64x8::ZERO; blocks], vec![F64x8::ZERO; blocks]);
    for (x, y) in x.iter_mut().zip(&mut y) {
        for lane in 0..8 {
            x.0[lane] = 1.5 + 11.0 * random.uniform();
            y.0[lane] = random.uniform() - 0.4;
        }
    }
    let lowest_level = sample(&plume, SimdLevel::Sse2, &x, &y);
    let mut smelt = 0;
    for simd in SimdLevel::available() {
        assert_eq!(sample(&plume, simd, &x, &y), lowest_level);
    }
    for (index, c) in lowest_level.iter().flat_map(|block| block.0).enumerate() {
        let expected = reference(&plume, lane(&x, index), lane(&y, index));
        assert!((c - expected).abs() <= 1e-12 * expected, "{c} {expected}");
        smelt += usize::from(c > 0.0);
    }
    assert!(smelt > 100 && smelt < 800, "{smelt}");
    // At the source there are a few whole puffs: the sum is cut off at 1.
    let at_source = sample(&plume, SimdLevel::detect(), &[F64x8::splat(2.001)], &[F64x8::ZERO]);
    assert_eq!(at_source[0], F64x8::ONE);
}

/// The standard deviation of y at 1, 4 and 8 m downwind over that of theory. Puffs of the same age have the same x,
/// because the noise is across the wind only.
fn relative_widths(text: &str, direction_rad: f64) -> [f64; 3] {
    let mut wind = wind(direction_rad);
    let mut plume = plume(text, &mut wind);
    let dt_s = config(text).dt_s;
    let steps = (24.0 / dt_s).round() as u32;
    let mut sums = [(0.0, 0.0); 3];
    for step in 1..=steps {
        plume.advance(f64::from(step) * dt_s, &mut wind).unwrap();
        for (x, y, _) in puffs(&plume, 0) {
            let (along, across) = if direction_rad == 0.0 {
                (x - 2.0, y)
            } else {
                (y, 2.0 - x)
            };
            for (distance, (squares, count)) in [1.0, 4.0, 8.0].into_iter().zip(&mut sums) {
                if (along - distance).abs() < 1e-6 {
                    *squares += across * across;
                    *count += 1.0;
                }
            }
        }
    }
    let mut widths = [0.0; 3];
    for ((width, distance), (squares, count)) in widths.iter_mut().zip([1.0, 4.0, 8.0]).zip(sums) {
        assert!(count > 2200.0, "{count}");
        let theory: f64 = 0.5 * (0.01 * distance / 0.5f64).sqrt();
        *width = (squares / count / (theory * theory)).sqrt();
    }
    widths
}

/// sd(y at x) = 0.5 √(dt x/U) with dt = 0.01 s. About 2400 independent puffs per distance: their standard deviation has a
/// standard error of 1.45 %, and the bound of 5 of these raises a false alarm with probability 6·10⁻⁷ per figure. The
/// seed is fixed.
#[test]
fn the_width_is_that_of_theory() {
    let narrow = r#""region": {"x_min_m": 0.0, "x_max_m": 10.05, "y_min_m": -8.0, "y_max_m": 8.0}"#;
    let published = format!(r#"{{"spin_up_s": 16.5, {narrow}, "dispersion": {{"kind": "singh"}}}}"#);
    for width in relative_widths(&published, 0.0) {
        assert!((width - 1.0).abs() < 0.0725, "{width}");
    }
    // Consistent form at four times the step, four times the puffs per step, and the same width.
    let consistent = format!(
        r#"{{"spin_up_s": 16.5, {narrow}, "dt_s": 0.04, "puffs_per_step": 4.0, "dispersion": {{"kind": "diffusivity"}}}}"#
    );
    for width in relative_widths(&consistent, 0.0) {
        assert!((width - 1.0).abs() < 0.0725, "{width}");
    }
    // The published form is twice as wide at four times the step.
    let published = consistent.replace("diffusivity", "singh");
    for width in relative_widths(&published, 0.0) {
        assert!((width - 2.0).abs() < 0.145, "{width}");
    }
}

#[test]
fn the_noise_is_across_the_wind() {
    let text = r#"{"spin_up_s": 16.5, "region": {"x_min_m": 0.0, "x_max_m": 4.0, "y_min_m": -1.0, "y_max_m": 8.05}}"#;
    for width in relative_widths(text, std::f64::consts::FRAC_PI_2) {
        assert!((width - 1.0).abs() < 0.0725, "{width}");
    }
}

/// r = r₀ + 0.01 t, and x = U t, of puffs that are released at most once per step.
#[test]
fn puffs_grow_linearly() {
    let plume = plume(r#"{"spin_up_s": 12.0}"#, &mut wind(0.0));
    let found = puffs(&plume, 0);
    assert!(found.len() > 1000);
    for (x, _, r) in found {
        let age_s = (x - 2.0) / 0.5;
        assert!((r - (0.01 + 0.01 * age_s)).abs() < 1e-12);
    }
}

/// 3000 steps of one puff on average: 5 √3000 = 274 is a bound with a false alarm of 6·10⁻⁷.
#[test]
fn releases_have_the_mean_of_the_step() {
    let released = plume(r#"{"spin_up_s": 30.0}"#, &mut wind(0.0)).puffs();
    assert!((released as f64 - 3000.0).abs() < 274.0, "{released}");
    let two = plume(
        r#"{"spin_up_s": 30.0, "other_sources": [{"relative_rate": 3.0}]}"#,
        &mut wind(0.0),
    );
    assert!((two.trains[1].count() as f64 - 9000.0).abs() < 475.0);
    // A source that is on for 5 of 30 s: 5 √500 = 112.
    let pulse = plume(
        r#"{"spin_up_s": 30.0, "source_schedule": {"kind": "windows", "from_s": [-7.0], "until_s": [-2.0]}}"#,
        &mut wind(0.0),
    );
    assert!((pulse.puffs() as f64 - 500.0).abs() < 112.0, "{}", pulse.puffs());
}

#[test]
fn puffs_that_leave_are_gone_and_the_number_is_bounded() {
    let mut wind = wind(0.0);
    let text = r#"{"spin_up_s": 5.0, "puffs_max": 300, "when_full": "skip"}"#;
    let mut full = plume(text, &mut wind);
    assert_eq!(full.puffs(), 300);
    full.advance(1.0, &mut wind).unwrap();
    assert_eq!(full.puffs(), 300);
    let failing = SmallPuffConfig {
        when_full: WhenFull::Fail,
        ..config(text)
    };
    let failure = SmallPuffPlume::new(&failing, &mut wind, StreamSeed(1), SimdLevel::detect())
        .err()
        .unwrap();
    assert!(failure.to_string().contains("puffs_max is 300"), "{failure}");
    // 1 m of region is 2 s of wind: 200 puffs, ± 5 √200.
    let short = plume(
        r#"{"spin_up_s": 9.0, "region": {"x_min_m": 0.0, "x_max_m": 3.0, "y_min_m": -8.0, "y_max_m": 8.0}}"#,
        &mut wind,
    );
    assert!((short.puffs() as f64 - 200.0).abs() < 71.0, "{}", short.puffs());
    assert!(puffs(&short, 0).iter().all(|puff| puff.0 <= 3.0));
}

/// The realisation is the same whatever times it is asked for.
#[test]
fn it_moves_in_steps_of_its_own() {
    let run = |dt_s: f64| {
        let mut wind = wind(0.3);
        let mut plume = plume(r#"{"spin_up_s": 2.0}"#, &mut wind);
        for step in 1..=(3.0 / dt_s).round() as u32 {
            plume.advance(f64::from(step) * dt_s, &mut wind).unwrap();
        }
        puffs(&plume, 0)
    };
    let found = run(0.01);
    assert_eq!(found.len(), run(0.3).len());
    assert!(found.len() > 400 && found == run(0.3) && found == run(3.0) && found == run(0.004));
}
