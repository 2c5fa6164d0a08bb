//! The course of one unit: relaxation, steps, measures; saved in between.

use super::configuration::{CellSortingConfig, of_type};
use super::energies::parts;
use super::measures::Trail;
use super::metropolis::{Acceptance, Counts, advance};
use super::model;
use super::state::{Reader, Writer};
use super::tissue::{Label, Tissue};
use crate::random::StreamSeed;
use crate::scenario::Unit;

/// Changes whenever states of before can't be read any more.
const STATE_VERSION: u64 = 1;

/// Random streams of a unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seeds {
    start: StreamSeed,
    relaxation: StreamSeed,
    attempts: StreamSeed,
    drives: StreamSeed,
    /// Of the measures.
    pub annealing: StreamSeed,
    /// Of the permutations.
    pub permutations: StreamSeed,
}

impl Seeds {
    pub(super) fn new(unit: &Unit) -> Self {
        let seed = |purpose: &str| unit.streams.seed(purpose);
        Self {
            start: seed("start"),
            relaxation: seed("relaxation"),
            attempts: seed("attempts"),
            drives: seed("drives"),
            annealing: seed("annealing"),
            permutations: seed("permutations"),
        }
    }
}

/// A unit under way.
pub(super) struct Run<'a> {
    config: &'a CellSortingConfig,
    pub seeds: Seeds,
    /// The type of each cell, from 1.
    types: Vec<u8>,
    pub tissue: Tissue,
    acceptance: Acceptance,
    /// Monte Carlo steps of the relaxation that are left.
    relaxation_left: u32,
    /// Monte Carlo steps of the course.
    pub mcs: u64,
    /// Attempts and accepted copies of the course.
    pub counts: Counts,
    /// Measures that have been taken.
    pub measured: usize,
    pub trail: Trail,
    /// Times and shares of the measures.
    pub course: Vec<(f64, f64)>,
    /// The step at which the share has converged, once it has.
    pub converged: Option<u32>,
}

impl<'a> Run<'a> {
    /// From the beginning.
    pub(super) fn begin(config: &'a CellSortingConfig, unit: &Unit) -> Self {
        let seeds = Seeds::new(unit);
        let (types, tissue) = model::begin(config, seeds.start);
        let relaxation_left = config.start.relax_mcs;
        Self {
            config,
            seeds,
            types,
            tissue,
            acceptance: Acceptance::new(match relaxation_left {
                0 => config.course.temperature,
                _ => config.start.relax_temperature,
            }),
            relaxation_left,
            mcs: 0,
            counts: Counts::default(),
            measured: 0,
            trail: Trail::default(),
            course: Vec::new(),
            converged: None,
        }
    }

    /// Whether the relaxation is under way.
    pub(super) fn relaxes(&self) -> bool {
        self.relaxation_left > 0
    }

    /// One Monte Carlo step: as many attempts as sites.
    pub(super) fn advance(&mut self) {
        let sites = self.tissue.lattice().sites() as u64;
        let algorithm = self.config.course.algorithm;
        if self.relaxes() {
            let mut random = self.seeds.relaxation.at_step(self.relaxation_left.into()).generator(0);
            advance(algorithm, &mut self.tissue, &self.acceptance, sites, &mut random);
            self.relaxation_left -= 1;
            if !self.relaxes() {
                let labels: Vec<Label> = self.tissue.site_labels().collect();
                self.tissue = model::tissue(self.config, &self.types, &labels);
                self.acceptance = Acceptance::new(self.config.course.temperature);
            }
            return;
        }
        self.turn_drives();
        let mut random = self.seeds.attempts.at_step(self.mcs).generator(0);
        let counts = advance(algorithm, &mut self.tissue, &self.acceptance, sites, &mut random);
        self.counts.attempts += counts.attempts;
        self.counts.accepted += counts.accepted;
        self.mcs += 1;
    }

    /// Cells drive in a new direction at random times: all at the first step, then each once in `persistence_mcs`.
    fn turn_drives(&mut self) {
        let forces = &self.config.forces;
        if forces.motility.iter().all(|energy| *energy == 0.0) {
            return;
        }
        let mut random = self.seeds.drives.at_step(self.mcs).generator(0);
        let probability = if self.mcs == 0 {
            1.0
        } else {
            1.0 / forces.persistence_mcs
        };
        for cell in self.tissue.cells_mut().iter_mut().skip(1) {
            if random.uniform() >= probability {
                continue;
            }
            let angle = std::f64::consts::TAU * random.uniform();
            let energy = of_type(&forces.motility, usize::from(cell.kind) - 1);
            cell.drive = [libm::cos(angle), libm::sin(angle)].map(|part| parts(energy * part) as i32);
        }
    }

    /// The state, to go on from.
    pub(super) fn state(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        for word in [
            STATE_VERSION,
            u64::from(self.relaxation_left),
            self.mcs,
            self.counts.attempts,
            self.counts.accepted,
            self.measured as u64,
            self.converged.map_or(u64::MAX, u64::from),
        ] {
            writer.word(word);
        }
        let labels: Vec<Label> = self.tissue.site_labels().collect();
        writer.words(labels.into_iter());
        writer.words(self.tissue.boundary().iter().copied());
        let cells = self.tissue.cells();
        writer.words(cells.iter().map(|cell| cell.drive[0] as u32));
        writer.words(cells.iter().map(|cell| cell.drive[1] as u32));
        let flat = |pairs: &[[f64; 2]]| -> Vec<f64> { pairs.as_flattened().to_vec() };
        writer.numbers(flat(&self.trail.centres).into_iter());
        writer.numbers(flat(&self.trail.ways).into_iter());
        let pairs: Vec<u32> = self
            .trail
            .pairs
            .iter()
            .flat_map(|pair| [pair.0, pair.1, pair.2])
            .collect();
        writer.words(pairs.into_iter());
        let course: Vec<f64> = self.course.iter().flat_map(|point| [point.0, point.1]).collect();
        writer.numbers(course.into_iter());
        writer.0
    }

    /// From a saved state; `None` if it isn't one of this configuration.
    pub(super) fn restore(config: &'a CellSortingConfig, unit: &Unit, bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        if reader.word()? != STATE_VERSION {
            return None;
        }
        let mut run = Self::begin(config, unit);
        run.relaxation_left = u32::try_from(reader.word()?).ok()?;
        run.mcs = reader.word()?;
        run.counts.attempts = reader.word()?;
        run.counts.accepted = reader.word()?;
        run.measured = usize::try_from(reader.word()?).ok()?;
        run.converged = u32::try_from(reader.word()?).ok();
        let labels = reader.words()?;
        if labels.len() != run.tissue.lattice().sites() {
            return None;
        }
        if run.relaxes() {
            run.tissue = model::relaxing(config, &labels);
        } else {
            run.tissue = model::tissue(config, &run.types, &labels);
            run.acceptance = Acceptance::new(config.course.temperature);
        }
        if !run.tissue.order_boundary(reader.words()?) {
            return None;
        }
        let drives = [reader.words()?, reader.words()?];
        for (index, cell) in run.tissue.cells_mut().iter_mut().enumerate() {
            cell.drive = [*drives[0].get(index)? as i32, *drives[1].get(index)? as i32];
        }
        let pairs_of = |numbers: Vec<f64>| -> Vec<[f64; 2]> { numbers.as_chunks().0.to_vec() };
        run.trail.centres = pairs_of(reader.numbers()?);
        run.trail.ways = pairs_of(reader.numbers()?);
        let pairs = reader.words()?;
        run.trail.pairs = pairs
            .as_chunks::<3>()
            .0
            .iter()
            .map(|pair| (pair[0], pair[1], pair[2]))
            .collect();
        run.course = pairs_of(reader.numbers()?)
            .into_iter()
            .map(|point| (point[0], point[1]))
            .collect();
        Some(run)
    }
}
