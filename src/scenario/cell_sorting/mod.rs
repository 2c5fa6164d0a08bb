//! Cell sorting: morphogenesis by differences of adhesion, as the cellular Potts model of Graner & Glazier (1992) has it.
//!
//! Cells are domains of sites of a lattice. Sites are copied into neighbouring ones at random, as a Metropolis process at the
//! temperature T allows it, under an energy of boundaries (adhesion) and of cell areas. Unlike cells sort; how far, how fast,
//! and whether by more than chance is measured.

mod centres;
mod check;
mod configuration;
mod contacts;
mod convergence;
mod energies;
mod lattice;
mod listed;
mod measures;
mod metrics;
mod metropolis;
mod model;
mod run;
mod schedule;
mod sorting;
mod start;
mod state;
mod tables;
#[cfg(test)]
mod tests;
mod tissue;

pub use configuration::CellSortingConfig;
pub use sorting::CellSorting;
