//! What the spline promises: nodes, cubic polynomials, fourth order, the reference program's numbers.

use super::super::super::WindSample;
use super::super::field::{Field, Grid};
use super::super::spline::{Place, Spline};
use super::bits;
use crate::lanes::{F64x8, SimdLevel};

const PLACE: Place = Place {
    x_min_m: 0.0,
    y_min_m: 0.0,
    dx_m: 1.0,
    dy_m: 1.0,
    mean_x_m_s: 0.0,
    mean_y_m_s: 0.0,
};

/// The spline through `f(x, y)` at the nodes of a grid with the place's spacing.
fn fitted(n_x: usize, n_y: usize, place: Place, f: impl Fn(f64, f64) -> (f64, f64)) -> Spline {
    let grid = Grid {
        n_x,
        n_y,
        dx_m: place.dx_m,
        dy_m: place.dy_m,
        k_x_m2_s: 1.0,
        k_y_m2_s: 1.0,
        mean_x_m_s: 0.0,
        mean_y_m_s: 0.0,
    };
    let at = |first: f64, spacing: f64, index: usize| first + spacing * (index as f64 - 1.0);
    let field = Field::from_nodes(grid, |i, j| {
        // What the ring holds must not matter.
        let inside = (1..=n_x).contains(&i) && (1..=n_y).contains(&j);
        if inside {
            f(at(place.x_min_m, place.dx_m, i), at(place.y_min_m, place.dy_m, j))
        } else {
            (1e6, -1e6)
        }
    });
    let mut spline = Spline::new(n_x, n_y);
    spline.fit(SimdLevel::detect(), &field);
    spline
}

fn at(spline: &Spline, place: Place, x_m: f64, y_m: f64) -> (f64, f64) {
    let mut sample = WindSample::new(1);
    let (x, y) = ([F64x8::splat(x_m)], [F64x8::splat(y_m)]);
    spline.sample(SimdLevel::detect(), place, &[0], &x, &y, &mut sample);
    assert!(
        sample.x_m_s[0]
            .0
            .iter()
            .all(|lane| lane.to_bits() == sample.x_m_s[0].0[0].to_bits())
    );
    (sample.x_m_s[0].0[0], sample.y_m_s[0].0[0])
}

#[test]
fn it_goes_through_the_nodes_and_reproduces_cubic_polynomials() {
    let place = Place {
        x_min_m: -3.0,
        y_min_m: 2.0,
        dx_m: 0.5,
        dy_m: 0.25,
        ..PLACE
    };
    let cubic = |x: f64, y: f64| {
        let (p, q) = (
            1.0 - x + 0.5 * x * x - 0.25 * x.powi(3),
            2.0 + y - 0.3 * y * y + 0.1 * y.powi(3),
        );
        (p * q, q - 3.0 * p)
    };
    let rough = |x: f64, y: f64| ((17.0 * x + 40.0 * y).sin(), (31.0 * x * y).cos());
    for (n_x, n_y) in [(4, 4), (5, 4), (4, 7), (6, 5), (9, 21), (21, 8)] {
        let (smooth, spline) = (fitted(n_x, n_y, place, cubic), fitted(n_x, n_y, place, rough));
        for i in 0..4 * n_x - 3 {
            for j in 0..4 * n_y - 3 {
                let (x, y) = (-3.0 + 0.125 * i as f64, 2.0 + 0.0625 * j as f64);
                let (found, expected) = (at(&smooth, place, x, y), cubic(x, y));
                let error = (found.0 - expected.0).abs().max((found.1 - expected.1).abs());
                assert!(error < 1e-11, "{n_x} × {n_y}: {error:e} at ({x}, {y})");
                if i % 4 == 0 && j % 4 == 0 {
                    let (found, expected) = (at(&spline, place, x, y), rough(x, y));
                    let error = (found.0 - expected.0).abs().max((found.1 - expected.1).abs());
                    assert!(error < 1e-13, "{n_x} × {n_y}: node {error:e} at ({x}, {y})");
                }
            }
        }
    }
}

/// The numbers are those of `scipy.interpolate.RectBivariateSpline` (SciPy 1.17.1, cubic, no smoothing) on the nodes
/// x = 0 … 6, y = 0 … 4.
#[test]
fn it_is_the_reference_programs_spline() {
    let waves = |x: f64, y: f64| (0.7 * x + 0.3).sin() * (0.5 * y).cos() + 0.01 * x * y;
    let spline = fitted(7, 5, PLACE, |x, y| (waves(x, y), 1.0 / (1.0 + x + y)));
    for (x, y, first, second) in [
        (0.25, 0.5, 0.450_121_011_315_193_7, 0.594_125_833_002_176_1),
        (2.5, 1.75, 0.612_192_929_262_573_5, 0.190_447_988_610_394_44),
        (5.9, 3.95, 0.611_611_853_764_738_7, 0.092_170_890_942_709_94),
        (3.3, 0.0, 0.506_463_608_044_232_4, 0.232_104_761_904_762),
        (0.0, 4.0, -0.122_979_799_137_874_21, 0.2),
    ] {
        let found = at(&spline, PLACE, x, y);
        assert!(
            (found.0 - first).abs() < 1e-13 && (found.1 - second).abs() < 1e-13,
            "{found:?} at ({x}, {y})"
        );
    }
}

#[test]
fn the_error_is_of_fourth_order_in_the_spacing() {
    let waves = |x: f64, y: f64| ((0.2 * x).sin() * (0.15 * y).cos(), (0.1 * x + 0.2 * y).cos());
    let errors = [11_usize, 21, 41].map(|n| {
        let place = Place {
            dx_m: 20.0 / (n - 1) as f64,
            dy_m: 20.0 / (n - 1) as f64,
            ..PLACE
        };
        let spline = fitted(n, n, place, waves);
        // Away from the edges, where the end conditions add errors of their own.
        (0..200_u32).fold(0.0, |worst: f64, k| {
            let (x, y) = (6.0 + 8.0 * (f64::from(k) * 0.618).fract(), 6.0 + f64::from(k) / 25.0);
            let (found, expected) = (at(&spline, place, x, y), waves(x, y));
            worst
                .max((found.0 - expected.0).abs())
                .max((found.1 - expected.1).abs())
        })
    });
    for pair in errors.windows(2) {
        let order = (pair[0] / pair[1]).log2();
        assert!((3.7..4.4).contains(&order), "order {order}: {errors:?}");
    }
}

#[test]
fn outside_it_has_the_value_of_the_edge() {
    let spline = fitted(6, 5, PLACE, |x, y| ((x + 0.3 * y).sin(), x * y));
    let close = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).abs() < 1e-15 && (a.1 - b.1).abs() < 1e-15;
    for (outside, edge) in [
        ((-3.0, 1.5), (0.0, 1.5)),
        ((1e300, 2.5), (5.0, 2.5)),
        ((2.5, -0.1), (2.5, 0.0)),
        ((2.5, 9.0), (2.5, 4.0)),
        ((f64::NEG_INFINITY, f64::INFINITY), (0.0, 4.0)),
    ] {
        let (outside, edge) = (
            at(&spline, PLACE, outside.0, outside.1),
            at(&spline, PLACE, edge.0, edge.1),
        );
        assert!(close(outside, edge), "{outside:?} {edge:?}");
    }
    // A position that isn't a number is its owner's problem: it must not read outside the array.
    at(&spline, PLACE, f64::NAN, f64::NAN);
}

#[test]
fn only_the_blocks_asked_for_are_touched_and_every_level_gives_the_same_bits() {
    let place = Place {
        mean_x_m_s: 1.0,
        mean_y_m_s: -0.25,
        ..PLACE
    };
    let spline = fitted(21, 13, place, |x, y| ((1.1 * x).sin(), (x * y).cos()));
    let x: Vec<F64x8> = (0..16_u32)
        .map(|b| F64x8([-1.0, 0.1, 3.7, 8.2, 12.9, 19.99, 20.0, 25.0].map(|x| x + 0.01 * f64::from(b))))
        .collect();
    let y: Vec<F64x8> = (0..16_u32)
        .map(|b| F64x8([0.3, 2.2, 12.0, 7.7, 1.1, 5.5, 11.99, -4.0].map(|y| y - 0.03 * f64::from(b))))
        .collect();
    let asked = [0, 3, 4, 15];
    let run = |simd, mut sample: WindSample| {
        spline.sample(simd, place, &asked, &x, &y, &mut sample);
        sample
    };
    let reference = run(SimdLevel::Sse2, WindSample::new(16));
    for simd in SimdLevel::available() {
        let found = run(simd, WindSample::new(16));
        let without = run(simd, WindSample::velocities(16));
        assert!(without.direction_rad.is_empty());
        for block in 0..16 {
            assert_eq!(bits(found.x_m_s[block]), bits(reference.x_m_s[block]));
            assert_eq!(bits(found.y_m_s[block]), bits(reference.y_m_s[block]));
            assert_eq!(bits(found.direction_rad[block]), bits(reference.direction_rad[block]));
            assert_eq!(bits(without.x_m_s[block]), bits(reference.x_m_s[block]));
            if asked.contains(&block) {
                let angle = found.y_m_s[block].0[2].atan2(found.x_m_s[block].0[2]);
                assert!((found.direction_rad[block].0[2] - angle).abs() < 1e-15);
            } else {
                assert_eq!(bits(found.x_m_s[block]), [0; 8]);
            }
        }
    }
}
