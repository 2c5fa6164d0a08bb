//! The loop over steps.

use super::super::agents::{self, Agents, Commands, Starts};
use super::super::collision::{CollisionConfig, Crowd};
use super::super::metrics::{self, CrowdValues, Metrics, StepInput};
use super::super::navigator::{Perception, Surroundings};
use super::super::sensor::{Readings, Scene};
use super::super::wind::WindSample;
use super::super::{PlumeConfig, World};
use super::{EpisodeEnd, Observer, Stage, StepBegin, StepView};
use crate::grids::Inputs;
use crate::lanes::{F64x8, LANES, SimdLevel, blocks_for};
use crate::scenario::{Unit, UnitFailure, UnitOutput};

/// Simulates one unit into `output`. `observer` sees every step; pass `&mut ()` for nothing.
///
/// Order inside a step: sense → decide → act → boundary and collision → world advances → record.
/// Random streams: `start`, `varied`, `motion`, `sensor`, `navigator`, one of each per agent, `collision`, and those of the
/// [`World`].
///
/// # Errors
/// [`UnitFailure::NotFinite`] if the state of an agent, the concentration or a reading stops being a number; a failure
/// of wind or plume.
pub fn simulate<O: Observer>(
    config: &PlumeConfig,
    unit: &Unit,
    inputs: &Inputs,
    level: SimdLevel,
    observer: &mut O,
    output: &mut UnitOutput<'_>,
) -> Result<(), UnitFailure> {
    let episode = &config.episode;
    let count = config.agents.count as usize;
    let blocks = blocks_for(count);
    let (dt_s, steps) = (episode.dt_s, episode.steps());

    let mut world = World::realise(config, &unit.streams, inputs)?;
    let mut sensor = config.sensor.build(unit.streams.seed("sensor"), blocks, dt_s);
    let surroundings = Surroundings {
        domain: &episode.domain,
        dt_s,
        wind: world.wind().mean(),
        sources: world.plume().sources(),
        inputs,
    };
    let mut navigator = (config.navigator).build(unit.streams.seed("navigator"), count, surroundings)?;
    let mut boundary = config.boundary.build(&episode.domain);
    let surroundings = agents::Surroundings {
        domain: &episode.domain,
        world: &world,
        inputs,
        level,
    };
    let mut starts = Starts::new(&config.agents, surroundings, unit.streams.seed("start"))?;
    let mut agents = starts.agents()?;
    let mut motion = (config.agents).build_motion(&episode.domain, inputs, &unit.streams, &mut agents)?;
    let mut crowd = match &config.collision {
        CollisionConfig::None {} => None,
        CollisionConfig::Discs(discs) => {
            let another = |agent| starts.another(agent).map(|place| motion.standing_place(place));
            Some(Crowd::settle(
                discs,
                &episode.domain,
                boundary.as_ref(),
                &mut agents,
                unit.streams.seed("collision"),
                another,
            )?)
        }
    };
    let mut metrics = Metrics::new(config, world.plume().sources(), &agents);

    let mut wind_sample = WindSample::new(blocks);
    let mut concentration = vec![F64x8::ZERO; blocks];
    let mut readings = Readings::of(config.sensor.gives(), blocks);
    let mut commands = Commands::new(blocks);
    let mut live: Vec<usize> = (0..blocks).collect();
    world
        .wind()
        .sample(level, &live, &agents.x_m, &agents.y_m, &mut wind_sample);
    let wind_changes = !world.wind().is_uniform_and_steady();
    let mut steps_made = 0;

    for step in 0..steps {
        let time_s = step as f64 * dt_s;
        let stage = Stage {
            level,
            step,
            time_s,
            dt_s,
            blocks: &live,
        };
        observer.before_step(StepBegin {
            step,
            time_s,
            agents: &agents,
        });
        if wind_changes && step > 0 {
            world
                .wind()
                .sample(level, &live, &agents.x_m, &agents.y_m, &mut wind_sample);
        }
        world.plume().sample(
            level,
            &live,
            &agents.x_m,
            &agents.y_m,
            config.agents.height_m,
            &mut concentration,
        );
        let scene = Scene {
            concentration: &concentration,
            plume: world.plume(),
            wind: &wind_sample,
            x_m: &agents.x_m,
            y_m: &agents.y_m,
            z_m: config.agents.height_m,
            heading_rad: &agents.heading_rad,
        };
        sensor.sense(stage, scene, &mut readings);
        navigator.decide(stage, Perception::new(&readings, &wind_sample, &agents), &mut commands);
        motion.act(stage, &commands, &mut agents);
        match &mut crowd {
            None => boundary.confine(stage, &mut agents),
            Some(crowd) => crowd.confine(stage, boundary.as_mut(), &mut agents),
        }
        world.advance((step + 1) as f64 * dt_s)?;
        observer.after_step(StepView {
            step,
            time_s: (step + 1) as f64 * dt_s,
            dt_s,
            agents: &agents,
            concentration: &concentration,
            signal: &readings.signal,
            detected: &readings.detected,
            wind: &wind_sample,
            sources: world.plume().sources(),
        });
        let outcome = metrics.record(
            stage,
            StepInput {
                wind: &wind_sample,
                concentration: &concentration,
                signal: &readings.signal,
                sources: world.plume().sources(),
            },
            &mut agents,
        );
        if outcome.not_finite {
            return Err(not_finite(stage, &agents, &concentration, &readings));
        }
        steps_made = step + 1;
        if outcome.someone_finished {
            live.retain(|&block| agents.active[block].to_mask().any());
            if live.is_empty() {
                break;
            }
        }
    }
    observer.episode_end(EpisodeEnd {
        steps: steps_made,
        time_s: steps_made as f64 * dt_s,
        agents: &agents,
    });
    let crowd = CrowdValues {
        collisions: crowd.as_ref().map(Crowd::collisions),
        strategies: config.navigator.strategies_of_agents(count),
    };
    metrics.write(&agents, world.plume().sources(), &crowd, output);
    if config.has_belief_metrics() {
        for agent in 0..count {
            if let Some(report) = navigator.belief_report(level, agent) {
                for (metric, value) in metrics::belief_values(report).into_iter().enumerate() {
                    output.set(metrics::COLUMNS + metric, agent, value);
                }
            }
        }
    }
    Ok(())
}

/// Which value it was, for the first agent that has one.
fn not_finite(stage: Stage<'_>, agents: &Agents, concentration: &[F64x8], readings: &Readings) -> UnitFailure {
    let fields: [(&str, &[F64x8]); 5] = [
        ("concentration", concentration),
        ("sensor reading", &readings.signal),
        ("heading_rad", &agents.heading_rad),
        ("x_m", &agents.x_m),
        ("y_m", &agents.y_m),
    ];
    for (name, values) in fields {
        for (block, lanes) in values.iter().enumerate() {
            if let Some(lane) = lanes.0.iter().position(|value| !value.is_finite()) {
                return UnitFailure::NotFinite {
                    field: format!("{name} of agent {}", block * LANES + lane),
                    value: lanes.0[lane],
                    step: stage.step,
                    time_s: stage.time_s,
                };
            }
        }
    }
    unreachable!("the record stage saw a value that isn't finite in one of these arrays")
}
