//! What is measured of a tissue at one time.

use super::centres::{centres, way};
use super::configuration::{CellSortingConfig, Connectivity};
use super::contacts::{Cluster, Contacts, Emergence, alive, exchanged, split_cells};
use super::metropolis::{Acceptance, advance};
use super::tissue::{Forces, Tissue, cell_of};
use crate::random::{StreamSeed, Xoshiro256PlusPlus};

/// Where cells have come to, over all measures so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Trail {
    /// Centres at the last measure, by cell; NaN for the medium.
    pub centres: Vec<[f64; 2]>,
    /// The whole way of each cell since the first measure, across the edges of a periodic lattice, too.
    pub ways: Vec<[f64; 2]>,
    /// Pairs of cells that touched at the last measure.
    pub pairs: Vec<(u32, u32, u32)>,
}

impl Trail {
    /// Adds the present centres; returns the root of the mean squared way of cells that are alive.
    pub(super) fn go_on(&mut self, tissue: &Tissue) -> f64 {
        let now = centres(tissue);
        if self.centres.is_empty() {
            self.centres.clone_from(&now);
            self.ways = vec![[0.0; 2]; now.len()];
        }
        let (mut sum, mut count) = (0.0, 0u32);
        for (cell, (centre, before)) in now.iter().zip(&mut self.centres).enumerate().skip(1) {
            if centre[0].is_nan() {
                continue;
            }
            let step = way(tissue, *before, *centre);
            *before = *centre;
            let whole = &mut self.ways[cell];
            *whole = [whole[0] + step[0], whole[1] + step[1]];
            sum += whole[0] * whole[0] + whole[1] * whole[1];
            count += 1;
        }
        (sum / f64::from(count.max(1))).sqrt()
    }
}

/// The measures of one time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Measured {
    pub step: u32,
    pub heterotypic_share: Option<f64>,
    pub mismatched_share: Option<f64>,
    pub sorting_quality: Option<f64>,
    pub clusters: Vec<Cluster>,
    /// Cells of the largest cluster of all types, as a share of its type's.
    pub largest_cluster_share: f64,
    pub energy: f64,
    pub displacement: f64,
    /// Share of pairs that came or went since the last measure.
    pub exchanged: f64,
    pub lost: u32,
    pub split: u32,
    pub cells: u32,
}

/// A copy of the tissue after `measures.anneal_mcs` Monte Carlo steps at T = 0, without forces.
fn annealed(config: &CellSortingConfig, tissue: &Tissue, seed: StreamSeed) -> Option<Tissue> {
    if config.measures.anneal_mcs == 0 {
        return None;
    }
    let mut copy = tissue.clone();
    copy.set_forces(Forces {
        connected: config.cells.connectivity == Connectivity::Local,
        ..Forces::default()
    });
    let cold = Acceptance::new(0.0);
    let sites = tissue.lattice().sites() as u64;
    for mcs in 0..u64::from(config.measures.anneal_mcs) {
        let mut random = seed.at_step(mcs).generator(0);
        advance(config.course.algorithm, &mut copy, &cold, sites, &mut random);
    }
    Some(copy)
}

/// Measures a tissue at a step, with random numbers of that step, and the contacts that it has.
pub(super) fn measure(
    config: &CellSortingConfig,
    step: u32,
    tissue: &Tissue,
    trail: &mut Trail,
    seed: StreamSeed,
) -> (Measured, Contacts) {
    let copy = annealed(config, tissue, seed);
    let still = copy.as_ref().unwrap_or(tissue);
    let alive = alive(still);
    let contacts = Contacts::of(still);
    let lengths = contacts.lengths();
    let clusters = contacts.clusters(&alive);
    let mut of_type = [0u32; 16];
    alive
        .iter()
        .for_each(|cell| of_type[usize::from(contacts.types[*cell as usize])] += 1);
    let largest = clusters.first().map_or(0.0, |cluster| {
        f64::from(cluster.cells) / f64::from(of_type[usize::from(cluster.kind)])
    });
    let is_first = trail.centres.is_empty();
    let displacement = trail.go_on(tissue);
    let changed = if is_first {
        0.0
    } else {
        exchanged(&trail.pairs, &contacts.pairs)
    };
    trail.pairs.clone_from(&contacts.pairs);
    let lost = config.cells.count - super::contacts::alive(tissue).len() as u32;
    let measured = Measured {
        step,
        heterotypic_share: lengths.heterotypic_share(),
        mismatched_share: lengths.mismatched_share(),
        sorting_quality: contacts.sorting_quality(&alive),
        clusters,
        largest_cluster_share: largest,
        energy: tissue.energy_number(),
        displacement,
        exchanged: changed,
        lost,
        split: split_cells(tissue),
        cells: config.cells.count - lost,
    };
    (measured, contacts)
}

/// How far the contacts are from those of types given out by lot.
pub(super) fn emergence(
    config: &CellSortingConfig,
    contacts: &Contacts,
    random: &mut Xoshiro256PlusPlus,
) -> Option<Emergence> {
    let mut touching = vec![false; contacts.types.len()];
    contacts.pairs.iter().for_each(|pair| {
        touching[pair.0 as usize] = true;
        touching[pair.1 as usize] = true;
    });
    let cells: Vec<u32> = (1..touching.len())
        .filter(|cell| touching[*cell])
        .map(|cell| cell as u32)
        .collect();
    contacts.emergence(&cells, config.measures.permutations, random)
}

/// The cell of each site, row by row.
pub(super) fn cell_numbers(tissue: &Tissue) -> Vec<i32> {
    tissue.site_labels().map(|label| cell_of(label) as i32).collect()
}
