//! Starting places that don't overlap, by random sequential placement.

use super::super::agents::Agents;
use super::super::boundary::Boundary;
use super::super::space::Domain;
use super::cells::Cells;
use super::crowd::contact_distance_m;
use super::space::{Place, Space};
use super::{Crowd, DiscsConfig};
use crate::lanes::{lane, set_lane};
use crate::random::StreamSeed;
use crate::scenario::UnitFailure;

/// Discs put down at random one after the other, each where it is free, cover at most 0.547 of a plane, 0.7476 of a line
/// (Feder 1980; Rényi 1958). Near that limit hardly any place is free, so that much less is allowed.
pub(in super::super) const MAX_REGION_COVERAGE: f64 = 0.5;
pub(in super::super) const MAX_LINE_COVERAGE: f64 = 0.7;

/// Places drawn for one agent before its unit is given up.
const MAX_DRAWS: u32 = 100_000;
const NOBODY: u32 = u32::MAX;

impl Crowd {
    /// The crowd of agents at their start, by random sequential placement: in the order of their indices, each agent whose disc overlaps with one before
    /// it takes the next place that `another` draws for it, until one is free.
    ///
    /// # Errors
    /// If no place is free, or the start leaves no choice of places.
    pub fn placed(
        discs: &DiscsConfig,
        domain: &Domain,
        boundary: &dyn Boundary,
        agents: &mut Agents,
        seed: StreamSeed,
        mut another: impl FnMut(usize) -> Option<(f64, f64)>,
    ) -> Result<Self, UnitFailure> {
        let space = Space::new(domain, boundary.wraps());
        let mut placed = PlacedDiscs::new(&space, contact_distance_m(discs, &space), agents.count);
        for agent in 0..agents.count {
            let mut place = [lane(&agents.x_m, agent), lane(&agents.y_m, agent)];
            let mut draws = 0;
            while let Some(other) = placed.in_the_way(place) {
                let Some((x_m, y_m)) = another(agent) else {
                    return Err(overlap(agent, other, discs));
                };
                draws += 1;
                if draws > MAX_DRAWS {
                    return Err(no_place(agent, discs));
                }
                place = [x_m, y_m];
            }
            set_lane(&mut agents.x_m, agent, place[0]);
            set_lane(&mut agents.y_m, agent, place[1]);
            placed.add(place);
        }
        Ok(Self::new(discs, domain, boundary, agents, seed))
    }
}

fn overlap(agent: usize, other: u32, discs: &DiscsConfig) -> UnitFailure {
    UnitFailure::Scenario(format!(
        "agents {other} and {agent} start closer than their discs of radius {} m allow (hint: move them apart, or use \
         smaller discs)",
        discs.radius_m
    ))
}

fn no_place(agent: usize, discs: &DiscsConfig) -> UnitFailure {
    UnitFailure::Scenario(format!(
        "agent {agent} found no place for its disc of radius {} m among those before it, in {MAX_DRAWS} places drawn \
         from agents.start (hint: use smaller discs, fewer agents, or more room to start in)",
        discs.radius_m
    ))
}

/// The discs that have their place.
struct PlacedDiscs<'a> {
    space: &'a Space,
    cells: Cells,
    contact_distance_m: f64,
    places: Vec<Place>,
    /// The last agent in each bucket, and for each agent the one in its bucket before it.
    last: Vec<u32>,
    before: Vec<u32>,
}

impl<'a> PlacedDiscs<'a> {
    fn new(space: &'a Space, contact_distance_m: f64, agents: usize) -> Self {
        let cells = Cells::new(space, contact_distance_m, agents);
        Self {
            space,
            contact_distance_m,
            places: Vec::with_capacity(agents),
            last: vec![NOBODY; cells.buckets()],
            before: Vec::with_capacity(agents),
            cells,
        }
    }

    /// Someone whose disc overlaps with one at `place`.
    fn in_the_way(&self, place: Place) -> Option<u32> {
        let contact2 = self.contact_distance_m * self.contact_distance_m;
        let mut found = None;
        self.cells.around(place, |first, last| {
            for bucket in first..=last {
                let mut other = self.last[bucket];
                while other != NOBODY && found.is_none() {
                    if self.space.distance2(self.places[other as usize], place) < contact2 {
                        found = Some(other);
                    }
                    other = self.before[other as usize];
                }
            }
        });
        found
    }

    fn add(&mut self, place: Place) {
        let bucket = self.cells.bucket(place);
        self.before.push(self.last[bucket]);
        self.last[bucket] = self.places.len() as u32;
        self.places.push(place);
    }
}
