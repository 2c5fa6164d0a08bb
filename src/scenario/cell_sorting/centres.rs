//! Where cells are, and how far they have come.

use super::lattice::Edges;
use super::tissue::{Tissue, cell_of};

/// The first site of a cell, the sum of the offsets of its sites from it, and their number.
type Sum = ([i64; 2], [i64; 2], i64);

/// Centres of mass of all cells, the medium's first and without meaning; NaN for cells without sites. In a periodic lattice
/// a cell is taken to be smaller than half of it.
#[must_use]
pub fn centres(tissue: &Tissue) -> Vec<[f64; 2]> {
    let lattice = tissue.lattice();
    let sides = [lattice.width as i64, lattice.height as i64];
    let periodic = lattice.edges == Edges::Periodic;
    // Sums of offsets from the first site of each cell, which are whole numbers.
    let mut sums: Vec<Option<Sum>> = vec![None; tissue.cells().len()];
    for (site, label) in tissue.site_labels().enumerate() {
        let at = [(site % lattice.width) as i64, (site / lattice.width) as i64];
        let (first, sum, count) = sums[cell_of(label)].get_or_insert((at, [0; 2], 0));
        for axis in 0..2 {
            let mut offset = at[axis] - first[axis];
            if periodic {
                let half = sides[axis] / 2;
                offset = (offset + half).rem_euclid(sides[axis]) - half;
            }
            sum[axis] += offset;
        }
        *count += 1;
    }
    let centre = |sum: Option<Sum>| match sum {
        None => [f64::NAN; 2],
        Some((first, sum, count)) => std::array::from_fn(|axis| {
            let at = first[axis] as f64 + sum[axis] as f64 / count as f64;
            if periodic { wrapped(at, sides[axis] as f64) } else { at }
        }),
    };
    sums.into_iter().map(centre).collect()
}

fn wrapped(at: f64, side: f64) -> f64 {
    if at < 0.0 {
        at + side
    } else if at >= side {
        at - side
    } else {
        at
    }
}

/// The way from one place to another, the shorter one around a periodic lattice.
#[must_use]
pub fn way(tissue: &Tissue, from: [f64; 2], to: [f64; 2]) -> [f64; 2] {
    let lattice = tissue.lattice();
    let sides = [lattice.width as f64, lattice.height as f64];
    std::array::from_fn(|axis| {
        let straight = to[axis] - from[axis];
        if lattice.edges != Edges::Periodic {
            straight
        } else if straight > 0.5 * sides[axis] {
            straight - sides[axis]
        } else if straight < -0.5 * sides[axis] {
            straight + sides[axis]
        } else {
            straight
        }
    })
}
