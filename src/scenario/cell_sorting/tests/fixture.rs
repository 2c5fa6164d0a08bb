//! What the tests of the scenario share.

use super::super::energies::{Energies, TypeEnergies, parts};
use super::super::lattice::{Edges, Lattice, Neighbourhood};
use super::super::tissue::{Cell, Label, Tissue, label};

pub fn lattice(width: usize, height: usize, neighbourhood: Neighbourhood, edges: Edges) -> Lattice {
    Lattice {
        width,
        height,
        neighbourhood,
        edges,
    }
}

/// J of Graner & Glazier (1992): dark 2, dark and light 11, light 14, medium 16. λ of areas and perimeters as given.
pub fn energies(scale: f64, area: f64, perimeter: f64) -> Energies {
    let matrix = [[0.0, 16.0, 16.0], [16.0, 2.0, 11.0], [16.0, 11.0, 14.0]];
    let matrix: Vec<Vec<f64>> = matrix
        .iter()
        .map(|row| row.iter().map(|j| j * scale).collect())
        .collect();
    let of = TypeEnergies {
        area: parts(area),
        perimeter: parts(perimeter),
    };
    Energies::new(&matrix, &[TypeEnergies::default(), of, of])
}

/// A tissue of `count` cells from a digit for each site: they are of type 1 where their number is odd, of type 2 where it is even.
pub fn tissue(lattice: Lattice, energies: Energies, sites: &str, count: usize, target_area: i32) -> Tissue {
    let numbers: Vec<usize> = (sites.chars().filter_map(|digit| digit.to_digit(10)))
        .map(|digit| digit as usize)
        .collect();
    let kind = |cell: usize| if cell == 0 { 0 } else { 2 - cell % 2 };
    let labels: Vec<Label> = numbers.iter().map(|cell| label(*cell, kind(*cell))).collect();
    let cells = (0..=count)
        .map(|cell| Cell {
            kind: kind(cell) as u8,
            target_area: if cell == 0 { 0 } else { target_area },
            target_perimeter: if cell == 0 { 0 } else { 20 },
            ..Cell::default()
        })
        .collect();
    Tissue::new(lattice, energies, &labels, cells)
}
