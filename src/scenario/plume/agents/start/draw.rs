//! Putting agents into the world.

use super::headings::Headings;
use super::places::Places;
use super::{StartConfig, StartTableError};
use crate::grids::Inputs;
use crate::lanes::{F64x8, SimdLevel, blocks_for, lane, set_lane};
use crate::random::{StreamSeed, Xoshiro256PlusPlus};
use crate::scenario::UnitFailure;
use crate::scenario::plume::World;
use crate::scenario::plume::agents::{Agents, AgentsConfig, Place};
use crate::scenario::plume::episode::Domain;

/// An agent that finds no place in so many draws gives up: of a thousandth of the region it misses all with
/// probability 2·10⁻⁹.
const TRIES: u32 = 20_000;

/// What agents are put into.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The rectangle that agents live in.
    pub domain: &'a Domain,
    /// Wind and plume at time 0.
    pub world: &'a World,
    /// Files of the study.
    pub inputs: &'a Inputs,
    /// Instruction set to sample the plume with.
    pub level: SimdLevel,
}

impl Agents {
    /// Agents at their start. Each draws three uniforms (x, y or place on the line, heading) from its own stream of
    /// `seed`, whatever the distribution, so that changing one thing doesn't move the others. Then it draws further
    /// pairs for its place, until that is inside the domain and, for starts in the plume, inside the plume.
    ///
    /// # Errors
    /// If the file of starts can't be read, or an agent finds no place in 20 000 draws.
    pub fn start(config: &AgentsConfig, surroundings: Surroundings<'_>, seed: StreamSeed) -> Result<Self, UnitFailure> {
        let table = config
            .start_table(surroundings.inputs)
            .map_err(StartTableError::into_failure)?;
        let headings = Headings::new(&config.start_heading, table.clone(), surroundings.world);
        let candidates = Places::new(&config.start, table, surroundings);
        let mut streams: Vec<_> = (0..u64::from(config.count))
            .map(|agent| seed.generator(agent))
            .collect();
        let mut places: Vec<Place> = (streams.iter_mut().enumerate())
            .map(|(agent, random)| {
                let (first, second) = (random.uniform(), random.uniform());
                let (x_m, y_m) = candidates.at(agent, first, second);
                let heading_rad = headings.at(agent, random.uniform());
                Place { x_m, y_m, heading_rad }
            })
            .collect();
        match &config.start {
            // `check` has seen to it that these are inside.
            StartConfig::Region(_)
            | StartConfig::Line(_)
            | StartConfig::Point(_)
            | StartConfig::List(_)
            | StartConfig::File(_) => {}
            StartConfig::Disc(_) | StartConfig::AroundSource(_) | StartConfig::AcrossWind(_) => {
                settle(&candidates, surroundings, None, &mut streams, &mut places)?;
            }
            StartConfig::InPlume(region) => {
                let odour = Odour {
                    threshold: region.threshold,
                    height_m: config.height_m,
                };
                settle(&candidates, surroundings, Some(odour), &mut streams, &mut places)?;
            }
        }
        Ok(Self::at(&places, surroundings.domain))
    }
}

/// What makes a place one in the plume.
#[derive(Clone, Copy)]
struct Odour {
    threshold: f64,
    height_m: f64,
}

/// Draws again for all agents whose place isn't inside, until all are.
fn settle(
    candidates: &Places,
    surroundings: Surroundings<'_>,
    odour: Option<Odour>,
    streams: &mut [Xoshiro256PlusPlus],
    places: &mut [Place],
) -> Result<(), UnitFailure> {
    let domain = surroundings.domain;
    let mut outside: Vec<usize> = (0..places.len()).collect();
    for _ in 0..TRIES {
        let smelt = odour.map(|odour| smells(surroundings, odour, &outside, places));
        let mut index = 0;
        outside.retain(|&agent| {
            let in_plume = smelt.as_ref().is_none_or(|smelt| smelt[index]);
            index += 1;
            !(in_plume && domain.contains(places[agent].x_m, places[agent].y_m))
        });
        if outside.is_empty() {
            return Ok(());
        }
        for &agent in &outside {
            let (first, second) = (streams[agent].uniform(), streams[agent].uniform());
            (places[agent].x_m, places[agent].y_m) = candidates.at(agent, first, second);
        }
    }
    let wanted = odour.map_or_else(String::new, |odour| {
        format!(" with a concentration of at least {}", odour.threshold)
    });
    Err(UnitFailure::Scenario(format!(
        "agents.start: agent {} found no place in the domain {domain}{wanted} in {TRIES} draws",
        outside[0]
    )))
}

/// Whether each of `agents` has odour at its place.
fn smells(surroundings: Surroundings<'_>, odour: Odour, agents: &[usize], places: &[Place]) -> Vec<bool> {
    let blocks = blocks_for(agents.len());
    let first = places[agents[0]];
    // Padding is where the first of them is.
    let (mut x_m, mut y_m) = (
        vec![F64x8::splat(first.x_m); blocks],
        vec![F64x8::splat(first.y_m); blocks],
    );
    for (index, &agent) in agents.iter().enumerate() {
        set_lane(&mut x_m, index, places[agent].x_m);
        set_lane(&mut y_m, index, places[agent].y_m);
    }
    let mut concentration = vec![F64x8::ZERO; blocks];
    let all: Vec<usize> = (0..blocks).collect();
    surroundings
        .world
        .plume()
        .sample(surroundings.level, &all, &x_m, &y_m, odour.height_m, &mut concentration);
    (0..agents.len())
        .map(|index| lane(&concentration, index) >= odour.threshold)
        .collect()
}
