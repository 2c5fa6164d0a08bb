//! What a configuration comes to: lattice, energies, forces, and the cells of a beginning.

use super::configuration::{CellSortingConfig, Connectivity, FieldKind, of_type};
use super::energies::{Energies, ONE, TypeEnergies, parts};
use super::lattice::Lattice;
use super::start::{Blocks, types};
use super::tissue::{Cell, Forces, Label, Tissue, cell_of, label};
use crate::random::StreamSeed;

/// The lattice, with the sides that are chosen.
#[must_use]
pub(super) fn lattice(config: &CellSortingConfig) -> Lattice {
    let area = f64::from(largest_area(config)) * f64::from(config.cells.count);
    let chosen = (2.2 * (area / std::f64::consts::PI).sqrt()).ceil() as usize + 8;
    let side = |given: u32| if given == 0 { chosen } else { given as usize };
    Lattice {
        width: side(config.lattice.width),
        height: side(config.lattice.height),
        neighbourhood: config.lattice.neighbours,
        edges: config.lattice.edges,
    }
}

fn largest_area(config: &CellSortingConfig) -> u32 {
    config.cells.target_areas.iter().copied().max().unwrap_or(1)
}

/// The blocks that cells begin as.
pub(super) fn blocks(config: &CellSortingConfig) -> Blocks {
    Blocks::new(&lattice(config), largest_area(config), config.start.shape)
}

/// A cell of a type, from 1, as it begins.
fn cell(config: &CellSortingConfig, kind: usize) -> Cell {
    Cell {
        kind: kind as u8,
        target_area: of_type(&config.cells.target_areas, kind - 1) as i32,
        target_perimeter: of_type(&config.cells.target_perimeters, kind - 1) as i32,
        ..Cell::default()
    }
}

/// Energies of the course.
fn energies(config: &CellSortingConfig) -> Energies {
    let of = |kind: usize| TypeEnergies {
        area: parts(of_type(&config.cells.area_stiffness, kind)),
        perimeter: parts(of_type(&config.cells.perimeter_stiffness, kind)),
    };
    let cells = (0..config.cells.types.len()).map(of);
    let types: Vec<TypeEnergies> = std::iter::once(TypeEnergies::default()).chain(cells).collect();
    Energies::new(&config.adhesion.matrix(), &types)
}

/// Energies of the relaxation, in which all cells are of type 1.
fn energies_of_relaxation(config: &CellSortingConfig) -> Energies {
    let start = &config.start;
    let stiffness = TypeEnergies {
        area: parts(config.cells.area_stiffness[0]),
        perimeter: 0,
    };
    let matrix = [
        vec![0.0, start.relax_cell_medium],
        vec![start.relax_cell_medium, start.relax_cell_cell],
    ];
    Energies::new(&matrix, &[TypeEnergies::default(), stiffness])
}

fn forces(config: &CellSortingConfig, lattice: &Lattice) -> Forces {
    let given = &config.forces;
    let mut forces = Forces {
        motility: given.motility.iter().any(|energy| *energy > 0.0),
        connected: config.cells.connectivity == Connectivity::Local,
        ..Forces::default()
    };
    if given.chemotaxis.iter().all(|energy| *energy == 0.0) {
        return forces;
    }
    for kind in 0..config.cells.types.len() {
        forces.following[kind + 1] = parts(of_type(&given.chemotaxis, kind));
    }
    let middle = [lattice.width, lattice.height].map(|side| 0.5 * (side as f64 - 1.0));
    forces.potential = vec![0; lattice.places()];
    for place in (0..lattice.places()).filter(|place| !lattice.is_frame(*place)) {
        let (x, y) = lattice.coordinates(place);
        let (dx, dy) = (x as f64 - middle[0], y as f64 - middle[1]);
        let value = match given.field {
            FieldKind::Linear => x as f64,
            FieldKind::Radial => -(dx * dx + dy * dy).sqrt(),
        };
        forces.potential[place] = (value * ONE as f64).round() as i32;
        let potential = forces.potential[place];
        lattice.images(place, |image| forces.potential[image] = potential);
    }
    forces
}

/// The types of all cells, and the tissue that the course, or the relaxation before it, begins with.
pub(super) fn begin(config: &CellSortingConfig, seed: StreamSeed) -> (Vec<u8>, Tissue) {
    let lattice = lattice(config);
    let blocks = blocks(config);
    let chosen = blocks.choose(config.cells.count as usize, config.start.shape, &mut seed.generator(0));
    let kinds = config.cells.types.len();
    let shares: Vec<f64> = (0..kinds).map(|kind| of_type(&config.cells.shares, kind)).collect();
    let types = types(config.start.pattern, &chosen, &shares, &mut seed.generator(1));
    if config.start.relax_mcs == 0 {
        let labels = blocks.labels(&lattice, &chosen, &types);
        return (types.clone(), tissue(config, &types, &labels));
    }
    let labels = blocks.labels(&lattice, &chosen, &vec![1; chosen.len()]);
    (types, relaxing(config, &labels))
}

/// A tissue of cells of the types, from 1, at the sites that labels say, whatever type these are of.
pub(super) fn tissue(config: &CellSortingConfig, types: &[u8], labels: &[Label]) -> Tissue {
    let lattice = lattice(config);
    let typed = |old: &Label| match cell_of(*old) {
        0 => 0,
        cell => label(cell, usize::from(types[cell - 1])),
    };
    let labels: Vec<Label> = labels.iter().map(typed).collect();
    let cells = types.iter().map(|kind| cell(config, usize::from(*kind)));
    let cells = std::iter::once(Cell::default()).chain(cells).collect();
    let mut tissue = Tissue::new(lattice, energies(config), &labels, cells);
    tissue.set_forces(forces(config, &lattice));
    tissue
}

/// A tissue that relaxes.
pub(super) fn relaxing(config: &CellSortingConfig, labels: &[Label]) -> Tissue {
    let one = Cell {
        target_area: of_type(&config.cells.target_areas, 0) as i32,
        kind: 1,
        ..Cell::default()
    };
    let mut cells = vec![Cell::default()];
    cells.resize(config.cells.count as usize + 1, one);
    let lattice = lattice(config);
    let mut tissue = Tissue::new(lattice, energies_of_relaxation(config), labels, cells);
    tissue.set_forces(Forces {
        connected: config.cells.connectivity == Connectivity::Local,
        ..Forces::default()
    });
    tissue
}

/// Bytes that a unit needs: its cells, the copy that is annealed, and what measures are made of.
pub(super) fn bytes(config: &CellSortingConfig) -> u64 {
    let lattice = lattice(config);
    let cells = config.cells.count as usize;
    let copies = if config.measures.anneal_mcs > 0 { 2 } else { 1 };
    let potential = if config.forces.chemotaxis.iter().any(|energy| *energy != 0.0) {
        4 * copies
    } else {
        0
    };
    // Labels of all sites, twice while a beginning is made or a state is saved; contacts, two words for each, of up to half of the sites'
    // neighbours; about ten numbers for a cell.
    let sites = lattice.sites() as u64;
    copies * Tissue::bytes(&lattice, cells) + sites * (potential + 8 + 16) + 160 * cells as u64
}
