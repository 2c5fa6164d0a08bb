//! Putting agents into the world.

use super::headings::Headings;
use super::places::Places;
use super::{StartConfig, StartTableError};
use crate::grids::Inputs;
use crate::lanes::{F64x8, SimdLevel, blocks_for, lane, set_lane};
use crate::random::{StreamSeed, Xoshiro256PlusPlus};
use crate::scenario::UnitFailure;
use crate::scenario::plume::agents::{Agents, AgentsConfig, Place};
use crate::scenario::plume::field::Plume;
use crate::scenario::plume::space::Domain;
use crate::scenario::plume::wind::Wind;

/// An agent that finds no place in so many draws gives up: of a thousandth of the region it misses all with
/// probability 2·10⁻⁹.
const TRIES: u32 = 20_000;

/// What agents are put into.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The rectangle that agents live in.
    pub domain: &'a Domain,
    /// Whether an agent may be at a place (x, y) of it, m.
    pub contains: &'a dyn Fn(f64, f64) -> bool,
    /// The wind at time 0.
    pub wind: &'a dyn Wind,
    /// The plume at time 0.
    pub plume: &'a dyn Plume,
    /// Files of the study.
    pub inputs: &'a Inputs,
    /// Instruction set to sample the plume with.
    pub simd: SimdLevel,
}

impl Agents {
    /// Agents at their first places: see [`Starts`].
    ///
    /// # Errors
    /// See [`Starts::new`] and [`Starts::agents`].
    pub fn start(config: &AgentsConfig, surroundings: Surroundings<'_>, seed: StreamSeed) -> Result<Self, UnitFailure> {
        Starts::new(config, surroundings, seed)?.agents()
    }
}

/// Draws the places and headings of agents.
///
/// Each agent draws three uniforms (x, y or place on the line, heading) from its own stream, whatever the distribution,
/// so that changing one thing doesn't move the others. Then it draws further pairs for its place, until that is inside
/// the domain and, for starts in the plume, inside the plume.
pub struct Starts<'a> {
    surroundings: Surroundings<'a>,
    candidates: Places,
    headings: Headings,
    /// What has to be where agents start.
    odour: Option<Odour>,
    /// Whether all candidates are inside: `check` has seen to it.
    are_inside: bool,
    streams: Vec<Xoshiro256PlusPlus>,
}

impl<'a> Starts<'a> {
    /// The places of `config`, and the streams of its agents.
    ///
    /// # Errors
    /// If the file of starts can't be read.
    pub fn new(config: &AgentsConfig, surroundings: Surroundings<'a>, seed: StreamSeed) -> Result<Self, UnitFailure> {
        let table = config
            .start_table(surroundings.inputs)
            .map_err(StartTableError::into_failure)?;
        let odour = match &config.start {
            StartConfig::InPlume(region) => Some(Odour {
                threshold: region.threshold,
                height_m: config.height_m,
            }),
            _ => None,
        };
        Ok(Self {
            surroundings,
            headings: Headings::new(&config.start_heading, table.clone(), surroundings.wind),
            candidates: Places::new(&config.start, table, surroundings),
            odour,
            are_inside: matches!(
                config.start,
                StartConfig::Region(_)
                    | StartConfig::Line(_)
                    | StartConfig::Point(_)
                    | StartConfig::List(_)
                    | StartConfig::File(_)
            ),
            streams: (0..u64::from(config.count))
                .map(|agent| seed.generator(agent))
                .collect(),
        })
    }

    /// All agents at their first places. Call it once, first.
    ///
    /// # Errors
    /// If an agent finds no place in 20 000 draws.
    pub fn agents(&mut self) -> Result<Agents, UnitFailure> {
        let mut places: Vec<Place> = (self.streams.iter_mut().enumerate())
            .map(|(agent, random)| {
                let (first, second) = (random.uniform(), random.uniform());
                let (x_m, y_m) = self.candidates.at(agent, first, second);
                let heading_rad = self.headings.at(agent, random.uniform());
                Place { x_m, y_m, heading_rad }
            })
            .collect();
        let unsettled = if self.are_inside {
            Vec::new()
        } else {
            (0..places.len()).collect()
        };
        self.settle(unsettled, &mut places)?;
        Ok(Agents::at(&places, self.surroundings.domain))
    }

    /// Another place for `agent`, m, from its own stream: for one whose place is taken. `None` if its start leaves no
    /// choice.
    pub fn another(&mut self, agent: usize) -> Option<(f64, f64)> {
        if !self.candidates.leave_a_choice() {
            return None;
        }
        for _ in 0..TRIES {
            let place = self.draw_again(agent);
            if self.are_inside || self.is_inside(&[place])[0] {
                return Some(place);
            }
        }
        None
    }

    fn draw_again(&mut self, agent: usize) -> (f64, f64) {
        let random = &mut self.streams[agent];
        let (first, second) = (random.uniform(), random.uniform());
        self.candidates.at(agent, first, second)
    }

    /// Whether each place is one to start at.
    fn is_inside(&self, places: &[(f64, f64)]) -> Vec<bool> {
        let contains = self.surroundings.contains;
        let smelt = self.odour.map(|odour| smells(self.surroundings, odour, places));
        (places.iter().enumerate())
            .map(|(index, (x_m, y_m))| contains(*x_m, *y_m) && smelt.as_ref().is_none_or(|smelt| smelt[index]))
            .collect()
    }

    /// Draws again for all agents of `unsettled` whose place isn't one to start at, until all are at one.
    fn settle(&mut self, mut unsettled: Vec<usize>, places: &mut [Place]) -> Result<(), UnitFailure> {
        for _ in 0..TRIES {
            let drawn: Vec<(f64, f64)> = unsettled
                .iter()
                .map(|&agent| (places[agent].x_m, places[agent].y_m))
                .collect();
            let mut is_inside = self.is_inside(&drawn).into_iter();
            unsettled.retain(|_| is_inside.next() == Some(false));
            if unsettled.is_empty() {
                return Ok(());
            }
            for &agent in &unsettled {
                (places[agent].x_m, places[agent].y_m) = self.draw_again(agent);
            }
        }
        let wanted = self.odour.map_or_else(String::new, |odour| {
            format!(" with a concentration of at least {}", odour.threshold)
        });
        Err(UnitFailure::Scenario(format!(
            "agents.start: agent {} found no place that the boundary encloses, in the domain {}{wanted}, in {TRIES} draws",
            unsettled[0], self.surroundings.domain
        )))
    }
}

/// What makes a place one in the plume.
#[derive(Clone, Copy)]
struct Odour {
    threshold: f64,
    height_m: f64,
}

/// Whether there is odour at each of `places`.
fn smells(surroundings: Surroundings<'_>, odour: Odour, places: &[(f64, f64)]) -> Vec<bool> {
    let Some(first) = places.first() else {
        return Vec::new();
    };
    let blocks = blocks_for(places.len());
    // Padding is where the first of them is.
    let (mut x_m, mut y_m) = (vec![F64x8::splat(first.0); blocks], vec![F64x8::splat(first.1); blocks]);
    for (index, place) in places.iter().enumerate() {
        set_lane(&mut x_m, index, place.0);
        set_lane(&mut y_m, index, place.1);
    }
    let mut concentration = vec![F64x8::ZERO; blocks];
    let all: Vec<usize> = (0..blocks).collect();
    surroundings
        .plume
        .sample(surroundings.simd, &all, &x_m, &y_m, odour.height_m, &mut concentration);
    (0..places.len())
        .map(|index| lane(&concentration, index) >= odour.threshold)
        .collect()
}
