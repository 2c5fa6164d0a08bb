//! The concentration is the sum over puffs.

use super::super::super::{Gradient, Plume};
use super::super::places::Puff;
use super::fixture::{Formula, filament, in_blocks, sample, turbulent};
use crate::lanes::{F64x8, SimdLevel, lane};
use std::f64::consts::PI;

/// The plain sum of the literature's formula over all puffs; `image` mirrors them at the ground.
fn reference(puffs: &[Puff], amount: f64, image: bool, (x, y): (f64, f64), z: f64) -> f64 {
    let one = |puff: &Puff, puff_z: f64| {
        let d2 = (x - puff.x_m).powi(2) + (y - puff.y_m).powi(2) + (z - puff_z).powi(2);
        amount / ((8.0 * PI.powi(3)).sqrt() * puff.radius2_m2.powf(1.5)) * (-d2 / (2.0 * puff.radius2_m2)).exp()
    };
    puffs
        .iter()
        .map(|puff| one(puff, puff.z_m) + if image { one(puff, -puff.z_m) } else { 0.0 })
        .sum()
}

/// A lattice over the plume and beyond the region.
fn lattice() -> Vec<(f64, f64)> {
    (0..41)
        .flat_map(|i| (0..21).map(move |j| (-3.0 + 0.73 * f64::from(i), -14.0 + 1.37 * f64::from(j))))
        .chain((0..200).map(|i| (2.0 + 0.02 * f64::from(i), 0.01 * f64::from(i % 7))))
        .collect()
}

/// Values of the reference program for Q = 8.3·10⁸ and r² = 0.5, relative tolerance 10⁻⁹.
#[test]
fn golden_puff() {
    let text = r#"{"puff_amount": 8.3e8, "puff_radius_m": 0.7071067811865476, "growth_m2_s": 0.0, "source_z_m": 0.0,
                   "release_rate_per_s": 0.0, "puffs_at_start": 1, "spin_up_s": 0.0, "source_x_m": 5.0}"#;
    let plume = filament(text, &mut Formula::steady(), 1);
    for (position, z, expected) in [
        ((5.0, 0.0), 0.0, 149_057_311.4),
        ((6.0, 0.0), 0.0, 54_835_120.41),
        ((5.0, -1.0), 0.0, 54_835_120.41),
        ((5.0, 0.0), 1.0, 54_835_120.41),
        ((5.6, 0.8), 0.0, 54_835_120.41),
    ] {
        let found = sample(&plume, SimdLevel::detect(), &[position], z)[0];
        assert!((found / expected - 1.0).abs() < 1e-9, "{position:?}: {found}");
    }
}

/// Against the plain sum, everywhere and at several heights. Left out are puffs beyond 7.5 radii: each is below
/// e^(−7.5²/2) = 6.2·10⁻¹³ of its peak.
#[test]
fn the_index_finds_all_puffs() {
    for (vertical, image) in [("free", false), ("reflected", true), ("level", false)] {
        for rate in [0.3, 12.0] {
            let text = format!(r#"{{"vertical": "{vertical}", "release_rate_per_s": {rate}, "spin_up_s": 40.0}}"#);
            let plume = filament(&text, &mut Formula::steady(), 3);
            let puffs = plume.carried_puffs();
            let amount = 1e-7;
            let peaks = reference(&puffs[..1], amount, false, (puffs[0].x_m, puffs[0].y_m), puffs[0].z_m);
            let highest = peaks.max(amount / ((8.0 * PI.powi(3)).sqrt() * 1e-3f64.powf(1.5)));
            let left_out = puffs.len() as f64 * 6.2e-13 * 2.0 * highest;
            for z in [0.0, 1.0, 1.3] {
                let positions = lattice();
                let found = sample(&plume, SimdLevel::detect(), &positions, z);
                for (position, found) in positions.iter().zip(&found) {
                    let expected = reference(&puffs, amount, image, *position, z);
                    assert!(
                        (found - expected).abs() <= 1e-12 * expected + left_out,
                        "{vertical}, {} puffs, {position:?}, z {z}: {found}, {expected}",
                        puffs.len()
                    );
                    assert!(*found >= 0.0);
                }
                assert!(found.iter().any(|c| *c > 1e-6) || rate < 1.0 || z != 1.0);
            }
        }
    }
}

/// A short reach cuts puffs off where the key says, and nowhere else.
#[test]
fn puffs_end_at_the_cut_off() {
    let text = r#"{"cutoff_radii": 4.0, "puff_radius_m": 0.5, "growth_m2_s": 0.0, "release_rate_per_s": 0.0,
                   "puffs_at_start": 1, "spin_up_s": 0.0, "source_x_m": 5.0}"#;
    let plume = filament(text, &mut Formula::steady(), 1);
    let at = |x, z| sample(&plume, SimdLevel::detect(), &[(x, 0.0)], z)[0];
    assert!(at(6.999, 1.0) > 0.0 && at(3.001, 1.0) > 0.0 && at(5.0, 2.999) > 0.0);
    assert_eq!((at(7.001, 1.0), at(2.999, 1.0), at(5.0, 3.001)), (0.0, 0.0, 0.0));
    // 1.6² + 1.2² = 2².
    assert!(at(6.599, 2.2) > 0.0);
    assert_eq!(at(6.601, 2.2), 0.0);
}

#[test]
fn a_plume_without_puffs_smells_of_nothing() {
    let text = r#"{"release_rate_per_s": 0.0, "puffs_at_start": 0, "spin_up_s": 1.0}"#;
    let plume = filament(text, &mut Formula::steady(), 1);
    assert!(
        sample(&plume, SimdLevel::detect(), &lattice(), 1.0)
            .iter()
            .all(|c| *c == 0.0)
    );
}

/// The slope against central differences of the concentration, whose own error is h²/6r² of the slope of a puff, and
/// against zero slope on the top of a puff.
#[test]
fn the_gradient_is_the_slope() {
    let text = r#"{"puff_radius_m": 0.3, "vertical": "reflected", "release_rate_per_s": 20.0, "spin_up_s": 20.0}"#;
    let plume = turbulent(text, &mut Formula::steady(), 5);
    let positions: Vec<(f64, f64)> = (0..160)
        .map(|i| (2.0 + 0.09 * f64::from(i), -1.0 + 0.013 * f64::from(i)))
        .collect();
    let simd = SimdLevel::detect();
    let (x, y) = in_blocks(&positions);
    let blocks: Vec<usize> = (0..x.len()).collect();
    let mut gradient = Gradient::new(x.len());
    assert!(plume.sample_gradient(simd, &blocks, &x, &y, 1.0, &mut gradient));
    let h = 1e-4;
    let highest = sample(&plume, simd, &positions, 1.0).into_iter().fold(0.0, f64::max);
    assert!(highest > 0.0);
    for (i, (x, y)) in positions.into_iter().enumerate() {
        let c = sample(&plume, simd, &[(x + h, y), (x - h, y), (x, y + h), (x, y - h)], 1.0);
        for (found, expected) in [
            (lane(&gradient.x_per_m, i), (c[0] - c[1]) / (2.0 * h)),
            (lane(&gradient.y_per_m, i), (c[2] - c[3]) / (2.0 * h)),
        ] {
            assert!(
                (found - expected).abs() < 1e-6 * highest / 0.3,
                "{x}, {y}: {found}, {expected}"
            );
        }
    }
}

/// The concentration's integral over space is the amount of all puffs. Sums over a lattice finer than the puffs are
/// exact to e^(−2π²r²/h²).
#[test]
fn the_amount_is_what_was_released() {
    let text = r#"{"puff_radius_m": 0.5, "growth_m2_s": 0.01, "puff_amount": 2.5, "release_rate_per_s": 3.0,
                   "puffs_at_start": 0, "spin_up_s": 6.0, "source_x_m": 12.0, "source_z_m": 5.0}"#;
    let plume = filament(text, &mut Formula::steady(), 2);
    let count = plume.carried_puffs().len();
    assert!(count > 5);
    let h = 0.5;
    let positions: Vec<(f64, f64)> = (0..64)
        .flat_map(|i| (0..40).map(move |j| (2.0 + h * f64::from(i), h * f64::from(j - 20))))
        .collect();
    let sum: f64 = (-10..30)
        .map(|k| {
            sample(&plume, SimdLevel::detect(), &positions, h * f64::from(k))
                .iter()
                .sum::<f64>()
        })
        .sum();
    let found = sum * h * h * h / 2.5;
    assert!((found - count as f64).abs() < 1e-6 * count as f64, "{found} of {count}");
}

/// A position's concentration is the same alone, in company, and in another lane.
#[test]
fn positions_dont_notice_each_other() {
    let plume = filament(r#"{"spin_up_s": 20.0}"#, &mut Formula::steady(), 8);
    let positions = lattice();
    let simd = SimdLevel::detect();
    let together = sample(&plume, simd, &positions, 1.0);
    for (i, position) in positions.iter().enumerate().step_by(37) {
        assert_eq!(
            sample(&plume, simd, &[(0.0, 0.0), *position], 1.0)[1].to_bits(),
            together[i].to_bits()
        );
    }
    // Only the blocks asked for are touched.
    let mut concentration = vec![F64x8::splat(-1.0); 3];
    let (x, y) = in_blocks(&positions[..24]);
    plume.sample(simd, &[1], &x, &y, 1.0, &mut concentration);
    assert_eq!(concentration[0], F64x8::splat(-1.0));
    assert_eq!(concentration[1].0[..], together[8..16]);
    assert_eq!(concentration[2], F64x8::splat(-1.0));
}
