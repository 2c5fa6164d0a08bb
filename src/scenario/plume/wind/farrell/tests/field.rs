//! The step of the field against the equation typed again, and against solutions of it.

use super::super::field::{Field, Grid};
use super::bits;
use crate::lanes::{F64x8, SimdLevel};

const GRID: Grid = Grid {
    n_x: 13,
    n_y: 9,
    dx_m: 2.0,
    dy_m: 1.5,
    k_x_m2_s: 3.0,
    k_y_m2_s: 2.0,
    mean_x_m_s: 0.8,
    mean_y_m_s: -0.3,
};

/// Velocities `[n_y + 2][n_x + 2]`, not deviations.
type Nodes = Vec<Vec<(f64, f64)>>;

fn nodes(field: &Field, grid: Grid) -> Nodes {
    let node = |i, j| {
        let (x, y) = field.node(i, j);
        (grid.mean_x_m_s + x, grid.mean_y_m_s + y)
    };
    (0..grid.n_y + 2)
        .map(|j| (0..grid.n_x + 2).map(|i| node(i, j)).collect())
        .collect()
}

/// The right-hand side of the equation for the component that `part` picks.
fn rate(grid: Grid, field: &Nodes, i: usize, j: usize, part: fn((f64, f64)) -> f64) -> f64 {
    let at = |i: usize, j: usize| part(field[j][i]);
    let (u, v) = field[j][i];
    let slope_x = (at(i + 1, j) - at(i - 1, j)) / (2.0 * grid.dx_m);
    let slope_y = (at(i, j + 1) - at(i, j - 1)) / (2.0 * grid.dy_m);
    let bend_x = (at(i + 1, j) - 2.0 * at(i, j) + at(i - 1, j)) / grid.dx_m.powi(2);
    let bend_y = (at(i, j + 1) - 2.0 * at(i, j) + at(i, j - 1)) / grid.dy_m.powi(2);
    -(u * slope_x + v * slope_y) + 0.5 * grid.k_x_m2_s * bend_x + 0.5 * grid.k_y_m2_s * bend_y
}

/// Something without symmetry.
fn rough(i: usize, j: usize) -> (f64, f64) {
    let (x, y) = (i as f64, j as f64);
    ((0.9 * x + 1.7 * y).sin(), 0.5 * (1.3 * x * y).cos())
}

const CORNERS: F64x8 = F64x8([0.4, -0.3, 0.1, 0.2, -0.2, 0.3, 0.25, -0.1]);

#[test]
fn a_step_is_explicit_euler_with_central_differences() {
    // Rows shorter than a block, whole blocks, and more.
    for (n_x, n_y) in [(4, 4), (8, 5), (13, 9), (21, 21)] {
        let grid = Grid { n_x, n_y, ..GRID };
        let mut field = Field::from_nodes(grid, rough);
        let before = nodes(&field, grid);
        assert!(field.step(SimdLevel::detect(), 0.03, CORNERS));
        let after = nodes(&field, grid);
        for j in 1..=n_y {
            for i in 1..=n_x {
                let x = before[j][i].0 + 0.03 * rate(grid, &before, i, j, |(u, _)| u);
                let y = before[j][i].1 + 0.03 * rate(grid, &before, i, j, |(_, v)| v);
                assert!((after[j][i].0 - x).abs() < 1e-14 && (after[j][i].1 - y).abs() < 1e-14);
            }
        }
        for (corner, (i, j)) in [(0, 0), (n_x + 1, 0), (0, n_y + 1), (n_x + 1, n_y + 1)]
            .into_iter()
            .enumerate()
        {
            let expected = (CORNERS.0[corner], CORNERS.0[corner + 4]);
            let found = field.node(i, j);
            assert!((found.0 - expected.0).abs() < 1e-16 && (found.1 - expected.1).abs() < 1e-16);
        }
        let middle = field.node(2, 0).0;
        let expected = 0.4 + 2.0 / (n_x + 1) as f64 * (-0.3 - 0.4);
        assert!(
            (middle - expected).abs() < 1e-15,
            "edges are linear: {middle} {expected}"
        );
    }
}

#[test]
fn every_level_gives_the_same_bits() {
    let run = |simd| {
        let mut field = Field::from_nodes(GRID, rough);
        for step in 0..50 {
            assert!(field.step(simd, 0.05, F64x8::splat(0.01 * f64::from(step))));
        }
        (0..GRID.n_y)
            .flat_map(|j| field.row(j).concat())
            .map(f64::to_bits)
            .collect::<Vec<_>>()
    };
    for simd in SimdLevel::available() {
        assert_eq!(run(simd), run(SimdLevel::Sse2));
    }
}

/// The bilinear function between the corners solves Laplace's equation exactly, also in differences. Amplitudes of 10⁻⁹
/// m/s in still air leave 10⁻⁹ of the non-linear terms.
#[test]
fn without_advection_it_relaxes_to_the_bilinear_function() {
    let grid = Grid {
        mean_x_m_s: 0.0,
        mean_y_m_s: 0.0,
        ..GRID
    };
    let corners = F64x8(CORNERS.0.map(|value| 1e-9 * value));
    let mut field = Field::from_nodes(grid, |i, j| {
        let (x, y) = rough(i, j);
        (1e-9 * x, 1e-9 * y)
    });
    let dt_s = 0.9 * grid.diffusion_limit_s();
    for _ in 0..2000 {
        field.step(SimdLevel::detect(), dt_s, corners);
    }
    let bilinear = Field::new(grid, corners);
    for j in 0..grid.n_y {
        let ([x, y], [x_expected, y_expected]) = (field.row(j), bilinear.row(j));
        for i in 0..grid.n_x {
            assert!((x[i] - x_expected[i]).abs() < 1e-16, "{:e} {:e}", x[i], x_expected[i]);
            assert!((y[i] - y_expected[i]).abs() < 1e-16);
        }
    }
    // The bilinear function itself, typed again: south-west 0.4, south-east −0.3, north-west 0.1, north-east 0.2.
    let (along, up) = (5.0 / 14.0, 3.0 / 10.0);
    let expected = (0.4 * (1.0 - along) - 0.3 * along) * (1.0 - up) + (0.1 * (1.0 - along) + 0.2 * along) * up;
    assert!((1e9 * bilinear.node(5, 3).0 - expected).abs() < 1e-15);
}

/// With corners that hold still the field ends where a relaxation of the steady equation, node by node and in another
/// order (Gauss–Seidel), ends.
#[test]
fn with_frozen_corners_it_relaxes_to_the_steady_solution() {
    let mut field = Field::from_nodes(GRID, rough);
    let dt_s = 0.8 * GRID.diffusion_limit_s().min(GRID.advection_limit_s(2.0, 2.0));
    for _ in 0..3000 {
        assert!(field.step(SimdLevel::detect(), dt_s, CORNERS));
    }
    let found = nodes(&field, GRID);
    // The same edges; inside it starts from the mean.
    let mut steady = found.clone();
    for row in &mut steady[1..=GRID.n_y] {
        row[1..=GRID.n_x].fill((GRID.mean_x_m_s, GRID.mean_y_m_s));
    }
    let weight = GRID.k_x_m2_s / GRID.dx_m.powi(2) + GRID.k_y_m2_s / GRID.dy_m.powi(2);
    for _ in 0..600 {
        for j in 1..=GRID.n_y {
            for i in 1..=GRID.n_x {
                let x = rate(GRID, &steady, i, j, |(u, _)| u) / weight;
                let y = rate(GRID, &steady, i, j, |(_, v)| v) / weight;
                steady[j][i].0 += x;
                steady[j][i].1 += y;
            }
        }
    }
    let mut departure: f64 = 0.0;
    let bilinear = nodes(&Field::new(GRID, CORNERS), GRID);
    for j in 1..=GRID.n_y {
        for i in 1..=GRID.n_x {
            assert!((found[j][i].0 - steady[j][i].0).abs() < 1e-12, "({i}, {j})");
            assert!((found[j][i].1 - steady[j][i].1).abs() < 1e-12, "({i}, {j})");
            departure = departure.max((found[j][i].0 - bilinear[j][i].0).abs());
        }
    }
    assert!(departure > 0.01, "advection bends the solution: {departure}");
}

/// Explicit Euler is of first order: with smooth corners, halving dt halves the error.
#[test]
fn the_error_is_of_first_order_in_the_step() {
    let corners = |time_s: f64| {
        let mut lanes = CORNERS;
        for (channel, value) in lanes.0.iter_mut().enumerate() {
            *value *= (0.7 * time_s + channel as f64).sin();
        }
        lanes
    };
    let end = |steps: u32| {
        let dt_s = 8.0 / f64::from(steps);
        let mut field = Field::new(GRID, corners(0.0));
        for step in 1..=steps {
            field.step(SimdLevel::detect(), dt_s, corners(f64::from(step) * dt_s));
        }
        nodes(&field, GRID)
    };
    let runs = [80, 160, 320, 640].map(end);
    let distance = |a: &Nodes, b: &Nodes| -> f64 {
        let squares = a.iter().flatten().zip(b.iter().flatten());
        squares
            .map(|(a, b)| (a.0 - b.0).powi(2) + (a.1 - b.1).powi(2))
            .sum::<f64>()
            .sqrt()
    };
    for pair in runs.windows(3) {
        let ratio = distance(&pair[0], &pair[1]) / distance(&pair[1], &pair[2]);
        assert!((ratio - 2.0).abs() < 0.1, "{ratio}");
    }
}

#[test]
fn what_isn_t_finite_is_noticed_wherever_it_is() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for (i, j) in [(1, 1), (13, 9), (8, 4), (9, 1)] {
            let mut field = Field::from_nodes(
                GRID,
                |at_i, at_j| if (at_i, at_j) == (i, j) { (0.0, bad) } else { (0.0, 0.0) },
            );
            assert!(
                !field.step(SimdLevel::detect(), 0.01, F64x8::ZERO),
                "{bad} at ({i}, {j})"
            );
            assert!(field.not_finite().is_some());
        }
    }
    let mut field = Field::from_nodes(GRID, rough);
    assert!(field.step(SimdLevel::detect(), 0.01, F64x8::ZERO) && field.not_finite().is_none());
    assert_eq!(bits(F64x8::splat(field.node(0, 0).0)), [0; 8]);
}
