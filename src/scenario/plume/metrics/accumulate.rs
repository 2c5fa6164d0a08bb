//! The record stage: all metrics of a step, and the end of agents' episodes.

use super::super::PlumeConfig;
use super::super::agents::Agents;
use super::super::field::SourcePosition;
use super::super::step::Stage;
use super::super::wind::WindSample;
use super::columns::{Context, values};
use super::distances::{nearest, nearest_on_way};
use super::tally::{COVERAGE_SIDE, COVERAGE_WORDS, Events, NEVER, Running};
use crate::lanes::{F64x8, Kernel, LANES};
use crate::scenario::UnitOutput;

/// A step counts as upwind if its component against the wind is more than this fraction of it: across the wind the
/// component is rounding noise of some 10⁻¹⁶.
const UPWIND_FRACTION: f64 = 1e-6;

/// Blocks that are recorded at a time: what one pass over them leaves to the next stays in the processor's cache.
const BLOCKS: usize = 8;

/// What the record stage looks at besides the agents.
#[derive(Clone, Copy, Debug)]
pub struct StepInput<'a> {
    /// The wind where the agents were.
    pub wind: &'a WindSample,
    /// True concentration where the agents were, in the plume's unit.
    pub concentration: &'a [F64x8],
    /// What the sensor made of it.
    pub signal: &'a [F64x8],
    /// Where the sources are after the step.
    pub sources: &'a [SourcePosition],
}

/// What is known of the agents besides their totals once the episode is over.
#[derive(Clone, Debug, Default)]
pub struct EndValues<'a> {
    /// What the sensors said in the last step.
    pub signal: &'a [F64x8],
    /// Steps that another agent cut short; `None` where agents don't get in each other's way.
    pub collisions: Option<&'a [u32]>,
    /// Index of each agent's strategy; `None` where all have the same.
    pub strategies: Option<Vec<u32>>,
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Some agent took part in its last step.
    pub someone_finished: bool,
    /// Some state variable or input isn't finite.
    pub not_finite: bool,
}

/// The metrics of all agents of a unit.
#[derive(Clone, Debug)]
pub struct Metrics {
    running: Vec<Running>,
    events: Vec<Events>,
    /// Smallest squared distance from a source on the way of the last step, m².
    nearest_m2: [F64x8; BLOCKS],
    /// Steps that were recorded.
    steps: u64,
    dt_s: f64,
    duration_s: f64,
    source_radius_m: f64,
    end_at_source: bool,
    plume_threshold: f64,
    grid_origin_m: (f64, f64),
    cells_per_m: (f64, f64),
}

impl Metrics {
    /// Nothing yet, for agents at their start.
    #[must_use]
    pub fn new(config: &PlumeConfig, sources: &[SourcePosition], agents: &Agents) -> Self {
        let episode = &config.episode;
        let side = f64::from(COVERAGE_SIDE);
        let radius2 = F64x8::splat(episode.source_radius_m * episode.source_radius_m);
        let starts = || agents.x_m.iter().zip(&agents.y_m);
        Self {
            running: starts().map(|(x, y)| Running::new(nearest(*x, *y, sources))).collect(),
            events: starts()
                .map(|(x, y)| Events::new(*x, *y, nearest(*x, *y, sources), radius2))
                .collect(),
            nearest_m2: [F64x8::ZERO; BLOCKS],
            steps: 0,
            dt_s: episode.dt_s,
            duration_s: episode.steps() as f64 * episode.dt_s,
            source_radius_m: episode.source_radius_m,
            end_at_source: episode.end_at_source,
            plume_threshold: episode.plume_threshold,
            grid_origin_m: (episode.domain.x_min_m, episode.domain.y_min_m),
            cells_per_m: (side / episode.domain.width_m(), side / episode.domain.height_m()),
        }
    }

    /// Adds a step, and takes agents that reached the source or left the domain out of the episode.
    pub fn record(&mut self, stage: Stage<'_>, input: StepInput<'_>, agents: &mut Agents) -> Outcome {
        stage.simd.run(Record {
            metrics: self,
            stage,
            input,
            agents,
        })
    }

    /// The step by whose end an agent first came to a source, 0 at the start; none if it hasn't.
    #[must_use]
    pub fn reached_at_step(&self, agent: usize) -> Option<u64> {
        let step = self.events[agent / LANES].reached_at_step.0[agent % LANES];
        (step < NEVER.0[0]).then_some(step as u64)
    }

    /// Writes the values of all agents, with the sources where they are at the end; entries of `output` beyond the agents
    /// stay missing.
    pub fn write(&self, agents: &Agents, sources: &[SourcePosition], end: &EndValues<'_>, output: &mut UnitOutput<'_>) {
        let mut last_m2 = F64x8::ZERO;
        for agent in 0..agents.count {
            let (block, lane) = (agent / LANES, agent % LANES);
            if lane == 0 {
                last_m2 = nearest(agents.x_m[block], agents.y_m[block], sources);
            }
            let context = Context {
                dt_s: self.dt_s,
                duration_s: self.duration_s,
                steps: self.steps as f64,
                active: agents.active[block].0[lane] != 0.0,
                last_m2: last_m2.0[lane],
                final_x_m: agents.x_m[block].0[lane],
                final_y_m: agents.y_m[block].0[lane],
                final_heading_rad: agents.heading_rad[block].0[lane],
                last_signal: end.signal[block].0[lane],
                end_at_source: self.end_at_source,
                collisions: end.collisions.map_or(0, |collisions| collisions[agent]),
                strategy: end.strategies.as_ref().map_or(0, |strategies| strategies[agent]),
            };
            let values = values(&self.running[block], &self.events[block], lane, context);
            for (metric, value) in values.into_iter().enumerate() {
                output.set(metric, agent, value);
            }
        }
    }
}

struct Record<'a> {
    metrics: &'a mut Metrics,
    stage: Stage<'a>,
    input: StepInput<'a>,
    agents: &'a mut Agents,
}

impl Kernel for Record<'_> {
    type Output = Outcome;
    #[inline(always)]
    fn run(self) -> Outcome {
        let Self {
            metrics,
            stage,
            input,
            agents,
        } = self;
        let radius2 = F64x8::splat(metrics.source_radius_m * metrics.source_radius_m);
        let threshold = F64x8::splat(metrics.plume_threshold);
        let end_at_source = F64x8::splat(f64::from(u8::from(metrics.end_at_source)));
        let origin = (
            F64x8::splat(metrics.grid_origin_m.0),
            F64x8::splat(metrics.grid_origin_m.1),
        );
        let scale = (F64x8::splat(metrics.cells_per_m.0), F64x8::splat(metrics.cells_per_m.1));
        let step = F64x8::splat(stage.step as f64);
        metrics.steps = stage.step + 1;
        let mut outcome = Outcome {
            someone_finished: false,
            not_finite: false,
        };
        for blocks in stage.blocks.chunks(BLOCKS) {
            nearest_on_way(blocks, agents, input.sources, &mut metrics.nearest_m2);
            for (&block, nearest_m2) in blocks.iter().zip(metrics.nearest_m2.iter()) {
                let (running, events) = (&mut metrics.running[block], &mut metrics.events[block]);
                let (x, y) = (agents.x_m[block], agents.y_m[block]);
                let concentration = input.concentration[block];
                let active = agents.active[block];

                // Zero times anything finite is zero; times NaN or infinity it is NaN.
                let sum = x + y + agents.heading_rad[block] + concentration + input.signal[block];
                outcome.not_finite |= !(sum * F64x8::ZERO).equals(F64x8::ZERO).all();

                running.move_on(agents, input.wind, block);
                running.smell(events, concentration, threshold, active, step);
                running.visit(events, (x - origin.0) * scale.0, (y - origin.1) * scale.1);

                // Agents that are done stay where they are, but sources may move. By arithmetic, not by masks: those are
                // taken apart lane by lane.
                let distance2 = *nearest_m2 + (F64x8::ONE - active) * F64x8::splat(f64::MAX);
                running.closest_m2 = distance2.min(running.closest_m2);
                let reached = distance2.le(radius2).to_f64();
                let (hit, left) = (agents.boundary_hit[block] * active, agents.left_domain[block]);
                // Few steps of a block have any of these. At the first one agents may be at the source from the start.
                if stage.step > 0 && !(reached + hit + left).gt(F64x8::ZERO).any() {
                    continue;
                }
                events.boundary_hits += hit;
                events.left_domain = left.max(events.left_domain);
                let steps = step + F64x8::ONE;
                events.reached_at_step = (steps + (F64x8::ONE - reached) * NEVER).min(events.reached_at_step);
                let found = events.reached_at_step.lt(NEVER).to_f64();
                let ends = (found * end_at_source).max(left) * active;
                if ends.gt(F64x8::ZERO).any() {
                    agents.active[block] = active * (F64x8::ONE - ends);
                    events.end(ends, steps, nearest(x, y, input.sources), input.signal[block]);
                    outcome.someone_finished = true;
                }
            }
        }
        outcome
    }
}

impl Running {
    /// Way, turns and edges. Agents that are done have no way and no turn.
    #[inline(always)]
    fn move_on(&mut self, agents: &Agents, wind: &WindSample, block: usize) {
        let (dx, dy) = (agents.moved_x_m[block], agents.moved_y_m[block]);
        let length2 = dx * dx + dy * dy;
        self.path_length_m += length2.sqrt();
        let (wind_x, wind_y) = (wind.x_m_s[block], wind.y_m_s[block]);
        let against = (dx * wind_x + dy * wind_y).min(F64x8::ZERO);
        let least2 = F64x8::splat(UPWIND_FRACTION * UPWIND_FRACTION) * length2 * (wind_x * wind_x + wind_y * wind_y);
        self.upwind_steps += (against * against).gt(least2).to_f64();
        self.turned_rad += agents.turned_rad[block].abs();
    }

    /// Concentration, encounters, whiffs and blanks. The totals of whiffs and blanks change only where an agent goes in or
    /// out: storing them in every step would take longer than all the rest.
    #[inline(always)]
    fn smell(&mut self, events: &mut Events, concentration: F64x8, threshold: F64x8, active: F64x8, step: F64x8) {
        let felt = concentration * active;
        self.concentration_sum += felt;
        self.concentration_max = felt.max(self.concentration_max);
        let inside = concentration.ge(threshold).to_f64() * active;
        if inside.equals(self.inside).all() {
            return;
        }
        let (entered, left) = (inside.gt(self.inside).to_f64(), inside.lt(self.inside).to_f64());
        let lasted = step - events.since_step;
        events.inside_steps += left * lasted;
        // A blank counts once the plume is met again; before the first encounter there is none.
        events.blank_steps += entered * lasted * events.encounters.min(F64x8::ONE);
        events.encounters += entered;
        events.since_step += (entered + left) * lasted;
        self.inside = inside;
    }

    /// Marks the cell at grid coordinates `column`, `row` (in cells) as visited. Agents that are done stay in a cell
    /// that is marked already.
    #[inline(always)]
    fn visit(&mut self, events: &mut Events, column: F64x8, row: F64x8) {
        const LAST: f64 = (COVERAGE_SIDE - 1) as f64;
        // Adding 2⁵² puts the integer into the lowest bits.
        const INTEGER: f64 = 4_503_599_627_370_496.0;
        let last = F64x8::splat(LAST);
        let column = column.floor().min(last).max(F64x8::ZERO);
        let row = row.floor().min(last).max(F64x8::ZERO);
        let cell = row * F64x8::splat(f64::from(COVERAGE_SIDE)) + column;
        // Most steps stay in their cell, which is marked already.
        if cell.equals(self.cell).all() {
            return;
        }
        self.cell = cell;
        for i in 0..LANES {
            let cell = (cell.0[i] + INTEGER).to_bits();
            let bit = 1u64 << (cell & 63);
            let word = (cell >> 6) & (COVERAGE_WORDS as u64 - 1);
            for w in 0..COVERAGE_WORDS {
                events.visited[w][i] |= if word == w as u64 { bit } else { 0 };
            }
        }
    }
}

impl Events {
    /// The end of the episode for the lanes of `ends`, after `steps` steps, at a squared distance from the nearest source, with
    /// the last reading.
    #[inline(always)]
    fn end(&mut self, ends: F64x8, steps: F64x8, distance_m2: F64x8, signal: F64x8) {
        self.steps = ends.to_mask().select(steps, self.steps);
        self.final_m2 = ends.to_mask().select(distance_m2, self.final_m2);
        self.final_signal = ends.to_mask().select(signal, self.final_signal);
    }
}
