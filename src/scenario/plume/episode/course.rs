//! The agents of one unit, from their start to the end of their episode.

use super::super::agents::{self, Agents, Commands, Motion, Starts};
use super::super::boundary::Boundary;
use super::super::collision::{CollisionConfig, Crowd};
use super::super::metrics::{self, EndValues, Metrics, StepInput};
use super::super::navigator::{Navigator, Perception, Surroundings};
use super::super::sensor::{Readings, Scene, Sensor};
use super::super::step::Stage;
use super::super::wind::WindSample;
use super::super::{PlumeConfig, World};
use super::{EpisodeEnd, States, StepBegin, StepView};
use crate::grids::Inputs;
use crate::lanes::{F64x8, LANES, SimdLevel, blocks_for};
use crate::scenario::{Unit, UnitFailure, UnitOutput};

/// The agents of one unit with all that they carry, in a [`World`] that they don't change.
///
/// The world is not part of it, so that one realisation can serve several episodes: each step is
/// [`move_agents`](Self::move_agents), then the world advances to [`next_time_s`](Self::next_time_s), then
/// [`record`](Self::record).
///
/// Random streams: `start`, `varied`, `motion`, `sensor`, `navigator`, one of each per agent, and `collision`.
pub struct Episode<'a> {
    config: &'a PlumeConfig,
    simd: SimdLevel,
    sensor: Box<dyn Sensor>,
    navigator: Box<dyn Navigator>,
    boundary: Box<dyn Boundary>,
    motion: Box<dyn Motion>,
    crowd: Option<Crowd>,
    metrics: Metrics,
    agents: Agents,
    wind: WindSample,
    wind_changes: bool,
    concentration: Vec<F64x8>,
    readings: Readings,
    commands: Commands,
    /// Blocks that still have an agent to move, ascending.
    live: Vec<usize>,
    dt_s: f64,
    /// Steps of a whole episode.
    steps: u64,
    /// Steps that are done.
    done: u64,
}

impl<'a> Episode<'a> {
    /// The agents at their start in `world`, which is at time 0.
    ///
    /// # Errors
    /// If an agent finds no place, or a table of the navigator or of the starts can't be read.
    pub fn new(
        config: &'a PlumeConfig,
        unit: &Unit,
        inputs: &Inputs,
        simd: SimdLevel,
        world: &World,
    ) -> Result<Self, UnitFailure> {
        let domain = &config.episode.domain;
        let dt_s = config.episode.dt_s;
        let count = config.agents.count as usize;
        let blocks = blocks_for(count);

        let surroundings = Surroundings {
            domain,
            dt_s,
            wind: world.wind().mean(),
            sources: world.plume().sources(),
            inputs,
        };
        let sensor = (config.sensor).build(unit.streams.seed("sensor"), blocks, surroundings)?;
        let navigator = (config.navigator).build(unit.streams.seed("navigator"), count, surroundings)?;
        let boundary = config.boundary.build(domain);
        let surroundings = agents::Surroundings {
            domain,
            contains: &|x_m, y_m| config.boundary.contains(domain, x_m, y_m),
            wind: world.wind(),
            plume: world.plume(),
            inputs,
            simd,
        };
        let mut starts = Starts::new(&config.agents, surroundings, unit.streams.seed("start"))?;
        let mut agents = starts.agents()?;
        let motion = (config.agents).build_motion(domain, inputs, &unit.streams, &mut agents)?;
        let crowd = match &config.collision {
            CollisionConfig::None {} => None,
            CollisionConfig::Discs(discs) => {
                let another = |agent| starts.another(agent).map(|place| motion.standing_place(place));
                let seed = unit.streams.seed("collision");
                Some(Crowd::placed(
                    discs,
                    domain,
                    boundary.as_ref(),
                    &mut agents,
                    seed,
                    another,
                )?)
            }
        };
        let mut episode = Self {
            config,
            simd,
            sensor,
            navigator,
            boundary,
            motion,
            crowd,
            metrics: Metrics::new(config, world.plume().sources(), &agents),
            agents,
            wind: WindSample::new(blocks),
            wind_changes: !world.wind().is_uniform_and_steady(),
            concentration: vec![F64x8::ZERO; blocks],
            readings: Readings::of(config.sensor.provides(), blocks),
            commands: Commands::new(blocks),
            live: (0..blocks).collect(),
            dt_s,
            steps: config.episode.steps(),
            done: 0,
        };
        episode.feel_wind(world);
        Ok(episode)
    }

    /// Whether the time is up or all agents are done.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.done == self.steps || self.live.is_empty()
    }

    /// When the step that comes next ends: the time that the world has to reach between
    /// [`move_agents`](Self::move_agents) and [`record`](Self::record), s.
    #[must_use]
    pub fn next_time_s(&self) -> f64 {
        (self.done + 1) as f64 * self.dt_s
    }

    /// The agents before the step that comes next.
    #[must_use]
    pub fn begin<'b>(&'b self, world: &'b World) -> StepBegin<'b> {
        StepBegin {
            step: self.done,
            time_s: self.done as f64 * self.dt_s,
            agents: &self.agents,
            sources: world.plume().sources(),
            metrics: &self.metrics,
        }
    }

    /// Sense → decide → act → boundary and collision, in the world as it is at the beginning of the step.
    pub fn move_agents(&mut self, world: &World) {
        if self.wind_changes && self.done > 0 {
            self.feel_wind(world);
        }
        let height_m = self.config.agents.height_m;
        world.plume().sample(
            self.simd,
            &self.live,
            &self.agents.x_m,
            &self.agents.y_m,
            height_m,
            &mut self.concentration,
        );
        let scene = Scene {
            concentration: &self.concentration,
            plume: world.plume(),
            wind: &self.wind,
            x_m: &self.agents.x_m,
            y_m: &self.agents.y_m,
            z_m: height_m,
            heading_rad: &self.agents.heading_rad,
        };
        let stage = stage(self.simd, self.done, self.dt_s, &self.live);
        self.sensor.sense(stage, scene, &mut self.readings);
        let perception = Perception::new(&self.readings, &self.wind, &self.agents);
        self.navigator.decide(stage, perception, &mut self.commands);
        self.motion.act(stage, &self.commands, &mut self.agents);
        match &mut self.crowd {
            None => self.boundary.confine(stage, &mut self.agents),
            Some(crowd) => crowd.confine(stage, self.boundary.as_mut(), &mut self.agents),
        }
    }

    /// The step after [`move_agents`](Self::move_agents), once the world has advanced; before it is recorded, so that
    /// `active` still tells who took part.
    #[must_use]
    pub fn view<'b>(&'b self, world: &'b World) -> StepView<'b> {
        StepView {
            step: self.done,
            time_s: self.next_time_s(),
            dt_s: self.dt_s,
            agents: &self.agents,
            concentration: &self.concentration,
            signal: &self.readings.signal,
            detected: &self.readings.detected,
            readings: &self.readings,
            states: States {
                simd: self.simd,
                navigator: self.navigator.as_ref(),
                sensor: self.sensor.as_ref(),
            },
            collisions: self.crowd.as_ref().map(Crowd::collisions),
            wind: &self.wind,
            sources: world.plume().sources(),
        }
    }

    /// Adds the step to the metrics, and takes agents that are done out of the episode.
    ///
    /// # Errors
    /// [`UnitFailure::NotFinite`] if the state of an agent, the concentration or a reading stopped being a number.
    pub fn record(&mut self, world: &World) -> Result<(), UnitFailure> {
        let stage = stage(self.simd, self.done, self.dt_s, &self.live);
        let input = StepInput {
            wind: &self.wind,
            concentration: &self.concentration,
            signal: &self.readings.signal,
            sources: world.plume().sources(),
        };
        let outcome = self.metrics.record(stage, input, &mut self.agents);
        if outcome.not_finite {
            return Err(self.not_finite());
        }
        self.done += 1;
        if outcome.someone_finished {
            let active = &self.agents.active;
            self.live.retain(|&block| active[block].to_mask().any());
        }
        Ok(())
    }

    /// The agents at the end.
    #[must_use]
    pub fn end<'b>(&'b self, world: &'b World) -> EpisodeEnd<'b> {
        EpisodeEnd {
            steps: self.done,
            time_s: self.done as f64 * self.dt_s,
            agents: &self.agents,
            sources: world.plume().sources(),
            metrics: &self.metrics,
        }
    }

    /// Writes the metrics of all agents, with the world as the last step left it.
    pub fn finish(&self, world: &World, output: &mut UnitOutput<'_>) {
        let end = EndValues {
            signal: &self.readings.signal,
            collisions: self.crowd.as_ref().map(Crowd::collisions),
            strategies: self.config.navigator.strategies_of_agents(self.agents.count),
        };
        self.metrics.write(&self.agents, world.plume().sources(), &end, output);
        if !self.config.has_belief_metrics() {
            return;
        }
        for agent in 0..self.agents.count {
            let Some(report) = self.navigator.belief_report(self.simd, agent) else {
                continue;
            };
            for (metric, value) in metrics::belief_values(report).into_iter().enumerate() {
                output.set(metrics::COLUMNS + metric, agent, value);
            }
        }
    }

    /// The wind where the agents are.
    fn feel_wind(&mut self, world: &World) {
        world.wind().sample(
            self.simd,
            &self.live,
            &self.agents.x_m,
            &self.agents.y_m,
            &mut self.wind,
        );
    }

    /// Which value stopped being a number, for the first agent that has one.
    fn not_finite(&self) -> UnitFailure {
        let fields: [(&str, &[F64x8]); 5] = [
            ("concentration", &self.concentration),
            ("sensor reading", &self.readings.signal),
            ("heading_rad", &self.agents.heading_rad),
            ("x_m", &self.agents.x_m),
            ("y_m", &self.agents.y_m),
        ];
        for (name, values) in fields {
            for (block, lanes) in values.iter().enumerate() {
                if let Some(lane) = lanes.0.iter().position(|value| !value.is_finite()) {
                    return UnitFailure::NotFinite {
                        field: format!("{name} of agent {}", block * LANES + lane),
                        value: lanes.0[lane],
                        step: self.done,
                        time_s: self.done as f64 * self.dt_s,
                    };
                }
            }
        }
        unreachable!("the record stage saw a value that isn't finite in one of these arrays")
    }
}

/// What the stages of step `step` are told.
fn stage(simd: SimdLevel, step: u64, dt_s: f64, blocks: &[usize]) -> Stage<'_> {
    Stage {
        simd,
        step,
        time_s: step as f64 * dt_s,
        dt_s,
        blocks,
    }
}
