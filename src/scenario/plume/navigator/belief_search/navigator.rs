//! Search by belief as a navigator.

use super::super::super::agents::Commands;
use super::super::super::state_column::StateColumn;
use super::super::super::step::Stage;
use super::super::{DecisionClock, HitCounter, Navigator, Perception, Surroundings};
use super::searcher::Searcher;
use super::{BeliefModel, BeliefReport, BeliefSearchConfig};
use crate::lanes::{F64x8, LANES, SimdLevel, blocks_for, kernel, lane, set_lane};
use crate::quantity::number;
use crate::random::StreamSeed;
use crate::scenario::UnitFailure;
use crate::scenario::inference::policy::Policy;

/// Agents with a belief about the source's place, on a grid over the domain.
///
/// In turns of `step_s` an agent goes to the middle of a cell and counts its hits, all of which it ascribes to that cell;
/// then Bayes' rule, with the likelihoods of the [`AssumedPlume`](super::AssumedPlume) during a turn, and the policy's choice
/// of a neighbour. The first turn is spent in the cell of the start. Beliefs are uniform at first.
///
/// Agents that face away from where they want to go turn before they move: their speed is v max(0, cos ε) with ε the angle
/// between heading and course, and no more than takes them there in a step.
pub struct BeliefSearch {
    speed_m_s: f64,
    clock: DecisionClock,
    model: BeliefModel,
    policy: Box<dyn Policy>,
    hits: HitCounter,
    seed: StreamSeed,
    /// One per agent, made at the first step.
    searchers: Vec<Searcher>,
    count: usize,
    sources_m: Vec<(f64, f64)>,
    target_x_m: Vec<F64x8>,
    target_y_m: Vec<F64x8>,
}

impl BeliefSearch {
    /// Searches of `count` agents by `policy`; counts are drawn from the members' streams of `seed`.
    ///
    /// # Errors
    /// If the assumed plume has no meaning in the wind of the unit.
    pub fn new(
        config: &BeliefSearchConfig,
        policy: Box<dyn Policy>,
        seed: StreamSeed,
        count: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Self, UnitFailure> {
        let Some(model) = BeliefModel::new(config, surroundings) else {
            let wind = config.assumed.wind.wind(surroundings.wind);
            return Err(UnitFailure::Scenario(format!(
                "the decay length that navigator.assumed gives in a wind of {} m/s, {} m, isn't above its \
                 searcher_radius_m = {} m",
                number(wind.speed_m_s),
                number(config.assumed.decay_length_m(wind.speed_m_s)),
                config.assumed.searcher_radius_m
            )));
        };
        let blocks = blocks_for(count);
        Ok(Self {
            speed_m_s: config.speed_m_s,
            clock: DecisionClock::new(config.step_s, surroundings.dt_s),
            model,
            policy,
            hits: HitCounter::new(&config.hits, blocks),
            seed,
            searchers: Vec::new(),
            count,
            sources_m: surroundings
                .sources
                .iter()
                .map(|source| (source.x_m, source.y_m))
                .collect(),
            target_x_m: vec![F64x8::ZERO; blocks],
            target_y_m: vec![F64x8::ZERO; blocks],
        })
    }

    /// What all searchers share.
    #[must_use]
    pub fn model(&self) -> &BeliefModel {
        &self.model
    }

    fn begin(&mut self, perception: Perception<'_>) {
        for agent in 0..self.count {
            let (x_m, y_m) = (lane(perception.x_m, agent), lane(perception.y_m, agent));
            let cell = self.model.map().cell_of(self.model.grid(), x_m, y_m);
            let random = self.seed.generator(agent as u64);
            self.searchers.push(Searcher::new(&self.model, cell, random));
            self.head_for(agent, self.model.map().centre_m(self.model.grid(), cell));
        }
    }

    fn head_for(&mut self, agent: usize, (x_m, y_m): (f64, f64)) {
        set_lane(&mut self.target_x_m, agent, x_m);
        set_lane(&mut self.target_y_m, agent, y_m);
    }

    fn decide_for(&mut self, simd: SimdLevel, agent: usize, perception: Perception<'_>) {
        let (x_m, y_m) = (lane(perception.x_m, agent), lane(perception.y_m, agent));
        let (model, searcher) = (&self.model, &mut self.searchers[agent]);
        let hits = self.hits.take(agent, searcher.random());
        let expected = |&(source_x_m, source_y_m): &(f64, f64)| model.expected_hits(x_m - source_x_m, y_m - source_y_m);
        let model_hits = self.sources_m.iter().map(expected).sum();
        let cell = model.map().cell_of(model.grid(), x_m, y_m);
        let next = searcher.decide(simd, model, self.policy.as_mut(), cell, hits, model_hits);
        self.head_for(agent, self.model.map().centre_m(self.model.grid(), next));
    }
}

impl Navigator for BeliefSearch {
    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        if self.searchers.is_empty() {
            self.begin(perception);
        }
        self.hits.listen(stage, perception);
        if self.clock.is_due(stage) {
            for &block in stage.blocks {
                for agent in block * LANES..((block + 1) * LANES).min(self.count) {
                    if lane(perception.active, agent) != 0.0 {
                        self.decide_for(stage.simd, agent, perception);
                    }
                }
            }
        }
        let search = self;
        kernel!(stage.simd, |search: &BeliefSearch,
                             stage: Stage<'_>,
                             perception: Perception<'_>,
                             commands: &mut Commands| {
            let speed = F64x8::splat(search.speed_m_s);
            let steps_per_s = F64x8::splat(1.0 / stage.dt_s);
            let nearest = F64x8::splat(ARRIVED * search.speed_m_s * stage.dt_s);
            for &block in stage.blocks {
                let to_x = search.target_x_m[block] - perception.x_m[block];
                let to_y = search.target_y_m[block] - perception.y_m[block];
                let distance = (to_x * to_x + to_y * to_y).sqrt();
                let heading = perception.heading_rad[block];
                // What rounding leaves of the way has no direction.
                let there = distance.le(nearest);
                let course = there.select(heading, to_y.atan2(to_x));
                let (_, facing) = (course - heading).sin_cos();
                let speed = (speed * facing.max(F64x8::ZERO)).min(distance * steps_per_s);
                commands.heading_rad[block] = course;
                commands.speed_m_s[block] = there.select(F64x8::ZERO, speed);
            }
        });
    }

    fn state(&self, simd: SimdLevel, name: &str, agent: usize) -> Option<f64> {
        let searcher = self.searchers.get(agent).filter(|_| name == ENTROPY.name)?;
        Some(searcher.report(simd).entropy_bits)
    }

    fn belief_report(&self, simd: SimdLevel, agent: usize) -> Option<BeliefReport> {
        Some(self.searchers.get(agent)?.report(simd))
    }
}

/// What can be recorded of a search.
pub(super) const ENTROPY: StateColumn =
    StateColumn::number("belief_entropy_bits", "bit", "entropy of the belief, before the step");

/// An agent this part of a step's way from where it wants to be is there.
const ARRIVED: f64 = 1e-6;
